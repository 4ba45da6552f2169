"""The maximum mean discrepancy: a distance of two distributions, by a kernel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_row_pair

BANDWIDTHS = (0.25, 0.5, 1.0, 2.0)
"""Of the kernels, in median distances: with the median alone, noise passes for waves."""


def mmd(real: ArrayLike, fake: ArrayLike, bandwidths: Sequence[float] = BANDWIDTHS) -> float:
    """The squared maximum mean discrepancy, unbiased: near 0 for one distribution, and below too.

    `mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)`: Gretton et
    al. 2012, Journal of Machine Learning Research 13, eq. 3. The kernel is the mean over s of
    `exp(-|x - y|^2 / (2 (s m)^2))`, with m the median distance of two real examples. Esteban et al.
    2017, arXiv 1706.02633, section 4.1, measure sequences by it, each as one long vector.

    Differs from the paper: several bandwidths, where there is one, chosen on other data.

    Args:
      real: `[N, ...]`, N at least 2: time and memory grow as its square.
      fake: `[M, ...]`, M at least 2, of the same shape per example.
      bandwidths: each s, above 0.

    Returns:
      The estimate, at most 2.

    Raises:
      ValueError: for fewer than two examples, unequal widths, values that are not finite,
          bandwidths that are not positive, or real examples that are mostly the same.

    >>> round(mmd([[0.0], [1.0]], [[0.0], [1.0]], [1.0]), 4)  # e^(-1/2) - 1
    -0.3935
    """
    from scipy.spatial.distance import cdist, pdist

    real, fake = as_row_pair(real, fake)
    if min(len(real), len(fake)) < 2:
        raise ValueError(f"{len(real)} real and {len(fake)} other examples; expected 2 or more")
    if not len(bandwidths) or min(bandwidths) <= 0:
        raise ValueError(f"bandwidths are {tuple(bandwidths)}; expected positive numbers")
    within = pdist(real, "sqeuclidean")
    median = np.median(within)
    if not median > 0:
        raise ValueError("the median distance of two real examples is 0; expected different ones")

    def kernel(squares: np.ndarray) -> float:
        means = (np.exp(squares / (-2 * s**2 * median)).mean() for s in bandwidths)
        return float(sum(means)) / len(bandwidths)

    between = kernel(cdist(real, fake, "sqeuclidean"))
    return kernel(within) + kernel(pdist(fake, "sqeuclidean")) - 2 * between
