"""Mode-specific normalisation: a number as a mode, and a scalar within its reach."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np

from gan_jax.data.columns import Mode

COMPONENTS, CONCENTRATION, LEAST = 10, 1e-3, 0.005
"""Of the mixture: at most, the prior of their weights, and the least weight; as CTGAN's code."""

FITTED = 10_000
"""Values that the mixture is fitted to, at most."""

FAR = 10
"""Interquartile ranges from the median to what is not fitted to: it would blur all the rest."""

AT_ONCE = 2**17
"""Values that are encoded at once, for the memory that the posterior takes."""

COMMON = 0.1
"""The share from which on a value is a mode by itself."""

REACH = 0.99
"""The largest scalar of an encoded value: a tanh never gets to 1."""


def fit_modes(values: np.ndarray, generator: np.random.Generator) -> tuple[Mode, ...]:
    """Mode-specific normalisation (Xu et al. 2019, arXiv:1907.00503, section 4.2): the modes.

    A Bayesian Gaussian mixture, sum_k w_k N(mu_k, sigma_k^2), of at most 10 components. Differs
    from the paper: a value that at least a tenth of the rows has becomes a mode by itself, and so
    does each value where there are 10 others at most, since a narrow Gaussian in place of a spike
    would smear it; the mixture is fitted to 10,000 values at most, none of them far out, which are
    scaled, and rounded, lest it differ between machines; and what no component reaches with 4 sigma
    gets a mode on either side of the median, so that no value of training is cut.

    Args:
      values: [N], finite, at least one.
      generator: chooses the values to fit to.
    """
    distinct, counts = np.unique(values, return_counts=True)
    single = counts >= COMMON * len(values)
    if (~single).sum() <= COMPONENTS:
        single[:] = True
    points = zip(counts[single] / len(values), distinct[single], strict=True)
    modes = [Mode(float(share), float(value), 0.0, 0.0) for share, value in points]
    rest = values[~np.isin(values, distinct[single])]
    if len(rest):
        found = _gaussians(rest, len(rest) / len(values), generator)
        left = rest[~_reached(rest, found).any(1)]
        modes += found + _beyond(left, float(np.median(rest)), len(values))
    return tuple(modes)


def _gaussians(rest: np.ndarray, share: float, generator: np.random.Generator) -> list[Mode]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import BayesianGaussianMixture

    low, centre, high = np.quantile(rest, (0.25, 0.5, 0.75))
    scale = (high - low) or np.ptp(rest)
    near = rest[np.abs(rest - centre) <= FAR * scale]
    digits = 6 - math.floor(math.log10(scale))
    centre, scale = round(float(centre), digits), round(float(scale), digits)
    fitted = near if len(near) <= FITTED else generator.choice(near, FITTED, replace=False)
    mixture = BayesianGaussianMixture(
        n_components=min(COMPONENTS, len(fitted)),
        weight_concentration_prior=CONCENTRATION,
        random_state=int(generator.integers(2**31)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # good enough after 100 rounds
        mixture.fit((fitted - centre)[:, None] / scale)
    modes = []
    deviations = np.sqrt(mixture.covariances_[:, 0, 0])
    for weight, mean, deviation in zip(
        mixture.weights_, mixture.means_[:, 0], deviations, strict=True
    ):
        if weight > LEAST:
            mean, deviation = round(float(mean), 6), round(float(deviation), 6)
            weight = max(round(float(weight * share), 6), 1e-6)
            mean, deviation = centre + mean * scale, deviation * scale
            modes.append(Mode(weight, mean, deviation, 4 * deviation))
    return modes


def _beyond(left: np.ndarray, middle: float, count: int) -> list[Mode]:
    """A mode for the values below the middle, and one for those above; none for none."""
    modes = []
    for part in (left[left < middle], left[left >= middle]):
        if len(part):
            low, high = float(part.min()), float(part.max())
            reach = (high - low) / 2 / REACH * (1 + 1e-9)  # that rounding leaves none outside
            modes.append(Mode(len(part) / count, (low + high) / 2, reach / 4, reach))
    return modes


def encode_modes(
    values: np.ndarray, modes: tuple[Mode, ...], generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Scalars alpha = (x - mu_k) / (4 sigma_k) and modes k, drawn from their posterior given x.

    Only modes that reach the value are drawn from, and a value with a mode of its own has that one;
    where no mode reaches, outside of what training saw, the nearest is taken, and alpha cut.

    Args:
      values: [N].
      modes: from `fit_modes`.
      generator: draws.

    Returns:
      Scalars [N], in [-0.99, 0.99], and modes [N].
    """
    parts = np.array_split(values, 1 + len(values) // AT_ONCE)
    scalars, mode = zip(*(_drawn(part, modes, generator) for part in parts), strict=True)
    return np.concatenate(scalars), np.concatenate(mode)


def _drawn(
    values: np.ndarray, modes: tuple[Mode, ...], generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    weight, mean, deviation, reach = np.array(modes).T
    distance = np.abs(values[:, None] - mean)
    wide = np.where(deviation > 0, deviation, 1.0)
    logs = np.log(weight) - np.log(wide) - 0.5 * (distance / wide) ** 2
    logs[~_reached(values, modes)] = -np.inf
    own = (reach == 0) & (distance == 0)
    logs[own.any(1)[:, None] & ~own] = -np.inf
    lost = np.isneginf(logs).all(1)
    logs[lost, (distance - reach)[lost].argmin(1)] = 0
    total = np.exp(logs - logs.max(1, keepdims=True)).cumsum(1)
    mode = (generator.random((len(values), 1)) * total[:, -1:] >= total).sum(1)
    scalar = (values - mean[mode]) / np.where(reach > 0, reach, 1.0)[mode]
    return np.where(reach[mode] > 0, np.clip(scalar, -REACH, REACH), 0.0), mode


def decode_modes(scalars: np.ndarray, mode: np.ndarray, modes: tuple[Mode, ...]) -> np.ndarray:
    """The values mu_k + 4 sigma_k alpha of scalars [N] and modes [N]."""
    _, mean, _, reach = np.array(modes).T
    return mean[mode] + reach[mode] * np.clip(scalars.astype(np.float64), -1, 1)


def _reached(values: np.ndarray, modes: Sequence[Mode]) -> np.ndarray:
    """[N, K], which values lie within the reach of which modes."""
    _, mean, _, reach = np.array(modes).T
    return np.abs(values[:, None] - mean) <= REACH * reach
