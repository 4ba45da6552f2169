"""The figures of a game's samples beside those of real data."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from gan_jax import runs
from gan_jax.data import Dataset
from gan_jax.data.source import some
from gan_jax.experiment import Experiment
from gan_jax.game import State
from gan_jax.keys import stream
from gan_jax.metrics import compare, table

LIMIT = Experiment._field_defaults["compared"]
"""Examples in each set at most: the published number for mixtures, and soon done for images."""


def evaluate(
    evaluations: Sequence[Callable],
    draw: Callable[..., Mapping[str, np.ndarray]],
    state: State,
    data: Dataset,
    *,
    seed: int,
    average: bool = True,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Samples, held-out data and training data in sets of equal size, through every evaluation.

    Args:
      evaluations: functions of (held-out, other) data that return figures by name.
      draw: from `sampling.prepare`.
      state: of the game.
      data: real data; its held-out part is compared with, in an order that is always the same.
      seed: of the samples, in the stream `evaluate`.
      average: whether to use averaged weights, where there are any.
      limit: examples in each set at most.

    Returns:
      The figures of `metrics.compare` with what they depend on; without any where the data have
      no held-out part.
    """
    about = {"step": int(state.step), "seed": seed, "weights": "average" if average else "last"}
    count = min(limit, len(data.held_out["real"]))
    if not count or not evaluations:
        return about
    samples = draw(state, stream(jax.random.key(seed), "evaluate"), count, average=average)
    held_out, train = (some(part["real"], count) for part in (data.held_out, data.train))
    decoded = (np.asarray(data.spec.decode(part)) for part in (held_out, train))
    return about | compare(evaluations, *decoded, samples["samples"])


def record(run: Path, figures: Mapping[str, Any]) -> str:
    """Writes the figures to the run; returns them as a table with what they depend on."""
    runs.write_json(run / runs.EVALUATION, figures)
    about = f"Step {figures['step']}, seed {figures['seed']}, {figures['weights']} weights"
    if "samples" not in figures:
        return f"{about}: nothing to compare with, the data have no held-out part."
    return f"{about}, against held-out data:\n{table(figures)}"
