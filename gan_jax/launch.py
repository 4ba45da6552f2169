"""One run from beginning to end: folder, data, training, evaluation."""

import dataclasses
import os
import shlex
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gan_jax import (
    compiling,
    locks,
    processes,
    replaced,
    settling,
    signals,
    summary,
    writing,
)
from gan_jax.cache import keep_programs
from gan_jax.evaluation import assess, record
from gan_jax.game import State
from gan_jax.job import Job
from gan_jax.loop import LATE, STALE, play
from gan_jax.options import Options, check, seeds
from gan_jax.preparation import prepared
from gan_jax.replicas import Replica

WEEK = 7 * 24
"""Hours for which the other processes wait for the first one's evaluation."""


def launch(
    path: Path,
    config: Any,
    options: Options,
    say: Callable[[str], None] = print,
    replicas: Sequence[Replica] = (),
) -> int:
    """Trains as `gan-jax train` does.

    Args:
      path: file of the experiment.
      config: a `Config` of its module.
      options: of the loop.
      say: where the lines for a person go.
      replicas: what to train at once; by default one for each of `--seeds`, if given.

    Returns:
      0, or 128 + n if the signal n stopped it; either way the run is saved and can go on.
    """
    check(config, options)
    if options.resume_from is not None:
        options = dataclasses.replace(options, resume=True)
    run = Path(options.run or f"runs/{path.stem}").expanduser().absolute()
    set_up(options)
    processes.begin(options.coordinator, options.processes, options.process)
    replicas = replicas or [Replica(seed) for seed in seeds(options)]
    with processes.bound():
        return _trained(run, path, config, options, replicas, say)


def set_up(options: Options) -> None:
    """What JAX is told before it is first used."""
    if options.deterministic:
        compiling.repeatable()
    if options.cache:
        keep_programs()


def _trained(
    run: Path,
    path: Path,
    config: Any,
    options: Options,
    replicas: Sequence[Replica],
    say: Callable,
) -> int:
    with signals.caught() as stopped, ExitStack() as held:
        with processes.together():  # at once, so that from here on they notice if one is killed
            if processes.first():
                replaced.mend(run)
        with processes.together():
            heard = say if processes.first() else _unsaid
            job, known = prepared(run, path, config, options, replicas, heard)
        processes.check_alike(settling.told(job, known, path))
        with processes.together():
            if processes.first():
                held.enter_context(locks.locked(run))
                settling.settle(job, known, path)
        with processes.together(hours=WEEK):  # the first one still evaluates when they are done
            return _lead(job, stopped) if processes.first() else _follow(job, stopped)


def _unsaid(text: str) -> None:
    """What the first process says for all."""


def _lead(job: Job, stopped: Sequence[int]) -> int:
    try:
        state, stop = play(job, stopped)
    except Exception as error:
        settling.undo(job, error)
        raise
    replaced.drop(job.run)
    if stop == STALE:
        patience = job.options.patience
        job.say(f"No better by {job.options.best} in {patience} evaluations: stopped.")
    elif stop:
        step = int(state.step.max())
        job.say(f"Stopped at step {step}, saved; the same with --resume goes on.")
        return 0 if stop == LATE else 128 + stop
    _finish(job, state)
    return 0


def _follow(job: Job, stopped: Sequence[int]) -> int:
    """The part of the processes other than the first."""
    stop = play(job, stopped)[1]
    return 128 + stop if stop not in (0, LATE, STALE) else 0


def _finish(job: Job, state: State) -> None:
    job.say("Drawing samples and computing figures of them.")
    found = {}
    for index, lane in job.living(state, int(state.step.max())):
        given = lane.draw, job.part(state, index), job.data
        figures = assess(lane.experiment, lane.experiment.game, *given, seed=lane.seed)
        said = record(lane.folder, figures, job.data.spec)
        found[lane.folder.name] = figures
    if job.replicas:
        said = summary.record(job.run, found, [lane.folder.name for lane in job.lanes])
    job.say(said)
    out = f"samples{writing.suited(job.data.spec)}"
    job.say(f"Next: gan-jax sample {shlex.quote(os.path.relpath(job.run))} --n 100 --out {out}")
