"""One step, watched: the first number of each player that is not finite, and where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gan_jax.data import EXAMPLES
from gan_jax.game import Game, Network, Player, State, update
from gan_jax.keys import stream

WHAT = "{}'s loss", "gradient of {}", "{} after the update"


class Found(NamedTuple):
    """A number that is not finite."""

    player: str
    move: int  # of this player in the step, from 1
    what: str  # "critic's loss", "gradient of critic/Dense_0/kernel", ...
    index: tuple[int, ...]  # in that array; () for a loss
    value: float

    def __str__(self) -> str:
        place = f" at {list(self.index)}" if self.index else ""
        return f"{self.what}{place} is {self.value} (move {self.move} of {self.player})"


class Place(NamedTuple):
    """The first number of an array that is not finite; of all that are finite, index -1."""

    index: jax.Array
    value: jax.Array


class Watched(NamedTuple):
    """The state of an optimizer that notes its first move with a number that is not finite."""

    inner: Any
    moves: jax.Array
    first: jax.Array  # -1 for none
    places: tuple  # in that move: of the loss, of the gradients and of the weights after it


def watch(
    game: Game,
    state: State,
    seed: int,
    batches: Mapping[str, Any],
    *,
    decode: Callable = lambda raw: raw,
    rule: Callable = update,
) -> list[Found]:
    """Plays one step, and tells what each player met first: its loss, its gradients, its weights.

    Args:
      game: what is played.
      state: before the step.
      seed: of the run.
      batches: of the step, `[game.moves, B, ...]`, as they lie in the data.
      decode: raw examples to what the networks take.
      rule: of play.

    Returns:
      For each player in the order of play at most its loss, one leaf of its gradients and one of
      its weights, all of one move; nothing if everything is finite.
    """

    @jax.jit
    def play(state, batches):
        decoded = {name: decode(batches[name]) for name in EXAMPLES if name in batches}
        key = stream(jax.random.key(seed), "play")
        return rule(*_begin(game, state), key, {**batches, **decoded})[0].opt

    seen = jax.device_get(play(state, dict(batches)))
    own = {name: {n: state.params[n] for n in p.trains} for name, p in game.players.items()}
    return [found for name in game.players for found in _told(name, seen[name], own[name])]


def _begin(game: Game, state: State) -> tuple[Game, State]:
    """The game with every player watched, and its state."""
    probe = Network(lambda key: (jnp.zeros(()), {}), lambda params, stats: params)
    probes = {_probe(name): probe for name in game.players}
    players = {name: _watched(player, _probe(name)) for name, player in game.players.items()}
    params = state.params | {name: jnp.zeros(()) for name in probes}
    start = lambda player: player.optimizer.init({n: params[n] for n in player.trains})
    opt = {name: start(p)._replace(inner=state.opt[name]) for name, p in players.items()}
    stats = state.stats | {name: {} for name in probes}
    watched = replace(game, networks={**game.networks, **probes}, players=players)
    return watched, state._replace(params=params, stats=stats, opt=opt)


def _probe(name: str) -> str:
    return f"loss_of_{name}"


def _watched(player: Player, probe: str) -> Player:
    """The player with one more weight, of 0, whose gradient is the loss: its optimizer sees all."""
    own = lambda tree: {name: tree[name] for name in player.trains}

    def loss(nets, keys, batch):
        value, metrics = player.loss(nets, keys, batch)
        return value + getattr(nets, probe)() * jax.lax.stop_gradient(value), metrics

    def init(params):
        places = jax.tree.map(_place, (params[probe], own(params), own(params)))
        return Watched(player.optimizer.init(own(params)), jnp.int32(0), jnp.int32(-1), places)

    def change(gradients, seen, params):
        updates, inner = player.optimizer.update(own(gradients), seen.inner, own(params))
        after = player.project(optax.apply_updates(own(params), updates))
        places = jax.tree.map(_place, (gradients[probe], own(gradients), after))
        bad = jnp.stack([place.index >= 0 for place in _leaves(places)]).any() & (seen.first < 0)
        first, places = jax.tree.map(
            partial(jnp.where, bad), (seen.moves, places), (seen.first, seen.places)
        )
        return updates | {probe: jnp.zeros(())}, Watched(inner, seen.moves + 1, first, places)

    optimizer = optax.GradientTransformation(init, change)
    return replace(player, trains=(*player.trains, probe), loss=loss, optimizer=optimizer)


def _place(leaf: jax.Array) -> Place:
    flat = leaf.ravel()
    bad = ~jnp.isfinite(flat)
    first = bad.argmax()
    return Place(jnp.where(bad.any(), first, -1), flat[first].astype(jnp.float32))


def _leaves(places: Any) -> list[Place]:
    return jax.tree.leaves(places, is_leaf=lambda node: isinstance(node, Place))


def _told(name: str, seen: Watched, own: Mapping[str, Any]) -> list[Found]:
    """What was noted of a player that trains these parameters."""
    found, trees = [], ({name: np.zeros(())}, own, own)
    for what, places, tree in zip(WHAT, seen.places, trees, strict=True):
        leaves = zip(jax.tree.leaves_with_path(tree), _leaves(places), strict=True)
        bad = [(path, leaf, place) for (path, leaf), place in leaves if place.index >= 0]
        for path, leaf, place in bad[:1]:
            leaf_name = jax.tree_util.keystr(path, simple=True, separator="/")
            index = tuple(map(int, np.unravel_index(int(place.index), np.shape(leaf))))
            move = int(seen.first) + 1
            found.append(Found(name, move, what.format(leaf_name), index, float(place.value)))
    return found
