"""A run, and all that it takes to train it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax import parallel, phases, replicas
from gan_jax.data import Dataset
from gan_jax.experiment import Experiment
from gan_jax.game import State, update
from gan_jax.options import Options
from gan_jax.phases import Phase
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
    inherited: Sequence[State] = ()  # whose weights the run begins with, if not with its own
    rewinds: tuple[float, ...] = ()  # by what the learning rates were multiplied, one by one

    @property
    def phases(self) -> Sequence[Phase]:
        """The games of the run in turn, at the learning rates of now."""
        games = self.experiment.phases
        return phases.slowed(games, math.prod(self.rewinds)) if self.rewinds else games

    def like(self, step: int) -> State:
        """What the state of this step looks like."""
        if self.replicas:
            return replicas.abstract(self.make, self.replicas)
        return phases.abstract(self.experiment.phases, step)

    def chunks(self, state: State | None, every: int = 0) -> Iterator[tuple[State, Mapping]]:
        """Trains on from a state, which is consumed, so many steps at a time."""
        options = self.options
        common = {
            "steps": self.config.steps,
            "batch_size": self.config.batch_size,
            "state": state,
            "chunk": every or options.log_every,
            "rule": self.experiment.rule or update,
        }
        if self.replicas:
            lay = {"vmap": replicas.at_once, "map": replicas.one_by_one}[options.replicas]
            return replicas.train(self.make, self.data, replicas=self.replicas, lay=lay, **common)
        spread = {"pmap": parallel.pmap, "shard_map": parallel.shard_map}[options.parallel]
        common |= {"seed": options.seed, "spread": spread, "device_data": options.device_data}
        return phases.train(self.phases, self.data, **common)

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
