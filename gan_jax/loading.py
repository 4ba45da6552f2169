"""A run back in Python: its game, its state, its sampler."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import numpy as np

from gan_jax import checkpoint, making, parallel, phases, replicas, runs, sampling
from gan_jax import experiment as experiments
from gan_jax.asking import category_number, class_number
from gan_jax.data import Spec
from gan_jax.errors import CheckpointError, RunError, UsageError
from gan_jax.experiment import Experiment
from gan_jax.game import Game, State
from gan_jax.generated import Sampler, asked, conditions_of
from gan_jax.job import prepared
from gan_jax.keys import stream
from gan_jax.making import Maker
from gan_jax.options import check_seed
from gan_jax.replicas import Replica


@dataclasses.dataclass(frozen=True)
class Trained:
    """What `load` returns."""

    experiment: Experiment = dataclasses.field(repr=False)
    config: Any
    spec: Spec
    seed: int
    fingerprint: str  # of the data
    state: State = dataclasses.field(repr=False)
    draw: Callable[..., Mapping[str, np.ndarray]] = dataclasses.field(repr=False)
    folder: Path  # of the run, or of this replica in it
    wanted: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of `asked`
    diverged: bool = False  # whether the state is the last sound one of a replica

    @property
    def game(self) -> Game:
        """The game that was played, or of several in turn that of this state."""
        return self._phase.game

    @property
    def sampler(self) -> Sampler:
        """Of this game, as it was trained or as it is `asked`."""
        sampler = self._phase.sampler
        return asked(sampler, **self.wanted) if self.wanted else sampler

    def sample(
        self, count: int, *, seed: int = 0, average: bool = True, batch_size: int = 256
    ) -> Mapping[str, np.ndarray]:
        """`samples` `[count, ...]`, and `labels` `[count]` where the model is conditional."""
        key = stream(jax.random.key(seed), "sample")
        return self.draw(self.state, key, count, average=average, batch_size=batch_size)

    def maker(self, *, average: bool = True) -> Maker:
        """The generator as a function of latents: see `making.Maker`.

        Raises:
          UsageError: the samples are not of a generator and a prior.
        """
        return making.maker(self.game, self._phase.sampler, self.state, average=average)

    @property
    def _phase(self) -> phases.Phase:
        return phases.of_step(self.experiment.phases, int(self.state.step))

    def asked(
        self,
        *,
        label: str | None = None,
        truncation: float | None = None,
        category: str | None = None,
    ) -> Trained:
        """The same, whose samples are of the class of this name, or typical: see `generated.asked`.

        A `category` is COLUMN=CATEGORY: what each row of a table is asked for, and may not be.

        Raises:
          UsageError: there is no such class or category, or the model cannot be asked.
        """
        given = {} if label is None else {"label": class_number(label, self.spec.classes)}
        given |= {} if truncation is None else {"truncation": truncation}
        if category is not None:
            known = conditions_of(self._phase.sampler)
            given["category"] = category_number(category, self.spec.columns, known)
        if not given:
            return self
        changed = dataclasses.replace(self, wanted={**self.wanted, **given})
        draw = sampling.prepare(changed.game, changed.sampler)
        return dataclasses.replace(changed, draw=draw)


def load(
    run: str | Path,
    step: int | None = None,
    replica: str | int | None = None,
    experiment: str | Path | None = None,
) -> Trained:
    """The game, state and sampler of a run. It executes the experiment file in the run.

    Args:
      run: folder of the run.
      step: of a checkpoint; the newest if not given.
      replica: which one, in a run of several: its seed, or its name such as "seed-3".
      experiment: a file to execute instead of that in the run.

    Raises:
      RunError: this is no run.
      CheckpointError: it has no checkpoint, or a damaged one.
      UsageError: there is no such replica, or several and none is named.
    """
    place(run, replica, experiment)
    return load_all(run, step, replica, experiment)[0]


def place(
    run: str | Path, replica: str | int | None = None, experiment: str | Path | None = None
) -> Path:
    """The folder of what `load` loads, the run or one replica in it; nothing is executed.

    Raises:
      RunError: this is no run.
      UsageError: there is no such replica, or several and none is named.
    """
    run, _, _, lanes = _opened(run, experiment)
    chosen = replicas.chosen(run, lanes, replica)
    if len(chosen) > 1:
        names = ", ".join(lane.name for lane in lanes)
        raise UsageError(
            f"{run} holds several replicas, {names}: name one by --replica (`replica` in Python)."
        )
    return run / lanes[chosen[0]].name if lanes else run


def load_all(
    run: str | Path,
    step: int | None = None,
    replica: str | int | None = None,
    experiment: str | Path | None = None,
) -> list[Trained]:
    """All replicas of a run, as `load` gives one; one alone where the run is a single training."""
    run, file, known, lanes = _opened(run, experiment)
    folder = run / runs.CHECKPOINTS
    step = checkpoint.latest(folder) if step is None else step
    if step is None:
        raise CheckpointError(f"{run} has no checkpoint yet: train it, or go on by --resume.")
    chosen = replicas.chosen(run, lanes, replica)
    module = experiments.load(file)
    config, spec = _configured(run, module, known, lanes)
    make = experiments.maker(module, config, spec)
    ready = prepared(make)

    def trained(values: Mapping[str, float], seed: int, state: State, folder: Path) -> Trained:
        changed, (built, draw) = dataclasses.replace(config, **values), ready(values)
        given = built, changed, spec, seed, known["fingerprint"], state, draw, folder
        return Trained(*given, diverged=bool(lanes) and int(state.step) < step)

    if not lanes:
        like = phases.abstract(ready({})[0].phases, step)
        state = parallel.here(checkpoint.restore(folder, step, like)[0])
        return [trained({}, known["seed"], state, run)]
    game = lambda values: make(values).game
    states = checkpoint.restore(folder, step, replicas.abstract(game, lanes))[0]
    return [
        trained(lane.values, lane.seed, replicas.part(states, index), run / lane.name)
        for index, lane in ((index, lanes[index]) for index in chosen)
    ]


def _opened(
    run: str | Path, experiment: str | Path | None
) -> tuple[Path, Path, Mapping[str, Any], list[Replica]]:
    """The run's folder, the file to execute, and of `config.json` all and its replicas."""
    run = Path(run).expanduser().absolute()
    named = experiments.find(str(experiment)) if experiment else None
    known = runs.about(run, named)
    return run, named or run / runs.EXPERIMENT, known, replicas.of_run(known)


def _configured(
    run: Path, module: ModuleType, known: Mapping, lanes: Sequence[Replica]
) -> tuple[Any, Spec]:
    """What a run was trained with, from its file, which somebody may have changed."""
    try:
        config = experiments.configured(module, known["config"])
        spec = Spec.from_json(known["spec"])
        check_seed(int(known["seed"]))
        [dataclasses.replace(config, **lane.values) for lane in lanes]
        return config, spec
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RunError(f"{run / runs.ABOUT} is damaged: {error}.") from error
