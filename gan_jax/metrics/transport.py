"""Optimal transport between two sets of points: exact, or along random lines."""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_equal_pair

LARGEST = 2500
"""The most points per set that `exact_wasserstein` takes."""


def exact_wasserstein(real: ArrayLike, fake: ArrayLike) -> float:
    """The Wasserstein-1 distance of two sets of equal size, by optimal assignment.

    `min over permutations p of mean_i |real_i - fake_p(i)|`, Euclidean. Two sets of one
    distribution are not at distance 0, so print their distance at the same size alongside.

    Args:
      real: `[N, ...]`, N at most 2,500: time grows as the cube of N.
      fake: `[N, ...]`.

    Returns:
      The distance, 0 or more, in units of the data.

    Raises:
      ValueError: for unequal shapes, values that are not finite, or more than 2,500 points.

    >>> exact_wasserstein([[0.0], [1.0]], [[3.0], [2.0]])
    2.0
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    real, fake = as_equal_pair(real, fake)
    if len(real) > LARGEST:
        raise ValueError(
            f"{len(real)} points per set; expected at most {LARGEST}, since exact assignment takes "
            "time O(N^3): subsample both sets"
        )
    costs = cdist(real, fake)
    return float(np.mean(costs[linear_sum_assignment(costs)]))


def sliced_wasserstein(
    real: ArrayLike, fake: ArrayLike, *, projections: int = 256, seed: int = 0
) -> float:
    """The mean over random lines of the Wasserstein-1 distance of the sets projected on them.

    `E_theta W_1(theta.real, theta.fake)` for directions theta of length 1, each distance by
    sorting: Bonneel et al. 2015, Journal of Mathematical Imaging and Vision 51, section 2; for
    generators Deshpande et al. 2018, arXiv:1803.11188.

    Differs from the papers: the distance itself, where they take its square.

    Args:
      real: `[N, ...]`, any N: time grows as N log N.
      fake: `[N, ...]`.
      projections: how many lines, 1 or more.
      seed: of the lines.

    Returns:
      The distance, 0 or more, in units of the data.

    Raises:
      ValueError: for unequal shapes, values that are not finite, or no line.

    >>> round(sliced_wasserstein([[0.0], [1.0]], [[3.0], [2.0]]), 6)
    2.0
    """
    real, fake = as_equal_pair(real, fake)
    if projections < 1:
        raise ValueError(f"projections is {projections}; expected 1 or more")
    lines = np.random.Generator(np.random.PCG64(seed)).normal(size=(real.shape[1], projections))
    lines /= np.linalg.norm(lines, axis=0, keepdims=True)
    distances = np.sort(real @ lines, axis=0) - np.sort(fake @ lines, axis=0)
    return float(np.abs(distances).mean())
