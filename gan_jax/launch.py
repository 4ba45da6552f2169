"""One run from beginning to end: folder, data, training, checkpoints, pictures, evaluation."""

import dataclasses
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax

from gan_jax import checkpoint, report, runs, sampling, signals
from gan_jax import data as data_room
from gan_jax import experiment as experiments
from gan_jax.cache import keep_programs
from gan_jax.data import Dataset
from gan_jax.errors import DivergedError, RunError, UsageError
from gan_jax.evaluation import evaluate, record
from gan_jax.experiment import Experiment
from gan_jax.game import State, bind
from gan_jax.keys import stream
from gan_jax.options import Options, check, check_same
from gan_jax.progress import progress
from gan_jax.train import abstract, check_batch, check_fits, initial, sound, train


@dataclasses.dataclass(frozen=True)
class Job:
    """A run, and all that it takes to train it."""

    run: Path
    experiment: Experiment
    config: Any
    options: Options
    data: Dataset
    draw: Callable
    say: Callable[[str], None]


def launch(path: Path, config: Any, options: Options, say: Callable[[str], None] = print) -> int:
    """Trains as `gan-jax train` does.

    Args:
      path: file of the experiment.
      config: a `Config` of its module.
      options: of the loop.
      say: where the lines for a person go.

    Returns:
      0, or 128 + n if the signal n stopped it; either way the run is saved and can go on.
    """
    check(config, options)
    run = Path(options.run or f"runs/{path.stem}").expanduser().absolute()
    runs.check_free(run, resume=options.resume, overwrite=options.overwrite)
    if options.cache:
        keep_programs()
    with signals.caught() as stopped:
        known = runs.about(run) if options.resume and runs.began(run) else None
        job = _prepare(run, known, path, config, options, say)
        with runs.locked(run):
            _settle(job, known, path)
            return _play(job, stopped)


def _play(job: Job, stopped: Sequence[int]) -> int:
    state = _train(job, stopped)
    if stopped or int(state.step) < job.config.steps:
        job.say(f"Stopped at step {int(state.step)}, saved; the same with --resume goes on.")
        return 128 + stopped[0] if stopped else 0
    _finish(job, state)
    return 0


def _prepare(
    run: Path, known: dict | None, path: Path, config: Any, options: Options, say: Callable
) -> Job:
    """Reads and checks, and writes nothing: a mistake that it finds leaves no folder behind."""
    if known:
        path = run / runs.EXPERIMENT
        check_same(known, config, options)
        reached = checkpoint.latest(run / runs.CHECKPOINTS) or 0
        if config.steps < reached:
            raise UsageError(f"--steps is {config.steps}, and {run} is at step {reached} already.")
    data = data_room.open(config.data, known and known["fingerprint"])
    check_batch(config.batch_size, len(data.train["real"]))
    built = experiments.build(experiments.load(path), config, data.spec)
    _check_fits(built, data, config.batch_size)
    return Job(run, built, config, options, data, sampling.prepare(built.game, built.sampler), say)


def _check_fits(built: Experiment, data: Dataset, batch_size: int) -> None:
    try:
        check_fits(built.game, data, batch_size)
        keys = jax.random.split(jax.random.key(0), 2)
        draw = lambda state: built.sampler(bind(built.game, state), keys)
        jax.eval_shape(draw, abstract(built.game))
    except ValueError as error:
        raise UsageError(f"The experiment cannot be played on its data: {error}") from error


def _settle(job: Job, known: dict | None, path: Path) -> None:
    """Begins the run in its locked folder, or notes that it goes on."""
    if runs.began(job.run) != bool(known) and not job.options.overwrite:
        raise RunError(f"{job.run} was changed by another process just now: try again.")
    config = dataclasses.asdict(job.config)
    if known:
        runs.write_json(job.run / runs.ABOUT, known | {"config": config})
        return
    about = {
        "experiment": path.stem,
        "config": config,
        "seed": job.options.seed,
        "fingerprint": job.data.fingerprint,
        "spec": job.data.spec.to_json(),
    }
    runs.create(job.run, about, path)


def _train(job: Job, stopped: Sequence[int]) -> State:
    options, steps = job.options, job.config.steps
    state, step, seconds = _begin(job)
    start = time.monotonic()
    chunks = train(
        job.experiment.game,
        job.data,
        steps=steps,
        batch_size=job.config.batch_size,
        seed=options.seed,
        state=state,
        chunk=options.log_every,
    )
    with (
        checkpoint.open_folder(job.run / runs.CHECKPOINTS, options.keep) as manager,
        progress(step, steps, job.experiment.watch) as show,
    ):
        for state, metrics in chunks:
            before, step, passed = step, int(state.step), time.monotonic() - start
            if job.experiment.on_chunk:
                more = job.experiment.on_chunk(state, metrics) or {}
                metrics |= {name: float(value) for name, value in more.items()}
            runs.add_metrics(job.run, {"step": step, "seconds": seconds + passed, **metrics})
            show(step, metrics)
            late = 0 < options.minutes * 60 < passed
            last = bool(stopped) or late or step == steps
            if last or _crossed(before, step, options.checkpoint_every):
                _save(job, manager, step, state)
            if last or before == 0 or _crossed(before, step, options.sample_every):
                _picture(job, state, step)
            if last:
                report.curves(runs.metrics(job.run), job.run / "losses.png")
                break
    return state


def _save(job: Job, manager: checkpoint.Manager, step: int, state: State) -> None:
    if not sound(state):
        raise DivergedError(
            f"The state of step {step} is not finite, and was not saved: lower the learning rates "
            "or raise the penalty."
        )
    checkpoint.save(manager, step, state, {"fingerprint": job.data.fingerprint})


def _begin(job: Job) -> tuple[State, int, float]:
    state = initial(job.experiment.game, job.options.seed)
    folder = job.run / runs.CHECKPOINTS
    step = checkpoint.latest(folder)
    if step is not None:
        state, _ = checkpoint.restore(folder, step, state)
    step = step or 0
    job.say(f"Training in {job.run} from step {step} to {job.config.steps}.")
    return state, step, runs.keep_metrics(job.run, step)


def _picture(job: Job, state: State, step: int) -> None:
    key = stream(jax.random.key(job.options.seed), "sample")
    samples = job.draw(state, key, 64 if job.data.spec.is_image else 2500)["samples"]
    report.picture(samples, job.data.spec, job.run / "samples" / f"{step:07}.png")


def _finish(job: Job, state: State) -> None:
    seed, evaluations = job.options.seed, job.experiment.evaluations
    figures = evaluate(evaluations, job.draw, state, job.data, seed=seed)
    job.say(record(job.run, figures))
    job.say(f"Next: gan-jax sample {os.path.relpath(job.run)} --n 100 --out grid.png")


def _crossed(before: int, after: int, every: int) -> bool:
    return before // every < after // every
