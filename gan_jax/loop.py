"""The training of one run: chunks, and between them metrics, checkpoints and pictures."""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Sequence
from functools import partial

from gan_jax import (
    checkpoint,
    divergence,
    history,
    inheritance,
    processes,
    recording,
    recovery,
    replaced,
    runs,
    trackers,
    watching,
)
from gan_jax.errors import DivergedError, UsageError
from gan_jax.game import State
from gan_jax.job import Job
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
            if job.replicas or processes.count() > 1:
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
        profiled(job.run / "profile", options.profile * processes.first(), job.say) as profile,
        trackers.opened(*recording.tracked(job), step) as track,
        processes.bound(DivergedError, UsageError),  # more memory than one of them has
    ):
        for state, metrics in chunks:
            before, step = step, _look(job, step)
            passed = time.monotonic() - began
            if processes.first():
                replaced.drop(job.run)
                evaluated = watching.due(options.evaluate_every, before, step)
                row = recording.log(job, track, state, step, seconds + passed, metrics, evaluated)
                show(step, row)
                best.see({"step": step, **row})
            stale = 0 < options.patience <= best.since
            stop = max(processes.gathered(_told(stopped, start, options.minutes) or STALE * stale))
            last = bool(stop) or step == steps
            profile(step, last)
            recording.keep(job, manager, state, (before, step), best=best.step == step, last=last)
            if last:
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
        if step < job.config.steps:
            job.say("Compiling first: seconds for small networks, minutes for large ones.")
        if other := runs.go_on(job.run, step):
            job.say(f"Maybe not bit for bit what it would have been: {'; '.join(other)}.")
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
