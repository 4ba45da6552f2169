"""Arrays in .npy and .npz files; Python objects in them are never loaded."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.source import check_memory
from gan_jax.errors import DataError, missing

ROLES = {
    "real": ("real", "x", "samples", "images"),
    "label": ("label", "y", "labels"),
    "held_out_real": ("held_out_real",),
    "held_out_label": ("held_out_label",),
}
KNOWN = ", ".join("/".join(names) for names in ROLES.values())
BEGINNINGS = {".npy": b"\x93NUMPY", ".npz": b"PK"}


def npy(
    path: str | os.PathLike[str],
    *,
    range: tuple[float, float] | None = None,
    held_out: float = 0.2,
    sequences: bool = False,
) -> Dataset:
    """The array of a .npy file, without labels, mapped into memory.

    Its parts are copied, but not those of more than 1 GiB, nor where nothing is held out.

    Args:
      path: of the file.
      range: of the raw values, see `from_arrays`.
      held_out: the share to split off, in [0, 1).
      sequences: whether [N, T, C] are sequences; otherwise they are grey images.

    Raises:
      DataError: a file that is missing, damaged, no .npy, or holds no such array.
      ValueError: options that make no sense.
    """
    path = Path(path)
    with _reported(path, ".npy"):
        real = np.load(path, mmap_mode="r", allow_pickle=False)
    return from_arrays(
        real, range=range, held_out_fraction=held_out, sequences=sequences, name=path.name
    )


def npz(
    path: str | os.PathLike[str],
    *,
    range: tuple[float, float] | None = None,
    held_out: float | None = None,
    sequences: bool = False,
) -> Dataset:
    """The arrays of a .npz file, such as `gan-jax sample --out` writes.

    Args:
      path: of a file with the array real (or x, samples, images, or a single one of any name) and,
        where there are such, label (or y, labels), held_out_real and held_out_label.
      range: of the raw values, see `from_arrays`.
      held_out: the share to split off, in [0, 1), where there is no held_out_real; 0.2 by default.
      sequences: whether [N, T, C] are sequences; otherwise they are grey images.

    Raises:
      DataError: a file that is missing, damaged, no .npz, or has no such arrays, or others too.
      ValueError: options that make no sense.
    """
    path = Path(path)
    with (
        _reported(path, ".npz"),
        open(path, "rb") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        names = _names(archive.files, path)
        check_memory(sum(info.file_size for info in archive.zip.infolist()), f"{path}: its arrays")
        arrays = {role: archive[name] for role, name in names.items()}
    held = arrays.get("held_out_real")
    if held is not None and held_out is not None:
        raise DataError(f"{path} has a held-out part of its own: leave out held_out={held_out:g}")
    return from_arrays(
        arrays["real"],
        arrays.get("label"),
        held_out=None if held is None else (held, arrays.get("held_out_label")),
        range=range,
        held_out_fraction=0.2 if held_out is None else held_out,
        sequences=sequences,
        name=path.name,
    )


def _names(found: Sequence[str], path: Path) -> dict[str, str]:
    """Which array plays which role."""
    if len(found) == 1:
        return {"real": found[0]}
    names = {}
    for role, known in ROLES.items():
        there = [name for name in known if name in found]
        if len(there) > 1:
            raise DataError(f"{path}: arrays {' and '.join(there)} for one: keep one of them")
        if there:
            names[role] = there[0]
    left = sorted(set(found) - set(names.values()))
    if left or "real" not in names or ("held_out_label" in names) > ("held_out_real" in names):
        raise DataError(
            f"{path}: arrays {', '.join(sorted(found)) or 'none'}, expected {KNOWN}, and the first "
            "of them at least: save it with such names, and without others"
        )
    return names


@contextmanager
def _reported(path: Path, suffix: str) -> Iterator[None]:
    """What goes wrong in reading a file, in one line."""
    try:
        with open(path, "rb") as file:
            beginning = file.read(6)
        if not beginning.startswith(BEGINNINGS[suffix]):
            raise DataError(_mistaken(path, suffix, beginning))
        yield
    except DataError:
        raise
    except FileNotFoundError as error:
        raise missing(path) from error
    except Exception as error:  # a damaged header makes NumPy raise nearly anything
        said = " ".join(str(getattr(error, "strerror", None) or error).split()) or repr(error)
        raise DataError(
            f"{path}: cannot be read ({said}): see that it is whole, holds numbers only, and that "
            "you may read it"
        ) from error


def _mistaken(path: Path, suffix: str, beginning: bytes) -> str:
    for other, expected in BEGINNINGS.items():
        if beginning.startswith(expected):
            return f"{path}: an {other} file, no {suffix}: give it as --data {other[1:]}:{path}"
    save = {".npy": "np.save", ".npz": "np.savez"}[suffix]
    return f"{path}: {'empty' if not beginning else f'no {suffix} file'}: write it by {save}"
