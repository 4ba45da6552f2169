"""The training of one run: chunks, and between them metrics, checkpoints and pictures."""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import partial

import jax
import numpy as np

from gan_jax import (
    checkpoint,
    divergence,
    history,
    inheritance,
    ledger,
    order,
    parallel,
    phases,
    processes,
    recovery,
    report,
    runs,
    trackers,
    watching,
)
from gan_jax.errors import DivergedError
from gan_jax.game import State
from gan_jax.job import Job
from gan_jax.keys import stream
from gan_jax.profiling import profiled
from gan_jax.progress import progress

LATE, STALE = 255, 254
"""What stops a run that is out of time, or no longer better; else the number of a signal does."""


def play(job: Job, stopped: Sequence[int]) -> tuple[State, int]:
    """Trains to the end, or until it is told to stop; either way the last state is saved.

    Args:
      job: in a folder that this process holds.
      stopped: receives the number of a signal.

    Returns:
      The state, and what stopped it: 0, the number of a signal, `LATE` or `STALE`.

    Raises:
      DivergedError: a number is not finite, and the options say to stop.
    """
    start, minutes = time.monotonic(), job.options.minutes
    told = lambda: max(processes.gathered(_told(stopped, start, minutes)))
    while True:
        job, *begun = _begin(job)
        try:
            return _play(job, stopped, start, *begun)
        except DivergedError as error:
            if job.replicas:
                raise
            traceback.clear_frames(error.__traceback__)  # they hold the state on the device,
            del begun  # as does this
            job = divergence.after(job, error, told)


def _play(
    job: Job,
    stopped: Sequence[int],
    start: float,
    state: State | None,
    step: int,
    seconds: float,
) -> tuple[State, int]:
    options, steps = job.options, job.config.steps
    chunks, began, stop = job.chunks(state), time.monotonic(), 0
    best, folder = watching.begun(job), job.run / runs.CHECKPOINTS
    if 0 < options.patience <= best.since and state is not None:
        return state, STALE
    with (
        checkpoint.open_folder(folder, options.keep, lambda: best.step) as manager,
        progress(step, steps, job.experiment.watch, shown=processes.first()) as show,
        profiled(job.run / "profile", options.profile, job.say) as profile,
        trackers.opened(*_tracked(job), step) as track,
        processes.bound(),
    ):
        for state, metrics in chunks:
            before, step = step, _look(job, step)
            passed = time.monotonic() - began
            if processes.first():
                evaluated = watching.due(job, before, step)
                row = _log(job, track, state, step, seconds + passed, metrics, evaluated)
                show(step, row)
                best.see({"step": step, **row})
            profile(step)
            stale = 0 < options.patience <= best.since
            stop = max(processes.gathered(_told(stopped, start, options.minutes) or STALE * stale))
            last = bool(stop) or step == steps
            if (last or _crossed(before, step, options.ledger_every)) and processes.first():
                _enter(job, state, step)  # before it is saved, so that no row is missing
            if last or best.step == step or _crossed(before, step, options.checkpoint_every):
                _save(job, manager, step, state)
            pictured = last or before == 0 or _crossed(before, step, options.sample_every)
            if pictured and processes.first():
                _picture(job, state, step)
            if last:
                _curves(job)
                best.tell(job.say)
                break
    return state, stop


def _told(stopped: Sequence[int], start: float, minutes: float) -> int:
    late = 0 < minutes * 60 < time.monotonic() - start
    return stopped[0] if stopped else LATE * late


def _begin(job: Job) -> tuple[Job, State | None, int, float]:
    """Where to go on from: the state if there is one, its step and the seconds that it took."""
    step, state, seconds = 0, None, 0.0
    if checkpoint.latest(job.run / runs.CHECKPOINTS):
        step, state, about = _chosen(job) if job.options.resume_from else _newest(job)
        job = dataclasses.replace(
            job, rewinds=max(job.rewinds, (*about.get("rewinds", ()),), key=len)
        )
    elif job.inherited:
        state = inheritance.begin(job)
    if processes.first():
        job.say(f"Training in {job.run} from step {step} to {job.config.steps}.")
        kept = partial(history.keep, step=step, rewinds=len(job.rewinds))
        seconds = max(map(kept, job.folders))
    return job, state, step, seconds


