"""What is refused before a run writes anything: games, data and flags that do not go together."""

import dataclasses
from types import ModuleType
from typing import Any

import jax

from gan_jax import checkpoint, experiment, feed, phases, processes
from gan_jax.data import Dataset
from gan_jax.errors import UsageError
from gan_jax.experiment import Experiment
from gan_jax.game import bind, update
from gan_jax.options import Options
from gan_jax.train import abstract, check_batch, traceable
from gan_jax.train import check_fits as check_game


def check_data(config: Any, data: Dataset, options: Options, *, many: bool) -> None:
    """Refuses a minibatch that the data or the devices do not have, and data not for many seeds."""
    if many:
        _check_replicas(data, options)
    check_batch(config.batch_size, len(data.train["real"]), split=not many)


def _check_replicas(data: Dataset, options: Options) -> None:
    if processes.count() > 1:
        raise UsageError(
            "Several seeds need nothing of one another: give some of them to each process by "
            "--seeds and a --run of its own, without --coordinator."
        )
    if feed.streams(data.train, options.device_data):
        raise UsageError(
            f"The training data are more than --device-data {options.device_data:g} GB, and many "
            "seeds at once need them on the device: raise it, or train one --seed at a time."
        )


def check_fits(built: Experiment, data: Dataset, batch_size: int, *, many: bool) -> None:
    """Refuses an experiment whose games cannot be played, kept or sampled, by tracing them."""
    if many and built.before:
        raise UsageError("Games in turn are trained one --seed at a time, without --seeds.")
    try:
        phases.check(built.phases)
        keys = jax.random.split(jax.random.key(0), 2)
        for game, sampler, _ in built.phases:
            check_game(game, data, batch_size, built.rule or update, split=not many)
            checkpoint.check_kept(abstract(game))
            draw = lambda state, game=game, sampler=sampler: sampler(bind(game, state), keys)
            jax.eval_shape(draw, abstract(game))
    except ValueError as error:
        raise UsageError(f"The experiment cannot be played: {error}") from error


def check_steps(before: int, module: ModuleType, config: Any, data: Dataset) -> None:
    """Refuses to go on to another number of steps where something follows from it.

    A learning rate that falls to the last step would have fallen otherwise: the run would be
    neither that of the old number nor that of the new one. The programs of both tell.

    Args:
      before: the steps that the run was to have.
      module: of the experiment.
      config: of now.
      data: of the run.

    Raises:
      UsageError: a step of the run is not what it was.
    """
    if before == config.steps:
        return
    was = dataclasses.replace(config, steps=before)
    if _programs(module, was, data) != _programs(module, config, data):
        raise UsageError(
            f"--steps was {before} and is now {config.steps}, and what this experiment does at a "
            "step follows from it, such as a learning rate that falls to the last one: give the "
            "old number, or begin another run."
        )


def _programs(module: ModuleType, config: Any, data: Dataset) -> list[tuple[str, int]]:
    """The text of each phase's program, and where the phase ends."""
    built, found = experiment.build(module, config, data.spec), []
    for game, _, until in built.phases:
        body, *kinds = traceable(game, data, config.batch_size, built.rule or update)
        found.append((jax.jit(body).lower(*kinds).as_text(), until))
    return found
