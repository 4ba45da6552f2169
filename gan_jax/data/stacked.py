"""Stacked MNIST: three digits as the channels of an image, a thousand modes that can be counted."""

from __future__ import annotations

import os

import numpy as np

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.idx import idx
from gan_jax.data.source import check_memory
from gan_jax.errors import DataError


def stacked_mnist(
    path: str | os.PathLike[str], *, count: int = 128_000, held_out: int = 26_000, seed: int = 0
) -> Dataset:
    """Three random digits as red, green and blue: the classes "000" to "999", red first.

    Metz et al. 2016, arXiv 1611.02163; sizes as in Lin et al. 2017 (PacGAN), arXiv 1712.04086.
    Differs from it: the held-out stacks are of held-out digits, where theirs are of all digits.

    Args:
      path: of the folder with MNIST's four files, see `idx`; other sets of 10 classes will do.
      count: stacks for training, drawn with replacement.
      held_out: likewise, of the digits of the t10k part; as many as samples are usually counted.
      seed: of the draw.

    Returns:
      Images [N, H, W, 3] uint8, which decode from 0..255 to [-1, 1]; named stacked_ and the folder.

    Raises:
      DataError: see `idx`; or a set of other than 10 classes.
      ValueError: counts that make no sense.
    """
    if min(count, held_out) < 1:
        raise ValueError(f"count={count}, held_out={held_out}: expected 1 or more of each")
    digits = idx(path)
    if digits.spec.classes != tuple("0123456789"):
        raise DataError(
            f"{path}: {len(digits.spec.classes)} classes, expected the 10 digits: a stack of three "
            "is one of a thousand classes"
        )
    pixels = 3 * digits.train["real"][0].size
    check_memory((count + held_out) * pixels, f"{count} and {held_out} stacks")
    generator = np.random.Generator(np.random.PCG64(seed))
    train = _stacked(digits.train, count, generator)
    rest = _stacked(digits.held_out, held_out, generator)
    classes = [f"{index:03}" for index in range(1000)]
    return from_arrays(*train, held_out=rest, classes=classes, name=f"stacked_{digits.name}")


def _stacked(part, count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    chosen = generator.integers(len(part["real"]), size=(3, count))
    images = [part["real"][rows, ..., 0] for rows in chosen]
    return np.stack(images, axis=-1), np.int32([100, 10, 1]) @ part["label"][chosen]
