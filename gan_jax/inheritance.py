"""A run that begins with the weights of another: `gan-jax train --init-from`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import checkpoint, leaves, loading, replicas, runs, train
from gan_jax.errors import RunError, UsageError
from gan_jax.game import Game, State, init
from gan_jax.job import Job


def read(run: Path, known: Mapping[str, Any] | None, name: str) -> Sequence[State]:
    """The states whose weights a run begins with: none if with its own, or if it has begun.

    Args:
      run: that is to be trained.
      known: its `config.json`, if it goes on.
      name: of the other run, or of one of its replicas; empty if not given.

    Raises:
      UsageError: a run that goes on began with other weights.
      RunError: those that it began with, before its first checkpoint, are no longer there.
    """
    began = known.get("init_from") if known else None
    place = str(Path(name).expanduser().absolute()) if name else ""
    if known and place and place != (began or {}).get("run"):
        raise UsageError(
            f"--init-from is {place}, and the run began with "
            f"{'the weights of ' + began['run'] if began else 'weights of its own'}."
        )
    place = began["run"] if began else place
    if not place or (known and checkpoint.latest(run / runs.CHECKPOINTS) is not None):
        return ()
    states = _states(Path(place))
    if began and began != {"run": place, "weights": _described(states)}:
        raise RunError(f"{place} has changed since {run} began with it: begin by --overwrite.")
    return states


def check(job: Job) -> None:
    """Refuses weights that the job cannot begin with, before anything is written.

    Raises:
      UsageError: they are of other networks, or of another number of replicas.
    """
    if not job.inherited:
        return
    if len(job.inherited) not in (1, len(job.lanes)):
        raise UsageError(
            f"--init-from has {len(job.inherited)} replicas and the run {len(job.lanes)}: name one "
            "of them by its folder, or train as many."
        )
    if unlike := leaves.difference(_weights(job.inherited[0]), _weights(_abstract(job))):
        raise UsageError(f"--init-from {job.options.init_from} is of another model: {unlike}.")


def begin(job: Job) -> State:
    """The state before the first step, with weights, statistics and averages of the other run."""
    if not job.replicas:
        return _given(job.experiment.phases[0].game, job.inherited[0])
    many = len(job.inherited) > 1
    states = job.inherited if many else [job.inherited[0]] * len(job.replicas)
    games = [job.game(replicas.numbers(replica.values)) for replica in job.replicas]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *map(_given, games, states))


def about(job: Job) -> dict[str, Any]:
    """What the run's `config.json` says of it."""
    place = str(Path(job.options.init_from).expanduser().absolute())
    return {"run": place, "weights": _described(job.inherited)}


def digest(state: State) -> str:
    """The SHA-256 of all bits of the weights, their statistics and averages, 64 hexadecimal."""
    found = hashlib.sha256()
    for name, leaf in leaves.named(_weights(state)).items():
        found.update(name.encode() + np.asarray(leaf).tobytes())
    return found.hexdigest()


def _states(place: Path) -> list[State]:
    """Of a run, or of the one replica whose folder it is."""
    inside = not runs.began(place) and runs.began(place.parent)
    found = loading.load_all(*((place.parent, None, place.name) if inside else (place,)))
    if lost := [trained.folder.name for trained in found if trained.diverged]:
        raise UsageError(
            f"--init-from {place}: {', '.join(lost)} diverged. Name another replica, {place}/NAME."
        )
    return [trained.state for trained in found]


def _given(game: Game, state: State) -> State:
    """The first state of the game, whose networks begin as they are in this state."""
    begins = lambda name: lambda key: (state.params[name], state.stats[name])
    networks = {n: each._replace(init=begins(n)) for n, each in game.networks.items()}
    begun = init(replace(game, networks=networks), jax.random.key(0))
    return begun._replace(average=state.average)


def _weights(state: State) -> dict[str, Any]:
    return {part: getattr(state, part) for part in ("params", "stats", "average")}


def _abstract(job: Job) -> State:
    return train.abstract(job.lanes[0].experiment.phases[0].game)


def _described(states: Sequence[State]) -> list[dict[str, Any]]:
    """The step and the weights of each, these by a sum of all of their bits."""
    return [{"step": int(state.step), "sha256": digest(state)} for state in states]
