"""Decoded images, kept in the user's cache folder: a row of JSON, and an array mapped into memory.

The folder can be removed at any time; what cannot be read or written there only costs time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import PIL

VERSION = 1
"""Of the format and of the decoding; a change of it begins the cache anew."""


class Decoded(NamedTuple):
    """Images in the order of their paths.

    Args:
      images: [N, H, W, 1 or 3], uint8.
      paths: of the N images.
      faults: why there is no image, by the path.
    """

    images: np.ndarray
    paths: Sequence[str]
    faults: dict[str, str]


def key(stamp: str, *options: Any) -> str:
    """A name for what is decoded from files of this stamp by these options, and by this Pillow."""
    text = json.dumps([VERSION, PIL.__version__, stamp, options])
    return hashlib.sha256(text.encode()).hexdigest()


def load(key: str) -> Decoded | None:
    """What `save` kept; None where there is nothing, or nothing sound."""
    try:
        about = json.loads(_place(key, ".json").read_text())
        images = np.load(_place(key, ".npy"), mmap_mode="r", allow_pickle=False)
        paths, faults, shape = about["paths"], about["faults"], tuple(about["shape"])
        sound = (images.dtype, images.shape, len(paths)) == (np.uint8, shape, len(images))
        if sound and hashlib.sha256(images).hexdigest() == about["sha256"]:
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
        "sha256": hashlib.sha256(decoded.images).hexdigest(),
    }
    with suppress(OSError):
        _write(_place(key, ".npy"), lambda file: np.save(file, decoded.images, allow_pickle=False))
        _write(_place(key, ".json"), lambda file: file.write(json.dumps(about).encode()))


def _place(key: str, suffix: str) -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(root, "gan_jax", "images", key + suffix)


def _write(path: Path, write: Callable) -> None:
    """Writes beside and then renames, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
