"""A run, and all that it takes to train it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax import parallel, replicas
from gan_jax.data import Dataset
from gan_jax.experiment import Experiment
from gan_jax.game import State
from gan_jax.options import Options
from gan_jax.replicas import Replica


class Lane(NamedTuple):
    """One trained state and its folder: the run itself, or one of its replicas."""

    folder: Path
    seed: int


@dataclasses.dataclass(frozen=True)
class Job:
    """A run, and all that it takes to train it."""

    run: Path
    experiment: Experiment
    config: Any
    options: Options
    data: Dataset
    draw: Callable
    make: Callable  # the game for the values of a replica
    replicas: Sequence[Replica]  # none where the run is one training by itself
    say: Callable[[str], None]

    @property
    def lanes(self) -> list[Lane]:
        """What is trained: each replica in its folder, or the run by itself."""
        if not self.replicas:
            return [Lane(self.run, self.options.seed)]
        return [Lane(self.run / replica.name, replica.seed) for replica in self.replicas]

    @property
    def folders(self) -> set[Path]:
        """Of the run and of its replicas: each has rows of metrics."""
        return {self.run, *(lane.folder for lane in self.lanes)}

    def living(self, state: State, step: int) -> list[tuple[int, Lane]]:
        """Number and lane of all that have reached this step: the others have diverged."""
        reached = np.atleast_1d(np.asarray(state.step)) == step
        return [(index, lane) for index, lane in enumerate(self.lanes) if reached[index]]

    def part(self, state: State, index: int) -> State:
        """The state of one lane, on this process alone."""
        state = parallel.here(state)
        return replicas.part(state, index) if self.replicas else state
