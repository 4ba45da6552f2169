"""A game: networks, and players who each minimise a loss in some of them. Read this file first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, NamedTuple

import jax
import optax

from gan_jax import axis, declaration, optimizers
from gan_jax.keys import per_example, stream


class Network(NamedTuple):
    """Pure functions, and what a game must know of them."""

    init: Callable  # key -> (params, stats)
    apply: Callable  # (params, stats, *inputs) -> output
    mixes: bool = False  # an example's output depends on the others (batch norm)
    refresh: Callable = lambda params, stats, batch, metrics: stats  # what no gradient trains
    settle: Callable | None = None  # (params, stats, *inputs) -> stats: fixed, for sampling


@dataclass(frozen=True, eq=False)
class Player:
    """Who minimises what: `loss(nets, keys, batch) -> (scalar, metrics)`, in what it trains."""

    trains: tuple[str, ...]
    loss: Callable
    optimizer: optax.GradientTransformation
    moves: int = 1  # gradient updates in a step, each on a minibatch and keys of its own
    draw: Callable | None = None  # (nets, keys, batch) -> batch: what its own moves do not change
    separate: tuple[str, ...] = ()  # networks that its loss needs example by example (penalties)
    project: Callable = lambda own: own  # its networks' weights, after an update, to allowed ones


@dataclass(frozen=True, eq=False)
class Game:
    """Networks and players; the order of `players` is the order of play."""

    networks: Mapping[str, Network]
    players: Mapping[str, Player]
    frozen: tuple[str, ...] = ()  # networks that nobody trains, on purpose
    average: Mapping[str, Callable] = field(default_factory=dict)  # network -> (step -> EMA decay)
    __post_init__ = declaration.check
    moves = property(lambda self: sum(p.moves for p in self.players.values()))  # of one step


class State(NamedTuple):
    """All that the next step needs. There is no key in it: step t plays with `fold_in(key, t)`."""

    step: jax.Array
    params: dict[str, Any]
    stats: dict[str, Any]
    opt: dict[str, Any]
    average: dict[str, Any]


def init(game: Game, key: jax.Array) -> State:
    """The state before the first step; a network's weights depend on the key and its name alone."""
    made = {n: network.init(stream(key, n)) for n, network in game.networks.items()}
    params, stats = ({n: pair[i] for n, pair in made.items()} for i in (0, 1))
    opt = {n: p.optimizer.init({k: params[k] for k in p.trains}) for n, p in game.players.items()}
    average = {n: jax.tree.map(jax.numpy.copy, params[n]) for n in game.average}
    return State(jax.numpy.zeros((), jax.numpy.int32), params, stats, opt, average)


def bind(game: Game, state: State) -> SimpleNamespace:
    """The networks of their inputs: `nets.critic(x)`, `nets.average.generator(z)`; `nets.step`."""
    bound = lambda own: {n: partial(game.networks[n].apply, own[n], state.stats[n]) for n in own}
    average = SimpleNamespace(**bound(state.average))
    return SimpleNamespace(**bound(state.params), step=state.step, average=average)


def move(game: Game, name: str, state: State, keys: jax.Array, batch) -> tuple[State, dict]:
    """One gradient update by the player `name`, which changes its own networks and nothing else."""
    player = game.players[name]
    own = {network: state.params[network] for network in player.trains}

    def objective(own):
        nets = bind(game, state._replace(params=state.params | own))
        loss, metrics = player.loss(nets, keys, batch)
        return axis.mean(loss), {"loss": loss, **metrics}

    # The mean is taken inside and after: either alone is wrong under `pmap` or under `shard_map`.
    gradients, metrics = axis.mean(jax.grad(objective, has_aux=True)(own))
    updates, opt = player.optimizer.update(gradients, state.opt[name], own)
    own = player.project(optax.apply_updates(own, updates))
    stats = {n: game.networks[n].refresh(own[n], state.stats[n], batch, metrics) for n in own}
    params, stats = state.params | own, state.stats | stats
    return state._replace(params=params, stats=stats, opt=state.opt | {name: opt}), metrics


def turn(game: Game, name: str, state: State, key: jax.Array, batches) -> tuple[State, dict]:
    """All moves of one player, each on its own minibatch `[B, ...]` of `batches` and own keys."""
    player = game.players[name]
    drawing, playing = per_example(key, 2, *jax.tree.leaves(batches)[0].shape[:2])
    if player.draw:
        batches = jax.vmap(partial(player.draw, bind(game, state)))(drawing, batches)
    each = lambda state, given: move(game, name, state, *given)
    state, metrics = jax.lax.scan(each, state, (playing, batches))
    return state, {f"{name}/{what}": values.mean(0) for what, values in metrics.items()}


def update(game: Game, state: State, key: jax.Array, batches) -> tuple[State, dict]:
    """One step: every player takes its turn; `batches` is `[game.moves, B, ...]`, in that order."""
    declaration.check_batches(game, batches)
    key, metrics, first = jax.random.fold_in(key, state.step), {}, 0
    for index, (name, player) in enumerate(game.players.items()):
        own = jax.tree.map(itemgetter(slice(first, first + player.moves)), batches)
        state, seen = turn(game, name, state, jax.random.fold_in(key, index), own)
        metrics, first = metrics | seen, first + player.moves
    blend = lambda n, decay: optimizers.blend(state.average[n], state.params[n], decay(state.step))
    average = {n: blend(n, decay) for n, decay in game.average.items()}
    return state._replace(step=state.step + 1, average=average), metrics
