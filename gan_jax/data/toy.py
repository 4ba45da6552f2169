"""Two-dimensional toy sets, whose truth is known: mode coverage can be counted on them."""

from __future__ import annotations

import dataclasses

import numpy as np

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.spec import Mixture

TRAIN, HELD_OUT = 50_000, 10_000


def ring(seed: int = 0) -> Dataset:
    """Eight Gaussians on a circle: radius 2, deviation 0.02, all divided by 1.414.

    The toy set of Gulrajani et al. 2017 (arXiv 1704.00028, figure 1), numbers as in their code.

    Args:
      seed: of the draw.

    Returns:
      50,000 training and 10,000 held-out points, [N, 2] float32; `spec.mixture` is the truth.

    >>> data = ring()
    >>> data.train["real"].shape, len(data.spec.mixture.centres)
    ((50000, 2), 8)
    """
    angles = np.arange(8) * np.pi / 4
    centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return _sample("ring", centres / 1.414, 0.02 / 1.414, seed)


def grid(seed: int = 0) -> Dataset:
    """25 Gaussians on {-4, -2, 0, 2, 4}^2, deviation 0.05, all divided by 2.828.

    The toy set of Gulrajani et al. 2017 (arXiv 1704.00028, figure 1), numbers as in their code.
    Differs from it: each point draws its Gaussian, so the counts are not exactly equal.

    Args:
      seed: of the draw.

    Returns:
      50,000 training and 10,000 held-out points, [N, 2] float32; `spec.mixture` is the truth.
    """
    axis = np.arange(-4, 5, 2)
    centres = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    return _sample("grid", centres / 2.828, 0.05 / 2.828, seed)


def swiss_roll(seed: int = 0) -> Dataset:
    """A spiral: t (cos t, sin t) with t uniform in [1.5 pi, 4.5 pi], noise 0.25, divided by 7.5.

    The toy set of Gulrajani et al. 2017 (arXiv 1704.00028, figure 1): the first and the last
    coordinate of scikit-learn's `make_swiss_roll`.

    Args:
      seed: of the draw.

    Returns:
      50,000 training and 10,000 held-out points, [N, 2] float32.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    t = 1.5 * np.pi * (1 + 2 * generator.uniform(size=(TRAIN + HELD_OUT, 1)))
    noise = 0.25 * generator.standard_normal((TRAIN + HELD_OUT, 2))
    points = (t * np.concatenate([np.cos(t), np.sin(t)], axis=1) + noise) / 7.5
    return from_arrays(points[:TRAIN], held_out=points[TRAIN:], name="swiss_roll")


def _sample(name: str, centres: np.ndarray, deviation: float, seed: int) -> Dataset:
    generator = np.random.Generator(np.random.PCG64(seed))
    modes = generator.integers(len(centres), size=TRAIN + HELD_OUT)
    points = centres[modes] + deviation * generator.standard_normal((len(modes), 2))
    data = from_arrays(points[:TRAIN], held_out=points[TRAIN:], name=name)
    mixture = Mixture(tuple(map(tuple, centres.tolist())), deviation)
    return dataclasses.replace(data, spec=dataclasses.replace(data.spec, mixture=mixture))
