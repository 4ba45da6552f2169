"""Decoded images, kept in the user's cache folder: a row of JSON, and an array mapped into memory.

The folder can be removed at any time; what cannot be read or written there only costs time, up to
1 GiB of pixels. More are not held in memory at all, but decoded into the folder.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import PIL

from gan_jax import storage
from gan_jax.data.source import WHOLE, blocks
from gan_jax.errors import DataError

VERSION = 2
"""Of the format and of the decoding; a change of it begins the cache anew."""
ABANDONED = 24 * 3600
"""Seconds after which an unfinished file belongs to nobody."""


class Decoded(NamedTuple):
    """Images in the order of their paths.

    Args:
      images: [N, H, W, 1 or 3], uint8.
      paths: of the N images.
      faults: why there is no image, by the path.
      file: where the images are, until `save` gives it its name; None for memory.
    """

    images: np.ndarray
    paths: Sequence[str]
    faults: dict[str, str]
    file: Path | None = None


def key(stamp: str, *options: Any) -> str:
    """A name for what is decoded from files of this stamp by these options, and by this Pillow."""
    text = json.dumps([VERSION, PIL.__version__, stamp, options])
    return hashlib.sha256(text.encode()).hexdigest()


def collect(
    outcomes: Iterable[tuple[str, np.ndarray | str]], paths: Sequence[str], key: str
) -> Decoded:
    """Images in the order of their paths: in memory, or more than 1 GiB in the cache folder.

    Args:
      outcomes: from `decode_all`, in any order; grey images become RGB unless all are grey.
      paths: of all of them, in order.
      key: under which the images will be kept.

    Raises:
      DataError: the cache folder has no room.
    """
    file = storage.unfinished(_place(key, ".npy"))
    try:
        rows, channels, faults = _filled(outcomes, paths, file)
    except BaseException:
        _remove(file)
        raise
    kept = [row for row, path in enumerate(paths) if path not in faults]
    if rows is None:
        return Decoded(np.zeros((0, 1, 1, 1), np.uint8), [], faults)
    for new, old in enumerate(kept):
        if new < old:  # what is left out leaves no gap
            rows[new] = rows[old]
    images, names = rows[: len(kept), ..., :channels], [paths[row] for row in kept]
    if isinstance(rows, np.memmap):
        return Decoded(images, names, faults, file)
    return Decoded(np.ascontiguousarray(images), names, faults)


def _filled(
    outcomes: Iterable[tuple[str, np.ndarray | str]], paths: Sequence[str], file: Path
) -> tuple[np.ndarray | None, int, dict[str, str]]:
    """Rows of RGB, None where there is no image; how many channels they need; the faults."""
    number, rows, channels, faults = {p: row for row, p in enumerate(paths)}, None, 1, {}
    for path, outcome in outcomes:
        if isinstance(outcome, str):
            faults[path] = outcome
            continue
        if rows is None:
            rows = _room((len(paths), *outcome.shape[:2], 3), file)
        rows[number[path]] = outcome
        channels = max(channels, outcome.shape[-1])
    return rows, channels, faults


def load(key: str) -> Decoded | None:
    """What `save` kept; None where there is nothing, or nothing sound."""
    try:
        about = json.loads(_place(key, ".json").read_text())
        paths, faults, shape = about["paths"], about["faults"], tuple(about["shape"])
        array = np.load(_place(key, ".npy"), mmap_mode="r", allow_pickle=False)
        images = array[: shape[0], ..., : shape[-1]]  # there may be rows left out, grey as RGB
        sound = (images.dtype, images.shape, len(paths)) == (np.uint8, shape, len(images))
        if sound and _digest(images) == about["sha256"]:
            return Decoded(images, paths, faults)
    except Exception:  # whatever is wrong with it, it can be made again
        return None
    return None


def save(key: str, decoded: Decoded) -> None:
    """Keeps it, if that is possible; each file in one piece."""
    about = {
        "paths": list(decoded.paths),
        "faults": decoded.faults,
        "shape": decoded.images.shape,
        "sha256": _digest(decoded.images),
    }
    with suppress(OSError):
        _place(key, "").parent.mkdir(parents=True, exist_ok=True)
        if decoded.file:
            os.replace(decoded.file, _place(key, ".npy"))
        else:
            save = lambda file: np.save(file, decoded.images, allow_pickle=False)
            storage.write_atomically(_place(key, ".npy"), save)
        storage.write_atomically(_place(key, ".json"), json.dumps(about).encode())


def forget(decoded: Decoded) -> None:
    """Removes the file that was not saved, if there is one; what is mapped can still be read."""
    if decoded.file:
        _remove(decoded.file)


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink()


def _digest(images: np.ndarray) -> str:
    digest = hashlib.sha256()
    for _, rows in blocks(images):
        digest.update(np.ascontiguousarray(rows))
    return digest.hexdigest()


def _room(shape: tuple[int, ...], file: Path) -> np.ndarray:
    """Memory for so many pixels, or for more than 1 GiB a file."""
    if math.prod(shape) <= WHOLE:
        return np.empty(shape, np.uint8)
    said = f"{shape[0]} images of {shape[2]}x{shape[1]} pixels take {math.prod(shape) / 1e9:.1f} GB"
    advice = "make them smaller by size=N, or name another cache folder by XDG_CACHE_HOME"
    for old in file.parent.glob(f"{file.stem}.*"):  # of a process that was killed
        if time.time() - old.stat().st_mtime > ABANDONED:
            _remove(old)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(file.parent).free) < math.prod(shape):
            raise DataError(f"{said}, and {file.parent} has room for {free / 1e9:.1f} GB: {advice}")
        return np.lib.format.open_memmap(file, "w+", np.uint8, shape)
    except OSError as error:
        raise DataError(f"{said}, and {file.parent} cannot be written: {advice}") from error


def _place(key: str, suffix: str) -> Path:
    return storage.cache("images", key + suffix)
