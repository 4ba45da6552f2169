"""The maximum mean discrepancy: a distance of two distributions, by a kernel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_row_pair

BANDWIDTHS = (0.25, 0.5, 1.0, 2.0)
"""Of the kernels, in median distances: with the median alone, noise passes for waves."""
_ROWS = 128  # of the matrix of all pairs, in memory at once


def mmd(real: ArrayLike, fake: ArrayLike, bandwidths: Sequence[float] = BANDWIDTHS) -> float:
    """The squared maximum mean discrepancy, unbiased: near 0 for one distribution, and below too.

    `mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)`: Gretton et
    al. 2012, Journal of Machine Learning Research 13, eq. 3. The kernel is the mean over s of
    `exp(-|x - y|^2 / (2 (s m)^2))`, with m the median distance of two real examples, or where most
    are the same the root of the mean square. Esteban et al. 2017, arXiv 1706.02633, section 4.1,
    measure sequences by it, each as one long vector.

    Differs from the paper: several bandwidths, where there is one, chosen on other data.

    Args:
      real: `[N, ...]`, N at least 2: time and memory grow as its square.
      fake: `[M, ...]`, M at least 2, of the same shape per example.
      bandwidths: each s, above 0.

    Returns:
      The estimate, at most 2.

    Raises:
      ValueError: for fewer than two examples, unequal widths, values that are not finite,
          bandwidths that are not positive, or real examples that are all the same.

    >>> round(mmd([[0.0], [1.0]], [[0.0], [1.0]], [1.0]), 4)  # e^(-1/2) - 1
    -0.3935
    """
    from scipy.spatial.distance import cdist, pdist

    real, fake, within, median = _compared(real, fake, bandwidths)
    mean = lambda squares: float(_kernel(squares, median, bandwidths).mean())
    between = mean(cdist(real, fake, "sqeuclidean"))
    return mean(within) + mean(pdist(fake, "sqeuclidean")) - 2 * between


def mmd_threshold(
    real: ArrayLike,
    other: ArrayLike,
    bandwidths: Sequence[float] = BANDWIDTHS,
    *,
    splits: int = 200,
    seed: int = 0,
) -> float:
    """What `mmd` of two sets of one distribution exceeds by chance in one of twenty cases.

    The 0.95 quantile of the same estimate over random splits of both sets together into two of
    their sizes: Gretton et al. 2012, section 5. All have the kernel of `mmd(real, other)`.

    Args:
      real: `[N, ...]`, as of `mmd`.
      other: `[M, ...]`: real examples too, for a threshold of data alone.
      bandwidths: as of `mmd`.
      splits: how many, 100 or more.
      seed: of the splits.

    Raises:
      ValueError: as of `mmd`, or too few splits.
    """
    from scipy.spatial.distance import cdist

    if splits < 100:
        raise ValueError(f"{splits} splits; expected 100 or more: a quantile of few is no number")
    real, other, _, median = _compared(real, other, bandwidths)
    every, sizes = np.concatenate([real, other]), (len(real), len(other))
    draw = np.random.Generator(np.random.PCG64(seed))
    first = np.repeat([1.0, 0.0], sizes)  # whether an example is of the first set of a split
    chosen = draw.permuted(np.tile(first, (splits, 1)), axis=1).T
    total, of_first, within = 0.0, np.zeros(splits), np.zeros(splits)  # over pairs, each once
    for begin in range(0, len(every), _ROWS):
        rows, rest = slice(begin, begin + _ROWS), slice(begin, None)
        squares = cdist(every[rows], every[rest], "sqeuclidean")
        kernel = np.triu(_kernel(squares, median, bandwidths), 1)
        total += kernel.sum()
        of_first += kernel.sum(1) @ chosen[rows] + kernel.sum(0) @ chosen[rest]
        within += (chosen[rows] * (kernel @ chosen[rest])).sum(0)
    pairs = [size * (size - 1) / 2 for size in sizes]
    between = (of_first - 2 * within) / np.prod(sizes)
    found = within / pairs[0] + (total - of_first + within) / pairs[1] - 2 * between
    return float(np.quantile(found, 0.95))


def _compared(real: ArrayLike, fake: ArrayLike, bandwidths: Sequence[float]) -> tuple:
    """Both as rows, the squared distances of real pairs, and their median; all of it checked."""
    from scipy.spatial.distance import pdist

    real, fake = as_row_pair(real, fake)
    if min(len(real), len(fake)) < 2:
        raise ValueError(f"{len(real)} real and {len(fake)} other examples; expected 2 or more")
    if not len(bandwidths) or min(bandwidths) <= 0:
        raise ValueError(f"bandwidths are {tuple(bandwidths)}; expected positive numbers")
    within = pdist(real, "sqeuclidean")
    median = np.median(within) or within.mean()
    if not median > 0:
        raise ValueError("all real examples are the same; expected different ones")
    return real, fake, within, median


def _kernel(squares: np.ndarray, median: float, bandwidths: Sequence[float]) -> np.ndarray:
    """The kernel of pairs of these squared distances."""
    return sum(np.exp(squares / (-2 * s**2 * median)) for s in bandwidths) / len(bandwidths)
