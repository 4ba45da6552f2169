"""The kernel distance of two sets of features: unbiased, so that small sets may be compared."""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_row_pair


def kernel_distance(
    real: ArrayLike, fake: ArrayLike, *, subsets: int = 50, size: int = 1000, seed: int = 0
) -> dict[str, float]:
    """The squared maximum mean discrepancy with a cubic kernel, as a mean over random subsets.

    `k(x, y) = (x.y / d + 1)^3` for d features, and the unbiased estimate, which is 0 on average for
    one distribution and so may be negative: Binkowski et al. 2018, arXiv:1801.01401, section 4;
    with features of Inception it is the KID.

    Differs from the paper: a subset has half of the smaller set at most, so that its spread means
    something where the sets are small.

    Args:
      real: `[N, ...]` features, N at least 4.
      fake: `[M, ...]`, M at least 4, as many per row.
      subsets: how many, each drawn without replacement from both sets.
      size: of a subset, at most.
      seed: of the subsets.

    Returns:
      `kernel_distance`, and `kernel_spread`, the standard deviation over the subsets.

    Raises:
      ValueError: for fewer than four rows, unequal widths, values that are not finite, or no
        subset.

    >>> kernel_distance(np.zeros((8, 2)), np.ones((8, 2)))  # 1 + 2^3 - 2
    {'kernel_distance': 7.0, 'kernel_spread': 0.0}
    """
    real, fake = as_row_pair(real, fake)
    least = min(len(real), len(fake))
    if least < 4 or subsets < 1 or size < 2:
        raise ValueError(
            f"{len(real)} real and {len(fake)} other examples, {subsets} subsets of {size}; "
            "expected 4 or more examples, and 1 or more subsets of 2 or more"
        )
    size, draw = min(size, least // 2), np.random.Generator(np.random.PCG64(seed))
    chosen = lambda rows: rows[draw.choice(len(rows), size, replace=False)]
    found = [_discrepancy(chosen(real), chosen(fake)) for _ in range(subsets)]
    return {"kernel_distance": float(np.mean(found)), "kernel_spread": float(np.std(found))}


def _discrepancy(x: np.ndarray, y: np.ndarray) -> float:
    """Of two sets of one size, unbiased."""
    within = sum(_apart(_kernel(rows, rows)) for rows in (x, y))
    return within - 2 * _kernel(x, y).mean()


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    base = x @ y.T / x.shape[1] + 1
    return base * base * base


def _apart(kernel: np.ndarray) -> float:
    """The mean over pairs of different examples."""
    count = len(kernel)
    return (kernel.sum() - np.trace(kernel)) / (count * (count - 1))
