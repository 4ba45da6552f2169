"""The handwritten digits that come with scikit-learn: real images with no download."""

from __future__ import annotations

import numpy as np

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset


def digits() -> Dataset:
    """1,797 handwritten digits of 8x8 pixels and 17 grey levels (the test part of UCI's optdigits).

    Returns:
      1,437 training and 360 held-out images, [N, 8, 8, 1] uint8 in 0..16, which decode to
      [-1, 1], shuffled by the split; labels of the classes "0" to "9".
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return from_arrays(bunch.images.astype(np.uint8), bunch.target, range=(0, 16), name="digits")
