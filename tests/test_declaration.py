import re

import jax
import jax.numpy as jnp
import optax
import pytest

from gan_jax import families, losses, networks, priors
from gan_jax.data.spec import Spec
from gan_jax.game import Game, Network, Player

SGD = optax.sgd(0.1)
PLAIN = Network(lambda key: (jnp.zeros(()), {}), lambda weight, stats, x: weight * x)
MIXES = PLAIN._replace(mixes=True)


def loss(nets, keys, batch):
    return nets.critic(nets.generator(batch)).mean(), {}


def player(*trains, **rest):
    return Player(trains, loss, SGD, **rest)


def declare(**changes):
    """A game that can be played, but for the changes; a player or network of None is left out."""
    players = {"critic": player("critic"), "generator": player("generator")}
    made = {"generator": PLAIN, "critic": PLAIN}
    for given, default in (("players", players), ("networks", made)):
        both = default | changes.pop(given, {})
        changes[given] = {name: value for name, value in both.items() if value is not None}
    return Game(**changes)


ACCEPTED = {
    "the default": {},
    "several networks for a player": {
        "players": {"critic": None, "generator": player("generator", "critic")}
    },
    "one network for several players": {"players": {"second": player("critic")}},
    "several moves": {"players": {"critic": player("critic", moves=5)}},
    "frozen": {"networks": {"teacher": MIXES}, "frozen": ("teacher",)},
    "average": {"average": {"generator": lambda step: 0.9}},
    "separate": {
        "networks": {"generator": MIXES},
        "players": {"critic": player("critic", separate=("critic",))},
    },
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_game_that_can_be_played_is_accepted(name):
    changes = dict(ACCEPTED[name])
    assert declare(**changes).moves >= 1


NOBODY = {"critic": None, "generator": None}
REFUSED = {  # what is declared, and the words that must be in the message
    "no players": ({"players": NOBODY}, ["no players", "at least one"]),
    "trains what is not there": (
        {"players": {"critic": player("critic", "teacher")}},
        ["'critic'", "'teacher'", "generator, critic"],
    ),
    "trains a string": (
        {"players": {"critic": Player("critic", loss, SGD)}},
        ["'critic'", "a string", "tuple", "('critic',)"],
    ),
    "trains nothing": ({"players": {"critic": player()}}, ["'critic'", "no network", "`trains`"]),
    "trains a network twice": (
        {"players": {"critic": player("critic", "critic")}},
        ["'critic'", "twice"],
    ),
    "nobody trains it": (
        {"players": {"generator": None}},
        ["No player trains", "'generator'", "`trains`", "`frozen`"],
    ),
    "frozen but trained": ({"frozen": ("critic",)}, ["'critic'", "frozen", "a player trains it"]),
    "freezes what is not there": (
        {"frozen": ("teacher",)},
        ["`frozen`", "'teacher'", "generator, critic"],
    ),
    "averages what is not there": (
        {"average": {"teacher": lambda step: 0.9}},
        ["`average`", "'teacher'", "generator, critic"],
    ),
    "separates what is not there": (
        {"players": {"critic": player("critic", separate=("teacher",))}},
        ["'critic'", "'teacher'"],
    ),
    "separates what mixes": (
        {
            "networks": {"critic": MIXES},
            "players": {"critic": player("critic", separate=("critic",))},
        },
        ["player 'critic'", "example by example", "batch norm", "layer normalisation"],
    ),
    "another player separates what mixes": (
        {
            "networks": {"critic": MIXES},
            "players": {"generator": player("generator", separate=("critic",))},
        },
        ["player 'generator'", "'critic'", "example by example"],
    ),
} | {
    f"moves {moves!r}": (
        {"players": {"critic": player("critic", moves=moves)}},
        ["'critic'", f"moves={moves!r}", "whole number", "1 or more"],
    )
    for moves in (0, -1, 2.5, 2.0, True, "2", None)
}
NAMES = ("my critic", "2nd", "a-b", "", "step", 3, None)


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_refused_at_construction(name):
    changes, words = REFUSED[name]
    with pytest.raises(ValueError, match=".*".join(map(re.escape, words))) as error:
        declare(**changes)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["network", "player"])
@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_a_name_is_refused(kind, name):
    networks = {"generator": PLAIN, "critic": PLAIN}
    players = {"critic": player("critic"), "generator": player("generator")}
    (networks if kind == "network" else players)[name] = (
        PLAIN if kind == "network" else player("critic")
    )
    words = f"^{re.escape(repr(name))} cannot name a {kind}.*identifier other than step"
    with pytest.raises(ValueError, match=words):
        Game(networks, players, frozen=(name,) if kind == "network" else ())


def family(make, normalise_critic, **rest):
    spec = Spec(shape=(16, 16, 1), scale=2 / 255, offset=-1.0)
    pair = networks.dcgan_pair(spec, latent=4, width=8, normalise_critic=normalise_critic)
    optimizers = {"generator_optimizer": SGD, "critic_optimizer": SGD}
    return make(*pair, prior=priors.normal(4), **optimizers, **rest)


PENALISED = {
    "wgan_gp": (families.wgan_gp, {}),
    "vanilla": (families.vanilla, {"penalty": losses.gradient_penalty()}),
}


@pytest.mark.parametrize("name", PENALISED)
def test_no_family_penalises_a_critic_with_batch_norm(name):
    make, rest = PENALISED[name]
    with pytest.raises(ValueError, match=r"'critic' example by example.*\(batch norm\?\)"):
        family(make, normalise_critic=True, **rest)
    assert family(make, normalise_critic=False, **rest).networks["generator"].mixes


def test_without_a_penalty_batch_norm_is_as_good_as_any_layer():
    assert family(families.vanilla, normalise_critic=True).networks["critic"].mixes
    penalty = losses.gradient_penalty()._replace(separate=False)
    game = family(families.vanilla, normalise_critic=True, penalty=penalty)
    assert game.players["critic"].separate == ()


def test_nothing_is_computed_at_construction():
    def never(*given):
        raise AssertionError("called")

    network = Network(never, never)
    Game({"critic": network}, {"critic": Player(("critic",), never, SGD, draw=never)})
    with pytest.raises(AssertionError, match="called"):
        network.init(jax.random.key(0))
