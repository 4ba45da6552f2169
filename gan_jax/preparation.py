"""What a run needs, read and checked before anything is written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gan_jax import checkpoint, inheritance, preflight, processes, runs, vacancy, watching
from gan_jax import data as data_room
from gan_jax import experiment as experiments
from gan_jax import job as job_room
from gan_jax.data import Dataset
from gan_jax.errors import UsageError
from gan_jax.job import Job
from gan_jax.options import Options, check_same
from gan_jax.replicas import Replica, of_run


def prepared(
    run: Path,
    path: Path,
    config: Any,
    options: Options,
    replicas: Sequence[Replica],
    say: Callable,
    reopen: Callable[[str, str | None], Dataset] | None = None,
) -> tuple[Job, dict | None]:
    """Reads and checks, and writes nothing: a mistake that it finds leaves no folder behind.

    Args:
      run: its folder.
      path: file of the experiment; a run that goes on has its own.
      config: a `Config` of its module.
      options: of the loop.
      replicas: what to train at once.
      say: where the lines for a person go.
      reopen: gives the data of a name, with the fingerprint of a run that goes on: `data.open`.

    Returns:
      What there is to train, and what is known of a run that goes on.
    """
    vacancy.check(run, resume=options.resume, overwrite=options.overwrite)
    _check_alone(options, many=bool(replicas))
    known = runs.about(run) if options.resume and runs.began(run) else None
    if options.resume_from is not None:
        checkpoint.check_there(run / runs.CHECKPOINTS, options.resume_from)
    if known:
        if path.read_bytes() != (run / runs.EXPERIMENT).read_bytes():
            say(f"{path.name} has changed since; the run goes on with its own copy of it.")
        path, replicas = run / runs.EXPERIMENT, _going_on(run, known, config, options, replicas)
    data = (reopen or data_room.open)(config.data, known and known["fingerprint"])
    preflight.check_data(config, data, options, many=bool(replicas))
    module = experiments.load(path)
    make = experiments.maker(module, config, data.spec)
    lanes = job_room.lanes(run, options.seed, replicas, make)
    built = lanes[0].experiment
    preflight.check_fits(built, data, config.batch_size, many=bool(replicas))
    if known:
        preflight.check_steps(known["config"]["steps"], module, config, data)
    data = job_room.weighed(built, data)
    inherited = inheritance.read(run, known, options.init_from)
    job = Job(run, config, options, data, make, replicas, lanes, say, inherited)
    inheritance.check(job)
    watching.check(job)
    return job, known


def _check_alone(options: Options, *, many: bool) -> None:
    if options.on_divergence == "rewind" and (many or processes.count() > 1):
        raise UsageError(
            "--on-divergence rewind is for one training in one process: several seeds at once go "
            "on without the one that diverges."
        )


def _going_on(
    run: Path, known: dict, config: Any, options: Options, replicas: Sequence[Replica]
) -> Sequence[Replica]:
    """The replicas of a run that goes on, with the settings that it had."""
    check_same(known, config, options, replicas)
    reached = options.resume_from or checkpoint.latest(run / runs.CHECKPOINTS) or 0
    if config.steps < reached:
        raise UsageError(f"--steps is {config.steps}, and {run} is at step {reached} already.")
    return of_run(known)
