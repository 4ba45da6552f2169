"""Evaluations while a run trains: their rows, the best step so far, and when none gets better.

They are of the data that the last evaluation is of, too: the figures of a step that was chosen as
the best of many are better than those of new samples against new data would be.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gan_jax import history, processes
from gan_jax.data import Spec
from gan_jax.data.definite import definite
from gan_jax.errors import UsageError
from gan_jax.evaluation import evaluate, too_few
from gan_jax.experiment import Experiment
from gan_jax.game import State
from gan_jax.job import Job, Lane
from gan_jax.summary import lacking

LIMIT = 1000
"""Examples in each set at most: an evaluation in training shall be soon done."""
PREFIX, FLOOR = "evaluation/", "_of_real"
"""Of the names of figures among the metrics, and behind those of real data."""


@dataclasses.dataclass
class Best:
    """The step whose figure is nearest to that of real data, of those that were evaluated."""

    name: str  # of the figure; nothing is looked for where it is empty
    step: int = -1
    distance: float = math.inf
    since: int = 0  # evaluations after it

    def see(self, row: Mapping[str, float]) -> None:
        """Looks at a row of metrics, if it has figures.

        Raises:
          UsageError: the figure is not among them.
        """
        known = [name for name in row if name.startswith(PREFIX) and not name.endswith(FLOOR)]
        if not (self.name and known):
            return
        full = PREFIX + self.name
        if full not in row:
            raise _unknown(self.name, [name.removeprefix(PREFIX) for name in known])
        distance = abs(row[full] - row[full + FLOOR])
        self.since += 1
        if distance < self.distance:
            self.step, self.distance, self.since = int(row["step"]), distance, 0

    def tell(self, say: Callable[[str], None]) -> None:
        """Says which checkpoint was kept, if any was."""
        if self.step >= 0:
            say(f"Nearest to real data by {self.name}: step {self.step}, kept; --step names it.")


def begun(job: Job) -> Best:
    """The best of what the run has evaluated before."""
    best = Best(job.options.best)
    for row in history.rows(job.run):
        best.see(row)
    return best


def due(every: int, before: int, step: int) -> bool:
    """Whether a multiple of `every` lies between two looks at the metrics; never one of 0."""
    return bool(every) and before // every < step // every


def check(job: Job) -> None:
    """Refuses what cannot be watched, before any training.

    Raises:
      UsageError: there is nothing to evaluate, no such figure, or several replicas have no best.
    """
    options, built = job.options, job.experiment
    if not options.evaluate_every:
        return
    reason = too_few(job.data)
    if not (built.evaluations or built.measures):
        reason = "the experiment has no evaluations"
    if reason:
        raise UsageError(f"--evaluate-every {options.evaluate_every}: {reason}.")
    if options.best and (job.replicas or processes.count() > 1):
        raise UsageError("--best is of one --seed in one process: leave it out.")
    names = _names(built, job) if options.best else None
    if names is not None and options.best not in names:
        raise _unknown(options.best, names)


def figures(job: Job, state: State, lane: Lane) -> dict[str, float]:
    """A row of figures of a state, and of real data; says where samples lack variety.

    Args:
      job: of the data.
      state: of the lane.
      lane: whose experiment's evaluations and measures they are, and whose seed the samples'.
    """
    built = lane.experiment
    given = _evaluations(built, job.data.spec), lane.draw, state, job.data
    limit = min(LIMIT, built.compared)
    found = evaluate(*given, seed=lane.seed, measures=built.measures, limit=limit)
    if few := lacking(found):
        job.say(
            f"Step {found['step']}, seed {lane.seed}: samples have less than half of the variety "
            f"of real data: {', '.join(few)}."
        )
    row = {PREFIX + name: float(value) for name, value in found["samples"].items()}
    return row | {f"{PREFIX}{name}{FLOOR}": float(x) for name, x in found["real"].items()}


def _evaluations(built: Experiment, spec: Spec) -> list[Callable]:
    """Those of the experiment, and `variety`, under names of its own."""
    from gan_jax.metrics import variety

    def watched(*sets: np.ndarray) -> dict[str, float]:
        found = variety(*(definite(examples, spec) for examples in sets))
        return {f"variety_{name}": value for name, value in found.items()}

    return [*built.evaluations, watched]


def _names(built: Experiment, job: Job) -> list[str] | None:
    """Of the figures that its evaluations and measures give of real data; None if it needs more."""
    from gan_jax.data.source import some
    from gan_jax.metrics import compare

    given = job.data.held_out["real"], job.data.train["real"]
    count = min(LIMIT, built.compared, *map(len, given))
    parts = (some(part, count) for part in given)
    held_out, train = (job.data.spec.decode(part) for part in parts)
    found = compare(_evaluations(built, job.data.spec), held_out, train, train)["samples"]
    drawn = {"samples": train}
    if "label" in job.data.train:
        drawn["labels"] = some(job.data.train["label"], count)
    try:
        return [*found, *(name for each in built.measures for name in each(drawn, job.data)[0])]
    except KeyError:  # something else is drawn in training
        return None


def _unknown(name: str, known: Sequence[str]) -> UsageError:
    return UsageError(f"--best {name}: the figures are {', '.join(known)}.")
