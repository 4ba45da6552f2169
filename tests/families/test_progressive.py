"""The networks are given the step's share, and the critic is shown what the share makes of data."""

import jax
import numpy as np
import optax
import pytest

from gan_jax import families, priors
from gan_jax.game import Network
from tests.playing import draw, halves, loss, start

KEYS = jax.random.split(jax.random.key(0), 4)
SHARES = np.full(4, 0.5, np.float32)  # of the real examples, where the penalty looks


def network(apply) -> Network:
    return Network(lambda key: ({"w": np.float32(2)}, {}), lambda p, s, x, h: apply(p["w"], x, h))


def game(score=lambda w, x, share: w * (1 + share) * x.sum(1), mixes=False, **rest):
    return families.progressive(
        network(lambda w, z, share: w * share[:, None] * z),
        network(score)._replace(mixes=mixes),
        fade=lambda step: step / 4,
        shown=lambda x, share: x[:, :1] * share[:, None],
        prior=priors.normal(1),
        generator_optimizer=optax.sgd(0.1),
        critic_optimizer=optax.sgd(0.1),
        **rest,
    )


def at(made, step):
    return start(made)._replace(step=np.int32(step))


def full(value, *shape):
    return np.full(shape, value, np.float32)


def test_the_critic_descends_on_what_it_is_shown():
    made = game(weight=0.0, drift=0.5)
    batch = {"real": full(6, 4, 2), "fake": full(-1, 4, 1), "drawn": SHARES}
    value, metrics = loss(made, "critic", KEYS, batch, at(made, 1))
    score = lambda x: 2.0 * 1.25 * x
    assert metrics["real"] == score(1.5) and metrics["fake"] == score(-1.0)
    np.testing.assert_allclose(value, score(-1.0) - score(1.5) + 0.5 * score(1.5) ** 2, rtol=1e-6)


def test_the_penalty_is_that_of_the_faded_critic():
    made = game(weight=3.0, drift=0.0)
    batch = {"real": full(1, 4, 2), "fake": full(1, 4, 1), "drawn": SHARES}
    _, metrics = loss(made, "critic", KEYS, batch, at(made, 2))
    np.testing.assert_allclose(metrics["penalty"], (2 * 1.5 - 1) ** 2, rtol=1e-5)


def test_fakes_are_faded_and_the_real_examples_wait():
    made, real = game(), full(6, 4, 2)
    drawn = draw(made, "critic", KEYS, {"real": real}, at(made, 2))
    own, _ = halves(KEYS)
    latents = np.asarray(jax.jit(priors.normal(1))(own))
    np.testing.assert_allclose(drawn["fake"], 2.0 * 0.5 * latents, rtol=1e-6)
    np.testing.assert_array_equal(drawn["real"], real)
    value, _ = loss(made, "generator", own, {"real": real}, at(made, 2))
    np.testing.assert_allclose(value, -(2 * 1.5 * drawn["fake"]).mean(), rtol=1e-5)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="drift of the scores is -0.1: it must be 0 or more"):
        game(drift=-0.1)


def spreading(**rest):
    """A critic that sees, in each score, the mean of the whole minibatch too."""
    score = lambda w, x, share: w * (1 + share) * x.sum(1) + 3 * x.mean()
    return game(score, mixes=True, **rest)


def test_the_slope_is_that_of_the_sum_of_scores_that_depend_on_one_another():
    """d_i = 2 * 1.5 x_i + 3 mean_j x_j: of the sum over i, 3 + 3 in each example."""
    batch = {"real": full(1, 4, 2), "fake": full(1, 4, 1), "drawn": SHARES}
    made = spreading(weight=3.0)
    _, metrics = loss(made, "critic", KEYS, batch, at(made, 2))
    np.testing.assert_allclose(metrics["penalty"], (6 - 1) ** 2, rtol=1e-5)


def test_real_and_fake_are_minibatches_by_themselves():
    made = spreading(weight=0.0)
    batch = {"real": full(2, 4, 2), "fake": full(-1, 4, 1), "drawn": SHARES}
    _, metrics = loss(made, "critic", KEYS, batch, at(made, 2))
    np.testing.assert_allclose(metrics["real"], 6.0, rtol=1e-6)  # of shown images of 1
    np.testing.assert_allclose(metrics["fake"], -6.0, rtol=1e-6)
