"""What can be wrong with the declaration of a game, found before anything is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax

if TYPE_CHECKING:
    from gan_jax.game import Game

RESERVED = ("step", "average")


def check(game: Game) -> None:
    """Refuses a game that cannot be played as declared.

    Raises:
      ValueError: naming the player or network, what is wrong with it and what to do.
    """
    if not game.players:
        raise ValueError("The game has no players: give at least one, by name, in order of play.")
    for kind, names in (("network", game.networks), ("player", game.players)):
        for name in names:
            _check_name(kind, name)
    for name, network in game.networks.items():
        if not hasattr(network, "settle"):
            raise ValueError(
                f"The network {name!r} is a {type(network).__name__}: wrap a flax module by "
                "gan_jax.networks.linen(module, example_of_its_input)."
            )
    for name, player in game.players.items():
        _check_player(game, name, player)
    _check_known(game, "`frozen`", game.frozen)
    _check_known(game, "`average`", game.average)
    _check_trained(game)


def check_batches(game: Game, batches) -> None:
    """Refuses minibatches of which there is not one for each move of a step."""
    for path, array in jax.tree.leaves_with_path(batches):
        if array.shape[0] != game.moves:
            raise ValueError(
                f"A step of this game has {game.moves} moves and needs as many minibatches; "
                f"batches{jax.tree_util.keystr(path)} of shape {array.shape} has {array.shape[0]}."
            )


def _check_name(kind: str, name: str) -> None:
    if not isinstance(name, str) or not name.isidentifier() or name in RESERVED:
        raise ValueError(
            f"{name!r} cannot name a {kind}: a name is a Python identifier other than "
            f"{', '.join(RESERVED)}, since losses say `nets.{kind}_name`."
        )


def _check_known(game: Game, where: str, names) -> None:
    for name in names:
        if name not in game.networks:
            known = ", ".join(game.networks)
            raise ValueError(f"{where} names the network {name!r}; the game has: {known}.")


def _check_player(game: Game, name: str, player) -> None:
    if isinstance(player.trains, str):
        raise ValueError(
            f"Player {name!r} has trains={player.trains!r}, a string: write a tuple, "
            f"trains=({player.trains!r},)."
        )
    if not player.trains:
        raise ValueError(f"Player {name!r} trains no network: name at least one in `trains`.")
    _check_known(game, f"Player {name!r}", (*player.trains, *player.separate))
    if len(set(player.trains)) != len(player.trains):
        raise ValueError(f"Player {name!r} names a network twice in trains={player.trains!r}.")
    if not isinstance(player.moves, int) or isinstance(player.moves, bool) or player.moves < 1:
        raise ValueError(
            f"Player {name!r} has moves={player.moves!r}: it makes a whole number of moves, "
            "1 or more, in every step; leave the player out if it should not play."
        )
    for network in player.separate:
        if game.networks[network].mixes:
            raise ValueError(
                f"The loss of player {name!r} penalises {network!r} example by example, but its "
                "output for one example depends on the others (batch norm?): use layer "
                "normalisation or none in it, or leave out the penalty."
            )


def _check_trained(game: Game) -> None:
    trained = {network for player in game.players.values() for network in player.trains}
    for network in game.networks:
        if network in trained and network in game.frozen:
            raise ValueError(f"The network {network!r} is frozen, but a player trains it.")
        if network not in trained and network not in game.frozen:
            raise ValueError(
                f"No player trains the network {network!r}: name it in a player's `trains`, or "
                "in the game's `frozen` if nobody should."
            )
