"""Other rules of play: interpreters of any `Game`, with the signature of `game.update`.

`game.update` lets the players move in turn, each seeing what those before it have done. The rules
here are that function again, on a game whose players see other networks, or take shorter steps.
They are what `train.train(..., rule=extragradient)` plays.
"""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Literal

import jax
import jax.numpy as jnp

from gan_jax.game import Game, Network, Player, State, bind, update
from gan_jax.optimizers import slowed


def simultaneous(game: Game, state: State, key: jax.Array, batches) -> tuple[State, dict]:
    """One step in which all players move from the same state: w <- w - h F(w).

    F holds the gradient of each player's loss in its own networks: the simultaneous gradient
    descent of Mescheder et al. 2017, arXiv:1705.10461, algorithm 1. Several moves of one player
    still follow one another, all against the others as they were before the step.

    Args:
      game: in which no network has two players.
      state: before the step.
      key: of the play.
      batches: `[game.moves, B, ...]`.

    Returns:
      The state after it, and the metrics, as `game.update`.

    Raises:
      ValueError: two players train the same network.
    """
    _check_owners(game)
    start = vars(bind(game, state))
    others = lambda player: {name: start[name] for name in start.keys() - set(player.trains)}
    players = {name: _seeing(player, others(player)) for name, player in game.players.items()}
    return update(replace(game, players=players), state, key, batches)


def extragradient(game: Game, state: State, key: jax.Array, batches) -> tuple[State, dict]:
    """One simultaneous step by the gradients of one step ahead: w <- w - h F(w - h F(w)).

    Gidel et al. 2018, arXiv:1802.10551, algorithm 2; with Adam it is algorithm 4, whose moments see
    both gradients, so that the optimizers count two updates a step. A bilinear game, around which
    other rules circle, is pulled in.
    Differs from the paper: both gradients are of the same minibatch and the same latents.

    Args:
      game: in which every player makes one move a step, and no network has two players.
      state: before the step.
      key: of the play.
      batches: `[game.moves, B, ...]`.

    Returns:
      The state after it, and the metrics of the look ahead's gradients.

    Raises:
      ValueError: a player makes several moves, or two train the same network.
    """
    if any(player.moves > 1 for player in game.players.values()):
        raise ValueError(
            "A step ahead is defined for one move of each player: moves=1, or --critic-moves 1."
        )
    ahead, _ = simultaneous(game, state, key, batches)
    shift = jax.tree.map(jnp.subtract, ahead.params, state.params)
    networks = {name: _shifted(network, shift[name]) for name, network in game.networks.items()}
    average = {"average": bind(game, state).average}  # which no player moves, nor looks ahead of
    players = {name: _seeing(player, average) for name, player in game.players.items()}
    looking = replace(game, networks=networks, players=players)
    return simultaneous(looking, state._replace(opt=ahead.opt), key, batches)


def annealed(
    steps: int,
    schedule: Literal["constant", "linear", "cosine"] = "constant",
    warm_up: int = 0,
    rule: Callable = update,
) -> Callable:
    """A rule by which the learning rates of all players follow a schedule: those of `rule` times f.

    With W steps of warm-up of T, and r = max(0, t - W) / (T - W), at step t

    `f = min(1, (t + 1) / W) s(r)`, where s(r) is 1, or 1 - r, or (1 + cos(pi r)) / 2.

    Cosine annealing is of Loshchilov and Hutter 2016, arXiv:1608.03983, eq. 5, without restarts;
    linear warm-up of Goyal et al. 2017, arXiv:1706.02677, section 2.2. The factor is that of the
    update, and so of the rate of SGD, RMSProp and Adam, whatever rate or schedule they have
    themselves; it is of the step, of whatever number of moves, and leaves the optimizers' states
    as they are.

    Args:
      steps: T, those of the whole run, above W; from there on the factor stays.
      schedule: of s.
      warm_up: W, 0 or more.
      rule: of play.

    Returns:
      The rule, itself where the factor is always 1.

    Raises:
      ValueError: a schedule that there is not, or a warm-up that is no part of the steps.
    """
    if schedule not in _FALLS or not 0 <= warm_up < steps:
        raise ValueError(
            f"The schedule is {schedule!r} with {warm_up} steps of warm-up: it is one of "
            f"{', '.join(_FALLS)}, with a warm-up of 0 to {steps - 1}, less than the steps."
        )
    if schedule == "constant" and not warm_up:
        return rule

    def play(game, state, key, batches):
        part = jnp.clip((state.step - warm_up) / (steps - warm_up), 0, 1)
        factor = jnp.minimum(1, (state.step + 1) / max(warm_up, 1)) * _FALLS[schedule](part)
        slow = lambda player: replace(player, optimizer=slowed(player.optimizer, factor))
        players = {name: slow(player) for name, player in game.players.items()}
        return rule(replace(game, players=players), state, key, batches)

    return play


_FALLS = {
    "constant": lambda part: 1.0,
    "linear": lambda part: 1 - part,
    "cosine": lambda part: (1 + jnp.cos(jnp.pi * part)) / 2,
}


def _seeing(player: Player, given: dict) -> Player:
    """The player, whose loss and draws are given these in the place of what `bind` would."""
    seen = lambda nets: SimpleNamespace(**vars(nets) | given)
    loss = lambda nets, keys, batch: player.loss(seen(nets), keys, batch)
    draw = player.draw and (lambda nets, keys, batch: player.draw(seen(nets), keys, batch))
    return replace(player, loss=loss, draw=draw)


def _shifted(network: Network, shift) -> Network:
    """The network at its parameters plus a constant: its gradients are taken there."""
    moved = lambda params: jax.tree.map(jnp.add, params, shift)
    return network._replace(apply=lambda params, *rest: network.apply(moved(params), *rest))


def _check_owners(game: Game) -> None:
    owned = [network for player in game.players.values() for network in player.trains]
    twice = sorted({network for network in owned if owned.count(network) > 1})
    if twice:
        raise ValueError(
            f"Players cannot move at once where two of them train {', '.join(twice)}: use "
            "game.update, or give each network to one player."
        )
