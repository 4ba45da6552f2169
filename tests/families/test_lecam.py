from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses
from gan_jax.game import update
from gan_jax.play import annealed, extragradient
from tests.playing import loss, start
from tests.test_dirac import networks, prior


def game(rate=0.1, **rest):
    """The critic's player at rest, if the rate is 0, so that its scores stay what they are."""
    sgd = {"generator_optimizer": optax.sgd(rate), "critic_optimizer": optax.sgd(rate)}
    return families.lecam(*networks(2.0, 3.0), loss=losses.hinge, prior=prior, **sgd, **rest)


def anchored(made, real, fake):
    state = start(made)
    stats = {**state.stats, "anchors": {"real": np.float32(real), "fake": np.float32(fake)}}
    return state._replace(stats=stats)


def test_the_loss_is_its_formula():
    made, plain = game(weight=lambda step: 0.7 + step), game(weight=0.0)
    batch = {"real": np.float32([[0.1], [0.5]]), "fake": np.float32([[-0.2], [2.0]])}
    real, fake = 3 * np.array([0.1, 0.5]), 3 * np.array([-0.2, 2.0])
    term = np.mean((real + 1.0) ** 2) + np.mean((fake - 4.0) ** 2)
    state = anchored(made, real=4.0, fake=-1.0)
    keys = jax.random.split(jax.random.key(0), 2)
    value = lambda game: loss(game, "critic", keys, batch, state)[0]
    np.testing.assert_allclose(value(made) - value(plain), 0.7 * term, rtol=1e-5)


def test_the_anchors_are_running_averages_of_the_scores():
    made = game(rate=0.0, decay=0.9, critic_moves=2)
    state = start(made)
    play = jax.jit(
        lambda state: update(made, state, jax.random.key(1), {"real": jnp.ones((3, 4, 1))})
    )
    for step in range(1, 4):
        state, metrics = jax.device_get(play(state))
        grown = 1 - 0.9 ** (2 * step)
        np.testing.assert_allclose(state.stats["anchors"]["real"], 3 * grown, rtol=1e-5)
        np.testing.assert_allclose(state.stats["anchors"]["fake"], 6 * grown, rtol=1e-5)
        np.testing.assert_allclose(state.params["critic"], 3.0)
    hinge = jax.jit(losses.hinge.critic)(np.float32([3.0]), np.float32([6.0]))
    assert metrics["critic/loss"] > hinge


@pytest.mark.parametrize("rule", [annealed(40, "cosine"), annealed(40, warm_up=20), extragradient])
def test_the_anchors_know_no_learning_rate(rule):
    """A schedule is of the critic; and they are moved once a step, also by one that looks ahead."""
    made = game(rate=0.0, decay=0.9)
    real = {"real": jnp.ones((2, 4, 1))}
    step = lambda state, _: (rule(made, state, jax.random.key(1), real)[0], None)
    after = jax.jit(lambda state: jax.lax.scan(step, state, length=40)[0])(start(made))
    grown = 1 - 0.9**40
    np.testing.assert_allclose(after.stats["anchors"]["real"], 3 * grown, rtol=1e-5)
    np.testing.assert_allclose(after.stats["anchors"]["fake"], 6 * grown, rtol=1e-5)


def test_the_critic_sees_the_anchors_as_numbers():
    """Its gradient is that of the squares alone: 2 weight (d(x) - a_F) x and the same of fakes."""
    made, plain = game(weight=0.5), game(weight=0.0)
    slopes = []
    for each in (made, plain):
        state = anchored(each, real=4.0, fake=-1.0)
        play = jax.jit(partial(update, each))
        state, _ = play(state, jax.random.key(1), {"real": np.full((2, 4, 1), 0.1, np.float32)})
        slopes.append((3.0 - np.asarray(state.params["critic"])) / 0.1)
    expected = 2 * 0.5 * ((0.3 + 1) * 0.1 + (6.0 - 4.0) * 2.0)
    np.testing.assert_allclose(slopes[0] - slopes[1], expected, rtol=1e-4)


def test_numbers_out_of_their_range_are_refused():
    with pytest.raises(ValueError, match="decay of the anchors is 2"):
        game(decay=2.0)
    with pytest.raises(ValueError, match="weight of the LeCam regularisation is -1"):
        game(weight=-1.0)
