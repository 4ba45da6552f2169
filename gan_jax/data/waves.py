"""Sines and sawtooths: sequences with labels whose truth is known, made in a moment."""

from __future__ import annotations

import numpy as np

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.source import check_memory

CLASSES = ("sine", "sawtooth")


def waves(
    count: int = 14_000,
    *,
    steps: int = 30,
    frequency: tuple[float, float] = (1.0, 3.0),
    amplitude: tuple[float, float] = (0.4, 0.9),
    seed: int = 0,
    held_out: float = 0.2,
) -> Dataset:
    """Sines a sin(2 pi u) and sawtooths a (2 frac(u) - 1) of u = f t / steps + p, as many of each.

    The sines are those of Esteban, Hyland and Raetsch 2017 (arXiv 1706.02633).
    Differs from the paper: sawtooths beside them, and less of the range of f and a there, since a
    sawtooth of five periods in 30 steps can hardly be told from a sine.

    Args:
      count: waves in both parts, 2 or more.
      steps: t = 0, 1, ..., steps - 1; 2 or more.
      frequency: lowest and highest f, periods in all steps, uniform; at most half of the steps.
      amplitude: lowest and highest a, uniform, above 0.
      seed: of the draw; the phase p is uniform in [0, 1).
      held_out: the share to split off, in [0, 1).

    Returns:
      Sequences [N, steps, 1] float32, taken as they are; labels of the classes sine and sawtooth.

    Raises:
      ValueError: numbers that make no waves, or constant ones.

    >>> data = waves(100)
    >>> data.train["real"].shape, data.spec.classes
    ((80, 30, 1), ('sine', 'sawtooth'))
    """
    if count < 2 or steps < 2:
        raise ValueError(f"count={count}, steps={steps}: expected 2 or more of each")
    _check_range("frequency", frequency, steps / 2, "half of the steps, beyond which it shows less")
    _check_range("amplitude", amplitude, np.inf, "all finite")
    check_memory(16 * count * steps, f"{count} waves of {steps} steps")
    generator = np.random.Generator(np.random.PCG64(seed))
    label = np.arange(count) % len(CLASSES)
    f, a, p = (generator.uniform(*bounds, (count, 1)) for bounds in (frequency, amplitude, (0, 1)))
    turns = f * np.arange(steps) / steps + p
    real = a * np.where(label[:, None] == 0, np.sin(2 * np.pi * turns), 2 * (turns % 1) - 1)
    return from_arrays(
        real, label, sequences=True, classes=CLASSES, held_out_fraction=held_out, name="waves"
    )


def _check_range(name: str, bounds: tuple[float, float], most: float, why: str) -> None:
    low, high = bounds
    if not (0 < low <= high <= most and np.isfinite(high)):
        raise ValueError(
            f"{name}={low:g},{high:g}: expected LOW,HIGH with 0 < LOW <= HIGH <= {most:g} ({why})"
        )
