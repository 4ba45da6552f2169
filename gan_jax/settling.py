"""The folder of a run that begins or goes on: settled before the first step, or given back."""

from __future__ import annotations

import dataclasses
import zlib
from pathlib import Path
from typing import Any

from gan_jax import checkpoint, history, inheritance, replaced, runs
from gan_jax.errors import DivergedError, RunError
from gan_jax.job import Job

OWN = ("process", "coordinator")
"""Flags that are a process's own: each may reach the first one by another name."""


def settle(job: Job, known: dict | None, path: Path) -> None:
    """Begins the run in its locked folder, or notes that it goes on."""
    if runs.began(job.run) != bool(known) and not job.options.overwrite:
        raise RunError(f"{job.run} was changed by another process just now: try again.")
    if known:
        config = dataclasses.asdict(job.config)
        runs.write_json(job.run / runs.ABOUT, known | {"config": config})
        return
    source = path.read_bytes()  # first, since it may lie in this very folder
    replaced.put_aside(job.run)
    if old := replaced.lies(job.run):
        job.say(f"The run that was there lies in {old} until this one has saved something.")
    try:
        runs.create(job.run, about(job, path), source)
    except OSError as error:
        undo(job, error)
        raise


def undo(job: Job, error: Exception) -> None:
    """Takes back the beginning of a run that failed before anything of it was saved."""
    if checkpoint.latest(job.run / runs.CHECKPOINTS) is not None:
        return
    if isinstance(error, DivergedError):  # whose step can be replayed
        return
    if replaced.lies(job.run):
        replaced.put_back(job.run)
    elif not history.rows(job.run):
        runs.forget(job.run)


def about(job: Job, path: Path) -> dict[str, Any]:
    """What `config.json` says of a run that begins by this file, but for the hash of the file."""
    about = {
        "experiment": path.stem,
        "config": dataclasses.asdict(job.config),
        "seed": job.lanes[0].seed,
        "fingerprint": job.data.fingerprint,
        "spec": job.data.spec.to_json(),
    }
    if job.replicas:
        about["replicas"] = [replica.to_json() for replica in job.replicas]
    if job.inherited:
        about["init_from"] = inheritance.about(job)
    return about


def told(job: Job, known: dict | None, path: Path) -> dict[str, Any]:
    """What all processes of a run are told alike, by name: all but which of them each is."""
    options, begun = dataclasses.asdict(job.options), about(job, path)
    flags = options | begun.pop("config") | {"run": job.run.resolve()}
    alike = {f"--{name.replace('_', '-')}": flags[name] for name in flags if name not in OWN}
    sums = {"the experiment": path.read_bytes(), "what was known": f"{known}".encode()}
    return alike | begun | {name: f"{zlib.crc32(text):08x}" for name, text in sums.items()}
