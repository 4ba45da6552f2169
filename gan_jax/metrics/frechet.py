"""The Frechet distance of two Gaussians that have the moments of the features."""

from collections.abc import Iterable
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
    return streamed_moments([features])


def streamed_moments(parts: Iterable[ArrayLike]) -> Moments:
    """The moments of a set that comes in parts, of which one at a time is in memory.

    Sums of squares about the mean so far, in float64: Chan et al. 1979, eq. 2.1. So the result
    does not depend on how the set was cut, but for the rounding of float64.

    Args:
      parts: each `[n, ...]` features, as many per row.

    Raises:
      ValueError: for fewer than two rows in all, unequal widths or values that are not finite.

    >>> streamed_moments([[[0.0]], [[2.0]]])
    Moments(count=2, mean=array([1.]), covariance=array([[2.]]))
    """
    count, mean, squares = 0, 0.0, 0.0
    for part in parts:
        rows = as_rows(part, "features")
        if count and rows.shape[1] != mean.size:
            raise ValueError(f"features have {rows.shape[1]} and {mean.size} values; expected one")
        own = rows.mean(axis=0)
        centred, apart = rows - own[None], own - mean
        share = len(rows) / (count + len(rows))
        squares = squares + centred.T @ centred + np.outer(apart, apart) * count * share
        mean, count = mean + apart * share, count + len(rows)
    if count < 2:
        raise ValueError(f"features has {count} row; a covariance needs at least 2")
    return Moments(count, mean, squares / (count - 1))


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
