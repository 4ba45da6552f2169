"""The Frechet distance of two Gaussians that have the moments of the features."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_rows


class Moments(NamedTuple):
    """Count, mean `[D]` and unbiased covariance `[D, D]` of a set of features, in float64."""

    count: int
    mean: np.ndarray
    covariance: np.ndarray


def moments(features: ArrayLike) -> Moments:
    """The moments of a set of features.

    Args:
      features: `[N, ...]`, N at least 2.

    Raises:
      ValueError: for fewer than two rows or values that are not finite.

    >>> moments([[0.0], [2.0]])
    Moments(count=2, mean=array([1.]), covariance=array([[2.]]))
    """
    features = as_rows(features, "features")
    count = len(features)
    if count < 2:
        raise ValueError(f"features has {count} row; a covariance needs at least 2")
    mean = features.mean(axis=0)
    centred = features - mean[None]
    return Moments(count, mean, centred.T @ centred / (count - 1))


def frechet_from_moments(real: Moments, fake: Moments) -> float:
    """The Frechet distance of two Gaussians; see `frechet_distance`.

    The trace of `(S1^1/2 S2 S1^1/2)^1/2` is taken as the sum of the singular values of
    `S1^1/2 S2^1/2`, the same number without the square root of a rounding error.

    Raises:
      ValueError: if the numbers of features differ.
    """
    if real.mean.shape != fake.mean.shape:
        raise ValueError(
            f"real has {real.mean.size} features and fake {fake.mean.size}; expected as many"
        )
    product = _square_root(real.covariance) @ _square_root(fake.covariance)
    shift = np.sum((real.mean - fake.mean) ** 2)
    spread = np.trace(real.covariance) + np.trace(fake.covariance)
    return max(0.0, float(shift + spread - 2 * np.linalg.svd(product, compute_uv=False).sum()))


def _square_root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric root of a covariance; eigenvalues that rounding made negative count as 0."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(min=0))[None]) @ vectors.T


def frechet_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """The Frechet distance of two sets of features.

    `|m1 - m2|^2 + Tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2)`, with the mean m and the covariance S of
    each set. Heusel et al. 2017, eq. 6, arXiv 1706.08500; with features of Inception it is the FID.

    The estimate is biased upward, the more the smaller the sets, so compare only at equal sizes;
    each set must have more rows than there are features for its covariance to have full rank.
    Time grows as the cube of the number of features.

    Args:
      real: `[N, ...]` features, N at least 2.
      fake: `[M, ...]` features, as many per row.

    Returns:
      The squared distance, 0 or more, in squared units of the features.

    Raises:
      ValueError: for fewer than two rows, values that are not finite, or unequal widths.

    >>> frechet_distance([[0.0], [2.0]], [[3.0], [5.0]])
    9.0
    """
    return frechet_from_moments(moments(real), moments(fake))