def _newest(job: Job) -> tuple[int, State, dict]:
    folder = job.run / runs.CHECKPOINTS
    found = recovery.newest_sound(folder, job.like)
    with processes.together():
        for later, error in found.damaged.items() if processes.first() else ():
            place = recovery.put_aside(folder, later)
            job.say(f"{error} It was moved to {place}; going on from step {found.step}.")
    return found[:3]


def _chosen(job: Job) -> tuple[int, State, dict]:
    step = job.options.resume_from
    with processes.together():
        found = checkpoint.restore(job.run / runs.CHECKPOINTS, step, job.like(step))
    with processes.together():
        place = recovery.go_back(job.run, step, job.folders) if processes.first() else None
    if place:
        job.say(f"Going back to step {step}: later checkpoints and all rows are in {place}.")
    return step, *found


def _look(job: Job, step: int) -> int:
    """The step of the next look at the metrics: at a multiple, or at the end of a phase."""
    every = job.options.log_every
    ends = [phase.until for phase in job.experiment.phases if phase.until > step]
    return min(job.config.steps, step - step % every + every, *ends)


def _tracked(job: Job) -> tuple:
    """Where rows go to, the run, and what its settings are."""
    names = job.options.log_to if processes.first() else ()
    return names, job.run, dataclasses.asdict(job.config)


def _log(
    job: Job,
    track: trackers.Track,
    state: State,
    step: int,
    seconds: float,
    metrics: Mapping,
    evaluated: bool,
) -> Mapping:
    """Writes a row for each lane, and for the run the means over those that have not diverged."""
    rows = []
    for index, lane in job.living(state, step):
        row = {name: float(np.atleast_1d(value)[index]) for name, value in metrics.items()}
        if job.experiment.on_chunk:
            more = job.experiment.on_chunk(job.part(state, index), row) or {}
            row |= {name: float(value) for name, value in more.items()}
        if evaluated:
            row |= watching.figures(job, job.part(state, index), lane)
        history.add(lane.folder, {"step": step, "seconds": seconds, **row})
        track(lane.folder, step, row)
        rows.append(row)
    if not rows:
        divergence.keep_lanes(job, state, step)
        raise DivergedError(f"All {len(job.lanes)} replicas have diverged before step {step}.")
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    if job.replicas:
        about = {"step": step, "seconds": seconds, "replicas": len(rows)}
        history.add(job.run, about | means)
        track(job.run, step, means)
    return means


def _enter(job: Job, state: State, step: int) -> None:
    """Writes a row of the ledger for each lane."""
    moves = phases.of_step(job.experiment.phases, step).game.moves
    places = len(job.data.train["real"]) if job.data.weights is None else order.TICKETS
    state = parallel.here(state)
    if not job.replicas:
        state = jax.tree.map(lambda leaf: leaf[None], state)
    seeds = np.array([lane.seed for lane in job.lanes], np.uint32)
    rows = ledger.entries(state, seeds, moves, job.config.batch_size, places)
    for index, lane in job.living(state, step):
        history.add(lane.folder, {"step": step, **rows[index]}, history.LEDGER)


def _save(job: Job, manager: checkpoint.Manager, step: int, state: State) -> None:
    divergence.keep_lanes(job, state, step)
    about = {"fingerprint": job.data.fingerprint, "rewinds": job.rewinds}
    checkpoint.save(manager, step, state, about)


def _picture(job: Job, state: State, step: int) -> None:
    count = report.enough(job.data.spec)
    for index, lane in job.living(state, step):
        key = stream(jax.random.key(lane.seed), "sample")
        samples = job.draw(job.part(state, index), key, count)["samples"]
        report.picture(samples, job.data.spec, lane.folder / "samples" / f"{step:07}.png")


def _curves(job: Job) -> None:
    if processes.first():
        for folder in job.folders:
            report.curves(history.rows(folder), folder / "losses.png")


def _crossed(before: int, after: int, every: int) -> bool:
    return before // every < after // every
