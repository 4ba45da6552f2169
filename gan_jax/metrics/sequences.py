"""Figures of sequences `[N, T, C]`, such as waves: of their spectra, and of how pure they are."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.data import Dataset
from gan_jax.data.source import some
from gan_jax.metrics.discrepancy import mmd, mmd_threshold
from gan_jax.metrics.neighbours import precision_recall

_FINE = 16  # frequencies that are tried, in one period more in all steps


def spectrum_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """How far the mean power spectra are apart: `sum_f |P_f - Q_f| / sum_f P_f`, P of real data.

    `P_f = E |sum_t x_t exp(-2 pi i f t / T)|^2`, f from 0 to T / 2, of each channel.

    Args:
      real: `[N, T]` or `[N, T, C]`.
      fake: `[M, T]` or `[M, T, C]`.

    Returns:
      0 or more; 1 for silence.

    Raises:
      ValueError: for other shapes, values that are not finite, or real data that are all 0.

    >>> spectrum_distance([[1.0, -1.0]], [[0.0, 0.0]])
    1.0
    """
    powers = [_power(x) for x in (as_sequences(real, "real"), as_sequences(fake, "fake"))]
    if powers[0].shape != powers[1].shape:
        raise ValueError(
            f"real has spectra of shape {powers[0].shape}, fake of {powers[1].shape}; expected "
            "sequences of as many steps and channels"
        )
    if not powers[0].sum() > 0:
        raise ValueError("real sequences are all 0; expected some that are not")
    return float(np.abs(powers[0] - powers[1]).sum() / powers[0].sum())


def sine_residuals(sequences: ArrayLike) -> np.ndarray:
    """The share of each sequence's energy that is left when its best sine is taken away.

    `min_f min_{a, b} |x - a sin(2 pi f t / T) - b cos(2 pi f t / T)|^2 / |x|^2`, with f from 1/16
    in steps of 1/16 up to, and without, T / 2. Of a sine it is nearly 0, of long sawtooths nearly
    `1 - 6 / pi^2`, and of noise most of 1; a constant counts as a very slow sine.

    Args:
      sequences: `[N, T]` or `[N, T, C]`, T at least 3; each channel has a sine of its own.

    Returns:
      `[N]`, from 0 to 1, the mean over the channels; 0 for silence.

    Raises:
      ValueError: for other shapes, or values that are not finite.

    >>> sine_residuals(np.sin(np.arange(20.0))[None]).round(3).tolist()
    [0.0]
    """
    x = as_sequences(sequences, "sequences")
    count, _, channels = x.shape
    rows, explained = _by_frequency(x)
    energy = np.square(rows).sum(1)
    left = np.where(energy > 0, 1 - explained.max(0) / np.where(energy > 0, energy, 1), 0)
    return left.clip(0, 1).reshape(count, channels).mean(1)


def best_sines(sequences: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The frequency, in periods in all steps, and the amplitude of each sequence's best sine.

    The sine is that of `sine_residuals`, its frequency then the vertex of the parabola through what
    it and its two neighbours explain: so that both are smooth in the sequence.

    Args:
      sequences: `[N, T]` or `[N, T, C]`, T at least 3.

    Returns:
      Frequencies and amplitudes, both `[N, C]`.

    Raises:
      ValueError: as of `sine_residuals`.

    >>> waves = 0.5 * np.sin(2 * np.pi * 2.03 * np.arange(30) / 30)[None]
    >>> [found.round(2).tolist() for found in best_sines(waves)]
    [[[2.03]], [[0.5]]]
    """
    x = as_sequences(sequences, "sequences")
    count, steps, channels = x.shape
    rows, explained = _by_frequency(x)
    best = explained.argmax(0).clip(1, len(explained) - 2)
    below, at, above = (explained[best + each, np.arange(len(best))] for each in (-1, 0, 1))
    bend = below - 2 * at + above
    shift = np.where(bend < 0, (below - above) / np.where(bend < 0, 2 * bend, 1), 0).clip(-1, 1)
    frequency = (best + 1 + shift) / _FINE
    angle = 2 * np.pi * frequency[:, None] * np.arange(steps) / steps
    axes = np.stack([np.sin(angle), np.cos(angle)], axis=2)
    pair = np.linalg.pinv(axes) @ rows[:, :, None]
    amplitude = np.linalg.norm(pair[:, :, 0], axis=1)
    return frequency.reshape(count, channels), amplitude.reshape(count, channels)


def _by_frequency(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each channel as a row `[N C, T]`, and of its energy what each sine explains, `[F, N C]`."""
    _, steps, _ = x.shape
    if steps < 3:
        raise ValueError(f"sequences have {steps} steps; expected 3 or more")
    rows, explained = x.transpose(0, 2, 1).reshape(-1, steps), []
    for frequency in np.arange(1, _FINE * steps // 2) / _FINE:
        angle = 2 * np.pi * frequency * np.arange(steps) / steps
        axes, _ = np.linalg.qr(np.stack([np.sin(angle), np.cos(angle)], axis=1))
        explained.append(np.square(rows @ axes).sum(1))
    return rows, np.array(explained)


def for_sequences() -> Callable[[np.ndarray, np.ndarray], dict[str, float]]:
    """The evaluation of sequences: discrepancy, spectrum, purity, precision and recall.

    Returns:
      An evaluation with the figures `mmd`, `spectrum_distance`, `sine_residual` (the mean of
      `sine_residuals`), `sine_residual_distance` (the Wasserstein distance of these residuals from
      those of the held-out data), `precision` and `recall`.
    """

    def evaluate(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
        from scipy.stats import wasserstein_distance

        of_real, of_other = sine_residuals(real), sine_residuals(other)
        return {
            "mmd": mmd(real, other),
            "spectrum_distance": spectrum_distance(real, other),
            "sine_residual": float(of_other.mean()),
            "sine_residual_distance": float(wasserstein_distance(of_real, of_other)),
            **precision_recall(real, other),
        }

    return evaluate


def sequence_threshold(
    drawn: Mapping[str, np.ndarray], data: Dataset
) -> tuple[dict[str, float], dict[str, float]]:
    """`mmd_threshold`, of held-out and training data alone: by `mmd` they are told apart from more.

    Args:
      drawn: `samples`; the sets are as many as these.
      data: of sequences, or there is no figure.

    Returns:
      The figure, twice, since it does not depend on the samples.
    """
    if not data.spec.is_sequence:
        return {}, {}
    found = {"mmd_threshold": _threshold(data, len(drawn["samples"]))}
    return found, found


@lru_cache(maxsize=4)
def _threshold(data: Dataset, count: int) -> float:
    parts = (some(part["real"], count) for part in (data.held_out, data.train))
    return mmd_threshold(*(np.asarray(data.spec.decode(part)) for part in parts))


def as_sequences(array: ArrayLike, name: str) -> np.ndarray:
    """The array as `[N, T, C]` in float64; of `[N, T]`, C is 1.

    Raises:
      ValueError: for another shape, no examples, or a value that is not finite.
    """
    array = np.asarray(array, np.float64)
    if array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"{name} has shape {array.shape}; expected [N, T] or [N, T, C]")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has values that are not finite; leave those examples out")
    return array.reshape(*array.shape[:2], -1)


def _power(sequences: np.ndarray) -> np.ndarray:
    """The mean power `[T // 2 + 1, C]` at each frequency."""
    return np.square(np.abs(np.fft.rfft(sequences, axis=1))).mean(0)
