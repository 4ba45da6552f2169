"""Planted numbers that are not finite are found where they were planted, by any rule of play."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax.game import Game, Network, Player, init, update
from gan_jax.observation import watch
from gan_jax.play import extragradient, simultaneous

BATCHES = {"real": jnp.ones((3, 4, 2))}
WEIGHTS = Network(lambda key: ({"w": jnp.ones((2, 3)), "b": jnp.zeros(2)}, {}), lambda p, s: p)


def played(loss, optimizer=None, rule=update):
    """What is found in a step of a player with `loss` and two moves, and one who is sound."""
    fine = lambda nets, keys, batch: ((nets.other()["w"] ** 2).sum(), {})
    moves = 1 if rule is extragradient else 2
    optimizer = optimizer or optax.adam(0.1)
    bad = Player(("net",), lambda nets, keys, batch: (loss(nets, batch), {}), optimizer, moves)
    players = {"bad": bad, "fine": Player(("other",), fine, optax.sgd(0.1))}
    game = Game({"net": WEIGHTS, "other": WEIGHTS}, players)
    state = init(game, jax.random.key(0))
    batches = {"real": BATCHES["real"][: game.moves]}
    before = jax.tree.map(np.array, state)
    found = watch(game, state, 0, batches, rule=rule)
    jax.tree.map(np.testing.assert_array_equal, before, state)
    return found


@jax.custom_vjp
def broken(x):
    """The identity, whose gradient at [1, 2] is not finite."""
    return x


broken.defvjp(lambda x: (x, None), lambda kept, slope: (slope.at[1, 2].set(jnp.inf),))
RULES = pytest.mark.parametrize("rule", [update, simultaneous, extragradient])


@RULES
def test_what_is_finite_is_not_found(rule):
    assert played(lambda nets, batch: (nets.net()["w"] ** 2).sum(), rule=rule) == []


@RULES
def test_a_loss(rule):
    found = played(lambda nets, batch: nets.net()["w"].sum() * 1e38 * 1e38, rule=rule)
    assert found[0][:4] == ("bad", 1, "bad's loss", ())
    assert str(found[0]) == "bad's loss is inf (move 1 of bad)"


@RULES
def test_a_gradient_alone(rule):
    found = played(lambda nets, batch: broken(nets.net()["w"]).sum(), rule=rule)
    assert found[0] == ("bad", 1, "gradient of net/w", (1, 2), np.inf)
    assert found[1].what == "net/w after the update" and found[1].index == (1, 2)
    assert len(found) == 2


def test_an_update_alone_and_only_what_comes_first():
    rate = lambda count: jnp.where(count == 1, jnp.inf, 0.1)
    found = played(lambda nets, batch: (nets.net()["w"] ** 2).sum(), optax.sgd(rate))
    assert [(each.what, each.move, each.index) for each in found] == [
        ("net/b after the update", 2, (0,))  # inf * 0
    ]


def test_a_loss_that_the_first_move_broke():
    loss = lambda nets, batch: jnp.log(0.5 - jnp.abs(1 - nets.net()["w"][0, 0]))
    found = played(loss, optax.sgd(-1.0))
    assert {each.move for each in found} == {2} and found[0].what == "bad's loss"
    assert np.isnan(found[0].value)
