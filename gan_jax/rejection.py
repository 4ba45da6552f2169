"""Discriminator rejection sampling: samples that a critic takes for real ones, as often as it does.

Azadi et al. 2018, arXiv:1810.06758.
"""

import numpy as np

from gan_jax.errors import UsageError

EDGE = 1e-6
"""epsilon of eq. 8, which keeps its logarithm finite."""


def acceptance(logits: np.ndarray, top: float, gamma: float = 0.0) -> np.ndarray:
    """`sigmoid(F)`, `F = D - D_max - log(1 - exp(D - D_max - epsilon)) - gamma`: from 0 to 1.

    Azadi et al. 2018, arXiv:1810.06758, eq. 8. For a critic at its optimum D is the logarithm of
    how much likelier an example is in the data than among the samples. With gamma = 0 it is
    `exp(D - D_max)`, and what is accepted has the density of the data; a larger one accepts fewer,
    a smaller one more, and less exactly.

    Args:
      logits: D, `[N]`.
      top: D_max, the largest that is known; larger logits count as this one.
      gamma: of the formula; see `typical`.

    >>> acceptance(np.log([0.5, 1.0, 2.0]), np.log(2.0)).round(3).tolist()
    [0.25, 0.5, 1.0]
    """
    return 1 / (1 + np.exp(-np.clip(_odds(logits, top) - gamma, -700, 700)))


def typical(logits: np.ndarray, top: float, percentile: float) -> float:
    """The gamma with which this percentile of samples is accepted as often as not.

    Azadi et al. 2018, arXiv:1810.06758, section 3.2: of many dimensions D_max is so far out that
    with gamma = 0 hardly any sample is accepted.

    Args:
      logits: of samples, `[N]`.
      top: D_max.
      percentile: 0 to 100.
    """
    return float(np.percentile(_odds(logits, top), percentile))


def calibrated(real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """`slope, offset`, so that `slope score + offset` is a logit: logistic regression on scores.

    Turner et al. 2018, arXiv:1811.11357: a critic is no judge of probabilities where
    its loss is none, as Wasserstein's, or where it has not converged. Both kinds weigh the same.

    Args:
      real: scores of held-out real examples, `[N]`.
      fake: scores of samples, `[M]`.

    Raises:
      UsageError: the critic's larger scores are not those of real examples.
    """
    from sklearn.linear_model import LogisticRegression

    scores = np.concatenate([real, fake]).astype(np.float64)[:, None]
    middle, width = scores.mean(), scores.std() + np.finfo(np.float64).tiny
    labels = np.repeat([1, 0], [len(real), len(fake)])
    model = LogisticRegression(C=np.inf, class_weight="balanced", max_iter=1000)
    model.fit((scores - middle) / width, labels)
    slope = float(model.coef_[0, 0] / width)
    if not slope > 0:
        raise UsageError(
            "The critic does not give held-out real examples larger scores than samples: it cannot "
            "tell which to reject."
        )
    return slope, float(model.intercept_[0] - slope * middle)


def _odds(logits: np.ndarray, top: float) -> np.ndarray:
    """F with gamma = 0: the log odds of `exp(D - D_max)`."""
    below = np.minimum(np.asarray(logits, np.float64) - top, 0)
    return below - np.log(-np.expm1(below - EDGE))
