"""Other rules of play: interpreters of any `Game`, with the signature of `game.update`.

`game.update` lets the players move in turn, each seeing what those before it have done. Both rules
here are that function again, on a game whose players see other networks. They are what
`train.train(..., rule=extragradient)` plays.
"""

from dataclasses import replace
from types import SimpleNamespace

import jax
import jax.numpy as jnp

from gan_jax.game import Game, Network, Player, State, bind, update


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
        raise ValueError("A step ahead is defined for one move: give each player moves=1.")
    ahead, _ = simultaneous(game, state, key, batches)
    shift = jax.tree.map(jnp.subtract, ahead.params, state.params)
    networks = {name: _shifted(network, shift[name]) for name, network in game.networks.items()}
    average = {"average": bind(game, state).average}  # which no player moves, nor looks ahead of
    players = {name: _seeing(player, average) for name, player in game.players.items()}
    looking = replace(game, networks=networks, players=players)
    return simultaneous(looking, state._replace(opt=ahead.opt), key, batches)


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
