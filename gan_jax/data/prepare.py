"""Our own data sets as sets of TensorFlow Datasets, in ArrayRecord; TensorFlow is not needed."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gan_jax import storage
from gan_jax.data import prepared
from gan_jax.data.dataset import Dataset
from gan_jax.data.images import THREADS
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError

FIRST = "1.0.0"
"""The version of a set that has none of its own."""
AT_ONCE, SHARD = 1024, 2**28
"""Images that are encoded at a time, and bytes of pixels in a file."""


def prepare(data: Dataset, name: str, data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Writes images, and labels if there are any, as a set that tfds reads like its own.

    `tfds.data_source(NAME, split=..., data_dir=...)` and `tfds.builder_from_directory(PLACE)` read
    it. The features are `image`, a PNG of 8 bits (so what is not 0..255 is rounded to 256 levels),
    and `label`; the splits are `train` and, where something is held out, `test`, in the order of
    the data.

    Args:
      data: images, grey or RGB.
      name: NAME[/CONFIG][:VERSION]; the version is by default that of tfds's own set of this name,
        or 1.0.0.
      data_dir: the folder of the prepared sets; $TFDS_DATA_DIR or ~/tensorflow_datasets by default.

    Returns:
      The place, FOLDER/NAME[/CONFIG]/VERSION.

    Raises:
      DataError: data that are no such images, two domains, a bad name, or a place that is taken.
    """
    if not data.spec.is_image or data.spec.shape[-1] not in (1, 3):
        raise DataError(
            f"{data.name}: examples of shape {data.spec.shape}, expected images, grey or RGB"
        )
    if "source" in data.train:
        raise DataError(f"{data.name}: two domains, expected one: write them from its own spec")
    name, config, version = prepared.parse(name)
    version = version or _registered(name)
    place = prepared.folder(data_dir) / name / (config or "") / version
    if place.exists():
        raise DataError(
            f"{place} exists: remove it, or give another version, as in {name}:{_next(version)}"
        )
    beside = storage.unfinished(place)
    beside.mkdir(parents=True)
    try:
        _write(data, _info(data, prepared.Name(name, config, version), beside))
        beside.rename(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place


def _info(data: Dataset, name: prepared.Name, place: Path) -> Any:
    import tensorflow_datasets as tfds

    features = {"image": tfds.features.Image(shape=data.spec.shape, encoding_format="png")}
    if data.spec.classes:
        features["label"] = tfds.features.ClassLabel(names=data.spec.classes)
    what, config, version = name
    identity = tfds.core.DatasetIdentity(
        what, tfds.core.Version(version), str(place), __name__, config_name=config
    )
    return tfds.core.DatasetInfo(
        builder=identity,
        description=f"{data.name}, written by gan_jax.",
        features=tfds.features.FeaturesDict(features),
        supervised_keys=("image", "label") if data.spec.classes else None,
    )


def _write(data: Dataset, info: Any) -> None:
    from tensorflow_datasets.core import SequentialWriter

    rows = max(1, SHARD // int(np.prod(data.spec.shape)))
    writer = SequentialWriter(info, rows, file_format=prepared.FORMAT)
    parts = {"train": data.train, "test": data.held_out}
    parts = {split: part for split, part in parts.items() if len(part["real"])}
    writer.initialize_splits(list(parts))
    for split, part in parts.items():
        for examples in _examples(part, data.spec):
            writer.add_examples({split: examples})
    writer.close_all()


def _examples(part: dict[str, Any], spec: Spec) -> Iterator[list[dict[str, Any]]]:
    with ThreadPoolExecutor(THREADS) as pool:
        for first in range(0, len(part["real"]), AT_ONCE):
            some = {key: array[first : first + AT_ONCE] for key, array in part.items()}
            pixels = np.rint((spec.decode(some["real"]) + 1) * 127.5).astype(np.uint8)
            examples = [{"image": image} for image in pool.map(_png, pixels)]
            for example, label in zip(examples, some.get("label", ()), strict=False):
                example["label"] = int(label)
            yield examples


def _png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image.squeeze(-1) if image.shape[-1] == 1 else image).save(file, "PNG")
    return file.getvalue()


def _registered(name: str) -> str:
    """The version that tfds itself gives a set of this name; it looks no further than its code."""
    from tensorflow_datasets.core import registered

    try:
        return str(registered.imported_builder_cls(name).VERSION or FIRST)
    except registered.DatasetNotFoundError:
        return FIRST


def _next(version: str) -> str:
    *most, last = version.split(".")
    return ".".join([*most, str(int(last) + 1)])
