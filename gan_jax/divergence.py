"""A run that met a number that is not finite: where, the step to replay, and whether to go on."""

from __future__ import annotations

import dataclasses
import math
import shlex
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import jax
import numpy as np

from gan_jax import (
    checkpoint,
    feed,
    history,
    inheritance,
    observation,
    parallel,
    phases,
    recovery,
    runs,
    storage,
    train,
)
from gan_jax.errors import DivergedError
from gan_jax.game import Game, State
from gan_jax.job import Job

BATCHES = "batches.npz"
ADVICE = "Lower the learning rates or raise the penalty."


def after(job: Job, error: DivergedError, told: Callable[[], int]) -> Job:
    """The same at lower learning rates, to go on from the last checkpoint, if the options say so.

    Args:
      job: of one training, in a folder that this process holds.
      error: what its training raised.
      told: what stops the run, if anything does; then where it diverged is not looked for.

    Raises:
      DivergedError: if it is to stop, saying where it diverged and how to replay that step.
    """
    job.say(f"{error} Playing again from the last checkpoint to find where.")
    step, state = _last(job)
    where, options = _explained(job, state, error, told), job.options
    if options.on_divergence == "stop" or len(job.rewinds) >= options.rewinds:
        times = f"{len(job.rewinds)} time{'s' * (len(job.rewinds) > 1)}"
        many = f" It was rewound {times}." * bool(job.rewinds)
        raise DivergedError(f"{where}{many} {ADVICE} What was saved before is kept.") from error
    rewinds = (*job.rewinds, options.rewind_factor)
    rate = math.prod(rewinds)
    job.say(f"{where} Going on from step {step} with all learning rates times {rate:g}.")
    seconds = history.keep(job.run, step, len(rewinds))
    note = {"step": step, "seconds": seconds, "rewinds": len(rewinds), "rate": rate}
    history.add(job.run, note)
    options = dataclasses.replace(options, resume_from=None)
    return dataclasses.replace(job, rewinds=rewinds, options=options)


def keep(run: Path, folder: Path, about: Mapping[str, Any], state: State, batches: Mapping) -> Path:
    """Writes what one step needs to be played again, and returns where: FOLDER/replay-STEP.

    Each has the files of a run, the state before the step as its one checkpoint, and the batches.
    The same step at other learning rates is another, in FOLDER/replay-STEP.1, ...
    """
    step = int(state.step)
    names = (_place(folder, step, f".{n}" * bool(n)) for n in count())
    same = lambda place: runs.read_json(place / runs.ABOUT) == about
    place = next(place for place in names if not place.exists() or same(place))
    if place.exists():
        return place
    beside = storage.unfinished(place)
    beside.mkdir()
    np.savez(beside / BATCHES, **batches)
    with checkpoint.open_folder(beside / runs.CHECKPOINTS) as manager:
        checkpoint.save(manager, step, state, {})
    (beside / runs.EXPERIMENT).write_bytes((run / runs.EXPERIMENT).read_bytes())
    runs.write_json(beside / runs.ABOUT, about)
    return beside.rename(place)


def _place(folder: Path, step: int, which: str = "") -> Path:
    """The bundle of the step that comes after this one."""
    return folder / f"replay-{int(step) + 1}{which}"


def keep_lanes(job: Job, states: State, step: int) -> None:
    """A bundle for each replica that diverged before this step and has none of it."""
    if not job.replicas:
        return
    living = {index for index, _ in job.living(states, step)}
    for index, lane in enumerate(job.lanes):
        if index not in living and not _place(lane.folder, states.step[index]).exists():
            place = _keep_lane(job, states, index)
            job.say(f"{lane.folder.name} has diverged. To see where: gan-jax replay {place}")


def _keep_lane(job: Job, states: State, index: int) -> Path:
    """A replica that diverges stays as it was before that step."""
    lane, values = job.lanes[index], dict(job.replicas[index].values)
    state = jax.device_get(job.part(states, index))
    about = {name: value for name, value in runs.about(job.run).items() if name != "replicas"}
    about |= {"seed": lane.seed, "config": about["config"] | values}
    batches = _batches(job, lane.experiment.game, lane.seed, int(state.step))
    return keep(job.run, lane.folder, about, state, batches)


def _explained(job: Job, state: State, error: DivergedError, told: Callable[[], int]) -> str:
    """Where the run diverged, and the bundle of that step."""
    before = _last_before(job, state, job.options.log_every, error.step, told)
    before = before and _last_before(job, before, 1, error.step, told)
    if before is None and told():
        return f"{error} It was told to stop before it was found where."
    if before is None:
        return f"{error} It did not when it was played again: this device does not repeat itself."
    step, seed = int(before.step), job.options.seed
    game, ready = phases.ready(job.phases, before, seed)
    batches = _batches(job, game, seed, step)
    given = {"decode": job.data.spec.decode}
    if job.experiment.rule:
        given["rule"] = job.experiment.rule
    found = observation.watch(game, ready, seed, batches, **given)
    what = str(found[0]) if found else "its figures or averages"
    about = runs.about(job.run) | {"rate": math.prod(job.rewinds)}
    try:
        place = keep(job.run, job.run, about, before, batches)
    except OSError as full:
        return f"Not finite at step {step + 1}: {what}. It cannot be replayed: {full}"
    named = shlex.quote(str(place))
    return f"Not finite at step {step + 1}: {what}. To see it: gan-jax replay {named}."


def _last_before(
    job: Job, state: State, every: int, until: int, told: Callable[[], int]
) -> State | None:
    """The last state before it diverges, of those every so many steps; None if it does not."""
    try:
        last = state
        for played, _ in job.chunks(jax.tree.map(np.copy, state), every):
            last = jax.tree.map(np.copy, parallel.here(played))
            if told() or last.step >= until:
                return None
    except DivergedError:
        return last


def _last(job: Job) -> tuple[int, State]:
    """The last sound state: of the newest checkpoint, or the first of all."""
    folder = job.run / runs.CHECKPOINTS
    if checkpoint.latest(folder) is None:
        begun = inheritance.begin(job) if job.inherited else None
        return 0, begun or train.initial(job.phases[0].game, job.options.seed)
    found = recovery.newest_sound(folder, job.like)
    return found.step, found.state


def _batches(job: Job, game: Game, seed: int, step: int) -> dict[str, np.ndarray]:
    given = jax.random.key(seed), game.moves, job.config.batch_size, step
    return feed.read(feed.training(job.data), *given)
