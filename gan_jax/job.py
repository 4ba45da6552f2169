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
from gan_jax.errors import UsageError
from gan_jax.experiment import Experiment
from gan_jax.game import Game, State, update
from gan_jax.options import Options
from gan_jax.phases import Phase
from gan_jax.replicas import Replica


class Lane(NamedTuple):
    """One trained state and its folder: the run itself, or one of its replicas."""

    folder: Path
    seed: int
    experiment: Experiment  # for its values
    draw: Callable  # of `phases.prepare`


Make = Callable[[Mapping[str, Any]], Experiment]
"""The experiment for the values of a replica, which may be traced."""


def lanes(run: Path, seed: int, replicas: Sequence[Replica], make: Make) -> list[Lane]:
    """What is trained: each replica in its folder, or the run by itself.

    Args:
      run: its folder.
      seed: of the run, if it is one training by itself.
      replicas: none if it is.
      make: of each, whose networks, sampler and evaluations follow from its values.

    Raises:
      UsageError: one is there twice.
    """
    names = [each.name for each in replicas]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"Give each replica once; there is more than one {', '.join(twice)}.")
    ready = prepared(make)
    if not replicas:
        return [Lane(run, seed, *ready({}))]
    return [Lane(run / each.name, each.seed, *ready(each.values)) for each in replicas]


def prepared(make: Make) -> Callable[[Mapping[str, Any]], tuple[Experiment, Callable]]:
    """The experiment for some values, and its samples: made once, however many seeds have them."""
    found = {}

    def ready(values):
        key = tuple(values.items())
        if key not in found:
            experiment = make(values)
            found[key] = experiment, phases.prepare(experiment.phases)
        return found[key]

    return ready


def weighed(experiment: Experiment, data: Dataset) -> Dataset:
    """The data with how often each training example is drawn, if the experiment says it."""
    if not experiment.weigh:
        return data
    weights = experiment.weigh(data.spec.decode(data.train["real"][:]))
    return dataclasses.replace(data, weights=weights)


@dataclasses.dataclass(frozen=True)
class Job:
    """A run, and all that it takes to train it."""

    run: Path
    config: Any
    options: Options
    data: Dataset
    make: Make
    replicas: Sequence[Replica]  # none where the run is one training by itself
    lanes: Sequence[Lane]
    say: Callable[[str], None]
    inherited: Sequence[State] = ()  # whose weights the run begins with, if not with its own
    rewinds: tuple[float, ...] = ()  # by what the learning rates were multiplied, one by one

    @property
    def experiment(self) -> Experiment:
        """Of the first lane: all others have its networks, figures to watch and number of moves."""
        return self.lanes[0].experiment

    @property
    def phases(self) -> Sequence[Phase]:
        """The games of the run in turn, at the learning rates of now."""
        games = self.experiment.phases
        return phases.slowed(games, math.prod(self.rewinds)) if self.rewinds else games

    def game(self, values: Mapping[str, Any]) -> Game:
        """What replicas of these values play."""
        return self.make(values).game

    def like(self, step: int) -> State:
        """What the state of this step looks like."""
        if self.replicas:
            return replicas.abstract(self.game, self.replicas)
        return phases.abstract(self.experiment.phases, step)

    def chunks(self, state: State | None, every: int = 0) -> Iterator[tuple[State, Mapping]]:
        """Trains on from a state, which is consumed, so many steps at a time."""
        options = self.options
        common = {
            "steps": self.config.steps,
            "state": state,
            "chunk": every or options.log_every,
        }
        if self.replicas:
            return replicas.train(self.game, self.data, **common, **self._together)
        spread = {"pmap": parallel.pmap, "shard_map": parallel.shard_map}[options.parallel]
        common |= {"seed": options.seed, "spread": spread, "device_data": options.device_data}
        common |= {"rule": self.experiment.rule or update, "batch_size": self.config.batch_size}
        return phases.train(self.phases, self.data, **common)

    def compile(self) -> None:
        """Compiles the program of all replicas, which training then finds in the cache.

        Raises:
          UsageError: it would need more memory than there is.
        """
        replicas.compiled(self.game, self.data, **self._together)

    @property
    def _together(self) -> dict[str, Any]:
        """Of the program of all replicas: what is in it, and how it is laid out."""
        lay = {"vmap": replicas.at_once, "map": replicas.one_by_one}[self.options.replicas]
        return {
            "batch_size": self.config.batch_size,
            "replicas": self.replicas,
            "lay": lay,
            "rules": lambda values: self.make(values).rule or update,
        }

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
