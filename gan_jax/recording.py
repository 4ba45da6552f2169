"""What a training writes down at a look: metrics, the ledger, checkpoints, pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import jax
import numpy as np

from gan_jax import (
    charts,
    checkpoint,
    divergence,
    history,
    ledger,
    order,
    parallel,
    phases,
    processes,
    report,
    trackers,
    watching,
)
from gan_jax.errors import DivergedError
from gan_jax.game import State
from gan_jax.job import Job
from gan_jax.keys import stream


def tracked(job: Job) -> tuple:
    """Where rows go to, the run, and what its settings are."""
    names = job.options.log_to if processes.first() else ()
    return names, job.run, dataclasses.asdict(job.config)


def log(
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
        if lane.experiment.on_chunk:
            more = lane.experiment.on_chunk(job.part(state, index), row) or {}
            row |= {name: float(value) for name, value in more.items()}
        if evaluated:
            row |= watching.figures(job, job.part(state, index), lane)
        history.add(lane.folder, {"step": step, "seconds": seconds, **row})
        track(lane.folder, step, row)
        rows.append(row)
    if not rows:
        divergence.keep_lanes(job, state, step)
        raise DivergedError(f"All {len(job.lanes)} replicas have diverged before step {step}.")
    shared = [name for name in rows[0] if all(name in row for row in rows)]
    means = {name: float(np.mean([row[name] for row in rows])) for name in shared}
    if job.replicas:
        about = {"step": step, "seconds": seconds, "replicas": len(rows)}
        history.add(job.run, about | means)
        track(job.run, step, means)
    return means


def keep(
    job: Job,
    manager: checkpoint.Manager,
    state: State,
    looks: tuple[int, int],
    *,
    best: bool,
    last: bool,
) -> None:
    """Enters, saves and draws a state if it is time to.

    Args:
      job: of the run.
      manager: of its checkpoints.
      state: at the later look.
      looks: the steps of the look before and of this one.
      best: whether it is the best so far, which is saved.
      last: whether the run ends here, and everything is due.
    """
    options, (before, step) = job.options, looks
    due = lambda every: last or watching.due(every, before, step)
    if due(options.ledger_every) and processes.first():
        _enter(job, state, step)  # before it is saved, so that no row is missing
    if best or due(options.checkpoint_every):
        _save(job, manager, step, state)
    if (before == 0 or due(options.sample_every)) and processes.first():
        _picture(job, state, step)
    if last and processes.first():
        for folder in job.folders:
            charts.curves(history.rows(folder), folder / "losses.png")


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
        samples = lane.draw(job.part(state, index), key, count)["samples"]
        report.picture(samples, job.data.spec, lane.folder / "samples" / f"{step:07}.png")
