"""The four files of MNIST and of the sets that took over its format."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.errors import DataError

IMAGES = "{}-images-idx3-ubyte"
LABELS = "{}-labels-idx1-ubyte"
DEFLATE_LIMIT = 1032
"""The most bytes that one byte of a gzip file can become."""


def idx(path: str | os.PathLike[str]) -> Dataset:
    """The folder of a set in MNIST's format: MNIST, Fashion-MNIST, KMNIST, EMNIST.

    The held-out part is the t10k part in the order of its file, which is not random: the first
    5,000 images of MNIST's are the easier ones. So shuffle before taking some of them.

    Args:
      path: the folder of train-images-idx3-ubyte, train-labels-idx1-ubyte and the same two of
          t10k, each plain or gzipped, with or without the ending .gz.

    Returns:
      Images [N, H, W, 1] uint8, which decode from 0..255 to [-1, 1]; labels of the classes "0" to
      the largest; named as the folder.

    Raises:
      DataError: a file that is missing, damaged, cut short, too long, or at odds with the others.
    """
    folder = Path(path)
    files = _find(folder)
    train, held_out = (_read_pair(*files[part]) for part in ("train", "t10k"))
    if train[0].shape[1:] != held_out[0].shape[1:]:
        raise DataError(
            f"{files['t10k'][0]}: images of {held_out[0].shape[1:]} pixels, those of "
            f"{files['train'][0].name} are {train[0].shape[1:]}: use files of one set"
        )
    occurring = np.unique(np.concatenate([train[1], held_out[1]]))  # EMNIST's letters begin at 1
    train, held_out = ((x, np.searchsorted(occurring, label)) for x, label in (train, held_out))
    name = folder.resolve().name or "idx"
    return from_arrays(*train, held_out=held_out, classes=list(map(str, occurring)), name=name)


def _find(folder: Path) -> dict[str, tuple[Path, Path]]:
    """The files of images and labels of both parts, the plain one where there are two."""
    stems = {part: (IMAGES.format(part), LABELS.format(part)) for part in ("train", "t10k")}
    names = [stem for pair in stems.values() for stem in pair]
    advice = f"expected a folder with the four files {', '.join(names)}, each plain or with .gz"
    if not folder.is_dir():
        raise DataError(f"{folder}: {'is a file' if folder.exists() else 'not found'}, {advice}")
    files = {
        stem: next(
            (file for file in (folder / stem, folder / f"{stem}.gz") if file.is_file()), None
        )
        for stem in names
    }
    missing = [stem for stem, file in files.items() if file is None]
    if missing:
        found = sorted(entry.name + "/" * entry.is_dir() for entry in folder.iterdir())
        listing = ", ".join(found[:8]) + ", ..." * (len(found) > 8)
        raise DataError(
            f"{folder}: no file {', '.join(missing)}; {advice}, found {listing or 'nothing'}"
        )
    return {part: (files[images], files[labels]) for part, (images, labels) in stems.items()}


def _read_pair(images_file: Path, labels_file: Path) -> tuple[np.ndarray, np.ndarray]:
    images, labels = _read(images_file, magic=2051, axes=3), _read(labels_file, magic=2049, axes=1)
    if len(images) != len(labels):
        raise DataError(
            f"{labels_file}: {len(labels)} labels for the {len(images)} images of "
            f"{images_file.name}: use files of one set"
        )
    return images, labels


def _read(file: Path, magic: int, axes: int) -> np.ndarray:
    """The bytes of one file, shaped by its header; reads no more than the header promises."""
    try:
        with open(file, "rb") as plain:
            zipped = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            with gzip.GzipFile(fileobj=plain) if zipped else plain as stream:
                shape = _read_header(stream.read(4 + 4 * axes), magic, axes, file)
                promised = math.prod(shape)
                believable = promised <= file.stat().st_size * (DEFLATE_LIMIT if zipped else 1)
                body = stream.read(promised + 1) if believable else b""
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"{file}: cannot be read, damaged or cut short ({error}): fetch it again"
        ) from error
    if len(body) != promised:
        raise DataError(
            f"{file}: {'more' if len(body) > promised else 'fewer'} bytes than the "
            f"{promised} its header promises for {shape}: fetch it again"
        )
    return np.frombuffer(body, np.uint8).reshape(shape)


def _read_header(header: bytes, magic: int, axes: int, file: Path) -> tuple[int, ...]:
    if len(header) < 4 + 4 * axes:
        raise DataError(
            f"{file}: {'cut short in the header' if header else 'empty'}, expected "
            f"{4 + 4 * axes} bytes of header: fetch it again"
        )
    found, *shape = np.frombuffer(header, ">u4").tolist()
    if found != magic:
        raise DataError(
            f"{file}: magic number {found}, expected {magic}: the file is of another "
            "format, or its name is that of another of the four"
        )
    if not math.prod(shape):
        raise DataError(f"{file}: its header promises {tuple(shape)}, no data: fetch it again")
    return tuple(shape)
