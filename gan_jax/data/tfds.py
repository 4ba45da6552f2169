"""Sets of TensorFlow Datasets that lie prepared on the disk: without TensorFlow, and no network."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_jax.data import prepared
from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.images import RESIZES, THREADS, check_resize, decode
from gan_jax.data.source import WHOLE
from gan_jax.data.source import size as bytes_of
from gan_jax.errors import DataError

HELD_OUT = ("test", "validation")
AT_ONCE = 256
"""Records that a thread reads before the next takes its turn."""


def tfds(
    name: str,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    split: str = "train",
    held_out: float | None = None,
    size: int | None = None,
    resize: str | None = None,
) -> Dataset:
    """A set of images of TensorFlow Datasets, prepared as ArrayRecord (`gan-jax data prepare`).

    The image is the one feature of the kind `Image`, the label that of the kind `ClassLabel`; of
    several that which the set calls supervised. The split test, or else validation, is the
    held-out part, unless `split` names it, or all of them. Up to 1 GiB of pixels are read at once;
    of more the labels only, and images when they are asked for.

    Args:
      name: NAME, NAME:VERSION, NAME/CONFIG or NAME/CONFIG:VERSION; the newest version by default.
      data_dir: the folder of the prepared sets; $TFDS_DATA_DIR or ~/tensorflow_datasets by default.
      split: of the training part, as in "train[:10%]".
      held_out: the share to split off where no split is the held-out part; 0.1 by default.
      size: of both sides of the images; needed where theirs differ.
      resize: to `size`: "crop" (default), "pad" or "stretch".

    Returns:
      Images [N, H, W, 1 or 3] uint8, which decode from 0..255 to [-1, 1]; labels by the names that
      the set has for them.

    Raises:
      DataError: a set that is not prepared, or damaged, or has not one image of 8 bits an example.
      ValueError: options that make no sense.
    """
    check_resize(size, resize)
    builder = _builder(prepared.find(name, data_dir))
    image, label = _features(builder, name)
    there = set(builder.info.splits)
    asked = set(re.findall(r"[A-Za-z_]\w*", split))
    own = [] if "all" in asked else [part for part in HELD_OUT if part in there - asked]
    if own and held_out is not None:
        raise DataError(f"{name} has the split {own[0]} to hold out: leave out held_out={held_out}")
    shape = _shape(builder.info.features[image], size, name)
    parts = []
    for part in (split, *own[:1]):
        records = _records(builder, part, name)
        images = _Images(records, image, shape, size, resize or RESIZES[0], f"{name}: {part}")
        parts.append((_read(images), label and _labels(images, label)))
    return from_arrays(
        *parts[0],
        held_out=parts[1] if own else None,
        classes=builder.info.features[label].names if label else None,
        held_out_fraction=0.1 if held_out is None else held_out,
        name=prepared.parse(name).name,
    )


@dataclass(frozen=True, eq=False)
class _Images:
    """The images of a split, decoded when they are asked for: a `Source`."""

    records: Sequence[bytes]
    feature: str
    row: tuple[int, int, int]
    size: int | None
    resize: str
    where: str
    dtype = np.dtype(np.uint8)

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self), *self.row

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        numbers = range(len(self))[rows] if isinstance(rows, slice) else rows.tolist()
        found = np.empty((len(numbers), *self.row), np.uint8)
        contents = _values(self.records, numbers, self.feature, self.where)
        for place, (number, content) in enumerate(zip(numbers, contents, strict=True)):
            try:
                image = decode(content.bytes_list.value[0], self.size, self.resize)
                found[place] = image  # grey becomes RGB where the others are RGB
            except Exception as error:  # damaged images make Pillow raise nearly anything
                said = " ".join(str(error).split()) or repr(error)
                raise DataError(f"{self.where}: image {number} cannot be read ({said})") from error
        return found


def _values(records: Sequence[bytes], numbers: Sequence[int], feature: str, where: str) -> list:
    """A feature of some records, read together and not one by one as tfds does, which is slow."""
    from tensorflow_datasets.proto import tf_example_pb2

    parse = tf_example_pb2.Example.FromString
    try:
        found = records.__getitems__(list(numbers))
        return [parse(record).features.feature[feature] for record in found]
    except Exception as error:  # damaged files make libraries raise nearly anything
        said = " ".join(str(error).split())
        raise DataError(f"{where}: records cannot be read ({said}): prepare it anew") from error


def _read(images: _Images) -> np.ndarray | _Images:
    return _threaded(images.__getitem__, images) if bytes_of(images) <= WHOLE else images


def _labels(images: _Images, label: str) -> np.ndarray:
    def read(rows: slice) -> list[int]:
        numbers = range(rows.start, rows.stop)
        found = _values(images.records, numbers, label, images.where)
        return [value.int64_list.value[0] for value in found]

    return _threaded(read, images).astype(np.int64)


def _threaded(read: Any, items: Sequence[Any]) -> np.ndarray:
    """`read` of all rows, a slice at a time, one after another in one array."""
    slices = [slice(i, min(i + AT_ONCE, len(items))) for i in range(0, len(items), AT_ONCE)]
    with ThreadPoolExecutor(THREADS) as pool:
        return np.concatenate(list(pool.map(read, slices)))


def _builder(place: Path) -> Any:
    import tensorflow_datasets

    try:
        return tensorflow_datasets.builder_from_directory(place)
    except Exception as error:  # damaged or missing files of its own make tfds raise anything
        said = " ".join(str(error).split())
        raise DataError(f"{place}: cannot be read ({said}): prepare it anew") from error


def _records(builder: Any, split: str, name: str) -> Sequence[bytes]:
    from tensorflow_datasets.core.decode import DeserializeMethod

    given = {"deserialize_method": DeserializeMethod.RAW_BYTES, "file_format": prepared.FORMAT}
    try:
        return builder.as_data_source(split, **given)
    except Exception as error:  # a split that is unknown or empty, a file that is missing or torn
        said = " ".join(str(error).split())
        raise DataError(f"{name}: the split {split} cannot be read ({said})") from error


def _features(builder: Any, name: str) -> tuple[str, str | None]:
    """The names of the image and of the label, None where there is none."""
    from tensorflow_datasets import features as kinds

    features, supervised = builder.info.features, builder.info.supervised_keys or ()

    def the(kind: type, *others: type) -> list[str]:
        all_of = [k for k, f in features.items() if isinstance(f, kind) and type(f) not in others]
        return [key for key in all_of if key in supervised] if len(all_of) > 1 else all_of

    images, labels = the(kinds.Image, kinds.LabeledImage), the(kinds.ClassLabel)
    if len(images) != 1 or len(labels) > 1:
        listed = ", ".join(f"{key} ({type(feature).__name__})" for key, feature in features.items())
        raise DataError(
            f"{name}: features {listed}, expected one Image, and at most one ClassLabel, in an "
            "example: choose another set"
        )
    return images[0], labels[0] if labels else None


def _shape(feature: Any, size: int | None, name: str) -> tuple[int, int, int]:
    kind = np.dtype(feature.np_dtype)
    if kind != np.uint8 or len(feature.shape) != 3:
        raise DataError(
            f"{name}: images {kind} of shape {feature.shape}, expected uint8 of [H, W, C]: choose "
            "another set"
        )
    height, width, channels = (size, size, feature.shape[-1]) if size else feature.shape
    if not (height and width):
        raise DataError(f"{name}: images of different sizes: make them one by size=N")
    return height, width, 1 if channels == 1 else 3
