"""Figures of samples of a mixture whose centres are known: how many modes, and how well."""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_rows

_REACH = 3.0  # deviations from its centre that a sample of high quality may lie


def mixture_figures(samples: ArrayLike, centres: ArrayLike, deviation: float) -> dict[str, float]:
    """Modes found, share of high quality and divergence of the modes, by the published protocol.

    A sample is of high quality within 3 deviations (Euclidean) of its nearest centre, to whose
    mode it then counts. Of two-dimensional Gaussians `1 - exp(-4.5)`, 98.89 %, is all there is to
    reach. The published tables use 2,500 samples: Lin et al. 2018 (PacGAN), arXiv 1712.04086, after
    Srivastava et al. 2017 (VEEGAN), arXiv 1705.07761.

    Args:
      samples: `[N, D]`.
      centres: `[K, D]`, of the modes, K at least 2.
      deviation: standard deviation of every mode along each axis, above 0.

    Returns:
      `modes`: modes with at least one sample of high quality, as published, which is lenient;
      `modes_20`: modes with at least 20 % of their fair share N / K;
      `high_quality`: share of the samples, from 0 to 1;
      `mode_kl`: KL of the histogram of the modes, over samples of high quality, from the uniform
      one, in nats; from 0 to log K, the worst, which also stands for no such sample at all.

    Raises:
      ValueError: if the widths differ, K is 1, the deviation is not positive or a value is not
          finite.

    >>> mixture_figures([[0.1], [0.0], [9.0], [5.0]], [[0.0], [9.0]], deviation=0.1)["high_quality"]
    0.75
    """
    samples, centres = as_rows(samples, "samples"), as_rows(centres, "centres")
    _check(samples, centres, deviation)
    distances = np.linalg.norm(samples[:, None] - centres[None], axis=2)
    good = distances.min(axis=1) <= _REACH * deviation
    counts = np.bincount(distances.argmin(axis=1)[good], minlength=len(centres))
    return {
        "modes": int(np.sum(counts > 0)),
        "modes_20": int(np.sum(counts >= 0.2 * len(samples) / len(centres))),
        "high_quality": float(good.mean()),
        "mode_kl": divergence_from_uniform(counts),
    }


def divergence_from_uniform(counts: np.ndarray) -> float:
    """`KL(counts / sum(counts) || uniform)` in nats, log K for no counts at all."""
    present = counts[counts > 0] / max(counts.sum(), 1)
    return float(np.log(len(counts)) + np.sum(present * np.log(present)))


def divergence_of_counts(counts: np.ndarray, real: np.ndarray) -> float:
    """`KL(p || q)` in nats of the shares p of what was counted from the shares q among real ones.

    One more of each kind is counted among the real ones (Laplace's rule), so that none has a share
    of nothing; it matters where there are not many more real ones than kinds.

    >>> divergence_of_counts(np.array([5, 5]), np.array([99, 99]))
    0.0
    >>> round(divergence_of_counts(np.array([0, 7]), np.array([99, 99])), 4)  # log 2
    0.6931
    """
    from scipy.special import rel_entr

    shares, expected = counts / counts.sum(), (real + 1) / (real + 1).sum()
    return float(rel_entr(shares, expected).sum())


def _check(samples: np.ndarray, centres: np.ndarray, deviation: float) -> None:
    if samples.shape[1] != centres.shape[1]:
        raise ValueError(
            f"samples have {samples.shape[1]} dimensions and centres {centres.shape[1]}; "
            "expected as many"
        )
    if len(centres) < 2:
        raise ValueError(f"{len(centres)} centre; expected a mixture of at least 2")
    if not 0 < deviation < np.inf:
        raise ValueError(f"deviation is {deviation}; expected a positive number")
