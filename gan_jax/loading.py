"""A run back in Python: its game, its state, its sampler."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from gan_jax import checkpoint, runs
from gan_jax import experiment as experiments
from gan_jax.data import Spec
from gan_jax.errors import CheckpointError
from gan_jax.experiment import Experiment
from gan_jax.game import Game, State
from gan_jax.keys import stream
from gan_jax.sampling import prepare
from gan_jax.train import abstract


@dataclasses.dataclass(frozen=True)
class Trained:
    """What `load` returns."""

    experiment: Experiment
    config: Any
    spec: Spec
    seed: int
    fingerprint: str  # of the data
    state: State
    draw: Callable[..., Mapping[str, np.ndarray]]

    @property
    def game(self) -> Game:
        """The game that was played."""
        return self.experiment.game

    def sample(
        self, count: int, *, seed: int = 0, average: bool = True, batch_size: int = 256
    ) -> Mapping[str, np.ndarray]:
        """`samples` `[count, ...]`, and `labels` `[count]` where the model is conditional."""
        key = stream(jax.random.key(seed), "sample")
        return self.draw(self.state, key, count, average=average, batch_size=batch_size)


def load(run: str | Path, step: int | None = None) -> Trained:
    """The game, state and sampler of a run. It executes the experiment file in the run.

    Args:
      run: folder of the run.
      step: of a checkpoint; the newest if not given.

    Raises:
      RunError: this is no run.
      CheckpointError: it has no checkpoint, or a damaged one.
    """
    run = Path(run).expanduser().absolute()
    known = runs.about(run)
    folder = run / runs.CHECKPOINTS
    step = checkpoint.latest(folder) if step is None else step
    if step is None:
        raise CheckpointError(f"{run} has no checkpoint yet: train it, or go on by --resume.")
    module = experiments.load(run / runs.EXPERIMENT)
    config, spec = experiments.configured(module, known["config"]), Spec.from_json(known["spec"])
    built = experiments.build(module, config, spec)
    seed, fingerprint = known["seed"], known["fingerprint"]
    state = checkpoint.restore(folder, step, abstract(built.game))[0]
    draw = prepare(built.game, built.sampler)
    return Trained(built, config, spec, seed, fingerprint, state, draw)
