"""Two domains without pairs: two classes of one data set, or its examples and changed ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from gan_jax.data.arrays import Part
from gan_jax.data.dataset import Dataset, example_count
from gan_jax.data.query import hint
from gan_jax.data.source import WHOLE, Rows, check_memory, is_source, some
from gan_jax.data.source import size as bytes_of
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError

COLOUR = (1.0, 0.6, 0.1)
"""What red, green and blue of a coloured image are multiplied by: orange on black."""

CHANGES = {
    "pale": lambda x: 0.5 * x + 0.4,
    "blurred": lambda x: _blurred(x),
    "rotated": lambda x: np.rot90(x, axes=(1, 2)),
    "coloured": lambda x: (x + 1) * np.float32(COLOUR) - 1,
}
"""What domains are made by: decoded images `[N, H, W, C]` in [-1, 1] to such images."""


def domains(data: Dataset, to: str | None = None, classes: Sequence[str] | None = None) -> Dataset:
    """`source` examples, and `real` ones, which a game that translates learns to imitate.

    Without `to`, those of the first class and those of the second, as of `folder:PATH` with two
    folders, or of the two that `classes` names, as in `domains:SPEC?classes=horse,deer`; the fewer
    of them come round again. With `to`, as in `?to=pale`, one half of the training images as they
    are and the other half changed: no example is in both, so there are no pairs either. Of the
    held-out images there are pairs, each beside itself changed, which tell how well it was
    translated; the labels, if there are any, are those of `real`. In training the order of each
    domain is its own, and another one in every epoch.

    Args:
      data: with two classes, or images.
      to: "pale" (0.5 x + 0.4), "blurred" (means over 3x3), "rotated" (a quarter, to the left; of
        square images), "coloured" (grey ones as orange ones, and those of three channels in
        that light); or None.
      classes: the names of two, that of `source` first; by default the only two that there are.

    Raises:
      DataError: there is no such change or class, or the data are others.

    >>> from gan_jax.data.arrays import from_arrays
    >>> grey = domains(from_arrays(np.zeros((20, 8, 8), np.uint8)), "pale")
    >>> {name: array.shape for name, array in grey.train.items()}
    {'real': (8, 8, 8, 1), 'source': (8, 8, 8, 1)}
    >>> round(float(grey.train["real"].max()), 3), grey.held_out["source"].shape
    (-0.1, (4, 8, 8, 1))
    """
    if to is not None:
        if classes:
            raise DataError(f"{data.name}: to={to} and two classes, expected one of them")
        return _changed(data, to)
    chosen, known = classes or data.spec.classes, data.spec.classes
    if len(set(chosen)) != 2 or not set(chosen) <= set(known):
        given = f"classes={','.join(classes)}" if classes else f"{len(known)} classes"
        raise DataError(
            f"{data.name}: {given}, expected two, one for each domain: name two of "
            f"{', '.join(known) or 'none'} by classes=A,B, or give to={' or to='.join(CHANGES)}"
        )
    numbers = [known.index(name) for name in chosen]
    parts = (_by_class(part, numbers) for part in (data.train, data.held_out))
    spec = dataclasses.replace(data.spec, classes=(), frequencies=())
    return Dataset(*parts, spec, f"{data.name}, {' to '.join(chosen)}")


def _by_class(part: Part, numbers: Sequence[int]) -> Part:
    of_class = [np.flatnonzero(part["label"] == number) for number in numbers]
    count = max(map(len, of_class)) if all(map(len, of_class)) else 0
    source, real = (np.resize(some(rows, len(rows)), count) for rows in of_class)
    lazily = is_source(part["real"]) or bytes_of(part["real"]) > WHOLE
    take = lambda rows: Rows(part["real"], rows) if lazily else part["real"][rows]
    return {"real": take(real), "source": take(source)}


def _changed(data: Dataset, to: str) -> Dataset:
    if to not in CHANGES:
        raise DataError(f"to={to}: {hint(to, CHANGES)}there are {', '.join(CHANGES)}")
    height, width, channels = data.spec.shape if data.spec.is_image else (0, 0, 0)
    unlike = {"rotated": height != width, "coloured": channels not in (1, len(COLOUR))}
    if not channels or unlike.get(to, False):
        raise DataError(f"{data.name}: examples of shape {data.spec.shape} cannot be {to}")
    count = example_count(data.train, data.name) // 2
    if not count:
        raise DataError(f"{data.name}: one training image, expected two or more: give more")
    pixels = 4 * height * width * max(channels, 3)
    check_memory(2 * (count + len(data.held_out["real"])) * pixels, f"{data.name}, {to}: images")
    order = some(np.arange(2 * count), 2 * count)
    train = _part(data.train, data.spec, to, order[:count], order[count:])
    every = np.arange(len(data.held_out["real"]))
    held_out = _part(data.held_out, data.spec, to, every, every)
    shape = train["real"].shape[1:]
    spec = dataclasses.replace(data.spec, shape=shape, scale=1.0, offset=0.0)
    return Dataset(train, held_out, spec, f"{data.name}, {to}", paired=True)


def _part(part: Part, spec: Spec, to: str, source: np.ndarray, real: np.ndarray) -> Part:
    grey = to == "coloured" and spec.shape[-1] == 1
    decode = lambda rows: np.asarray(spec.decode(part["real"][rows])).repeat(2 * grey + 1, -1)
    labels = {"label": part["label"][real]} if "label" in part else {}
    changed = np.float32(np.clip(CHANGES[to](decode(real)), -1, 1))
    return {"real": changed, "source": decode(source), **labels}


def _blurred(x: np.ndarray) -> np.ndarray:
    """The mean over each 3x3, beyond the edge the pixels of the edge."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return windows.mean((-1, -2))
