"""Text: windows of characters or lines, as indices into a vocabulary, which a network sees one-hot.

Characters are code points; the vocabulary holds those of the training part alone, in their order.
"""

from __future__ import annotations

import os
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gan_jax.data.arrays import check_fraction, split
from gan_jax.data.dataset import Dataset
from gan_jax.data.source import check_memory
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError, missing

PADDING = -1
"""Behind the end of a line, where a code point would be; in the vocabulary it is ""."""


def text(
    path: str | os.PathLike[str],
    *,
    window: int | None = None,
    stride: int = 1,
    lines: bool = False,
    length: int | None = None,
    held_out: float = 0.2,
) -> Dataset:
    """A file in UTF-8, cut into windows, or into lines as for WGAN-GP's language model.

    Gulrajani et al. 2017 (arXiv 1704.00028): one-hot characters, 32 in a line.

    Windows overlap: one begins at every character, or at every `stride`-th. The last share of the
    text is held out, so that windows of different parts never overlap. Lines are held out at
    random; empty ones are passed over, longer ones are cut to `length`, shorter ones are filled
    with a symbol of their own, "". Line ends of any kind are read as newlines, which lines lose.

    Held-out examples with a character that the training part does not have are left out, with a
    warning that names the characters.

    Args:
      path: of the file.
      window: characters in a window; 32 by default.
      stride: characters from the beginning of one window to that of the next.
      lines: whether the examples are lines and no windows.
      length: characters in a line; 32 by default.
      held_out: the share to split off, in [0, 1).

    Returns:
      Indices [N, T], uint8 or int32, of a spec of shape (T, V) with its `vocabulary`; `strings` is
      the way back. Named as the file.

    Raises:
      DataError: a file that cannot be read, is empty, too short, not UTF-8, or of one character.
      ValueError: options that make no sense.
    """
    _check_options(window, stride, lines, length, held_out)
    path, size = Path(path), window or length or 32
    content = _read(path)
    if lines:
        codes, cut = _lines(content, size, path), lambda part: part
        train, rest = (part["real"] for part in split({"real": codes}, held_out, name=str(path)))
    else:
        codes, cut = _code_points(content), partial(_windows, size=size, stride=stride)
        train, rest = _parted(codes, size, held_out, path)
    known = np.unique(train)
    if len(known[known != PADDING]) < 2:
        raise DataError(f"{path}: one character, {_shown(known)}, all over: give other text")
    kind = np.uint8 if len(known) <= 256 else np.int32
    check_memory(
        codes.size * 4 + codes.size // stride * size * kind().itemsize, f"{path}: its parts"
    )
    index = lambda part: np.searchsorted(known, part).clip(max=len(known) - 1).astype(kind)
    familiar = cut(np.isin(rest, known)).all(axis=1)
    if not familiar.all():
        warnings.warn(
            f"{path}: {np.sum(~familiar)} of {len(familiar)} held-out examples are left out, with "
            f"characters that are not in the training part: {_shown(np.setdiff1d(rest, known))}",
            stacklevel=2,
        )
    vocabulary = tuple("" if code == PADDING else chr(code) for code in known)
    spec = Spec((size, len(known)), 1.0, 0.0, vocabulary=vocabulary)
    parts = {"real": cut(index(train))}, {"real": cut(index(rest))[familiar]}
    return Dataset(*parts, spec, path.name)


def strings(samples: Any, spec: Spec) -> list[str]:
    """The text of samples: at every step the symbol of the largest value.

    Args:
      samples: [N, T, V], such as probabilities or scores of the symbols.
      spec: of text.

    >>> spec = Spec((2, 3), 1.0, 0.0, vocabulary=("", "a", "b"))
    >>> strings(spec.decode(np.uint8([[2, 1], [1, 0]])), spec)
    ['ba', 'a']
    """
    symbols = np.array(spec.vocabulary, object)
    return ["".join(row) for row in symbols[np.asarray(samples).argmax(-1)]]


def _check_options(
    window: int | None, stride: int, lines: bool, length: int | None, held_out: float
) -> None:
    if lines and (window is not None or stride != 1):
        raise ValueError("window= and stride= are for windows: leave them out, or lines=1")
    if length is not None and not lines:
        raise ValueError(f"length={length} is that of lines: add lines=1, or give window={length}")
    for name, value in (("window", window), ("length", length), ("stride", stride)):
        if value is not None and value < 1:
            raise ValueError(f"{name}={value}, expected 1 or more")
    check_fraction("held_out", held_out)


def _read(path: Path) -> str:
    try:
        check_memory(5 * path.stat().st_size, f"{path}: its characters")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise missing(path) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}): give a text file") from error
    try:
        decoded = content.decode()
    except UnicodeDecodeError as error:
        place, line = error.start, content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}: not UTF-8 in line {line}, byte 0x{content[place]:02x} at {place}: save it "
            "as UTF-8, as iconv -t UTF-8 does"
        ) from error
    decoded = decoded.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not decoded:
        raise DataError(f"{path}: empty, expected text")
    return decoded


def _code_points(content: str) -> np.ndarray:
    return np.frombuffer(content.encode("utf-32-le"), "<i4")


def _parted(
    codes: np.ndarray, size: int, held_out: float, path: Path
) -> tuple[np.ndarray, np.ndarray]:
    """The beginning for training, and the end."""
    kept = int(round(len(codes) * (1 - held_out), 6))
    for part, there in (("training", kept), ("held-out", len(codes) - kept)):
        if there < size and (there or part == "training"):
            raise DataError(
                f"{path}: {there} characters in the {part} part, fewer than a window of {size}: "
                "give longer text, a smaller window, or another held_out"
            )
    return codes[:kept], codes[kept:]


def _windows(codes: np.ndarray, size: int, stride: int) -> np.ndarray:
    """A view `[N, size]` of codes, which copies nothing."""
    if not len(codes):
        return codes.reshape(0, 1).repeat(size, axis=1)
    return np.lib.stride_tricks.sliding_window_view(codes, size)[::stride]


def _lines(content: str, length: int, path: Path) -> np.ndarray:
    """Code points `[N, length]`, with `PADDING` behind the end of a line."""
    whole = [line for line in content.split("\n") if line]
    if not whole:
        raise DataError(f"{path}: nothing but empty lines, expected text")
    found, longest = [line[:length] for line in whole], max(map(len, whole))
    if longest > length:
        cut = sum(len(line) > length for line in whole)
        warnings.warn(
            f"{path}: {cut} of {len(whole)} lines are cut after {length} characters: the longest "
            f"has length={longest}",
            stacklevel=3,
        )
    codes = _code_points("".join(line.ljust(length) for line in found)).reshape(-1, length)
    ends = np.array(list(map(len, found)))
    return np.where(np.arange(length)[None, :] < ends[:, None], codes, PADDING)


def _shown(codes: np.ndarray) -> str:
    """The first few characters as Python writes them."""
    codes = codes[codes != PADDING]
    shown = " ".join(ascii(chr(code)) for code in codes[:8])
    return shown + " ..." * (len(codes) > 8)
