import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import axis, families, priors
from gan_jax.data import Spec
from gan_jax.losses import zero_centred
from gan_jax.networks import MinibatchDeviation, linen, mlp_pair


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(3.0, 2.0, shape), jnp.float32)


@pytest.mark.parametrize("shape", [(6, 5), (4, 3, 2, 5)])
def test_it_appends_the_mean_deviation_of_the_minibatch(shape):
    x = draw(*shape)
    y = MinibatchDeviation().apply({}, x)
    np.testing.assert_array_equal(y[..., :-1], x)
    exact = np.asarray(x, np.float64)
    np.testing.assert_allclose(y[..., -1], np.full(shape[:-1], exact.std(0).mean()), rtol=1e-5)


def test_equal_examples_have_no_deviation_and_a_finite_slope():
    x = jnp.ones((4, 3))
    total = lambda x: MinibatchDeviation().apply({}, x)[..., -1].sum()
    value, slope = jax.value_and_grad(total)(x)
    assert value < 1e-3 and np.isfinite(slope).all()


def test_each_group_has_a_deviation_of_its_own():
    x = draw(12, 3, 2)
    y = MinibatchDeviation(4).apply({}, x)
    np.testing.assert_array_equal(y[..., :-1], x)
    expected = np.asarray(x, np.float64).reshape(3, 4, 6).std(1).mean(1).repeat(4)
    np.testing.assert_allclose(y[..., -1], np.broadcast_to(expected[:, None], (12, 3)), rtol=1e-5)
    few, whole = (MinibatchDeviation(group).apply({}, x[:3]) for group in (4, None))
    np.testing.assert_allclose(few, whole, rtol=1e-6)  # all of a smaller minibatch


@pytest.mark.parametrize(("group", "count"), [(4, 6), (1, 6), (0, 6)])
def test_what_is_no_group_is_refused(group, count):
    with pytest.raises(ValueError, match=f"{count} examples is no whole number of groups"):
        MinibatchDeviation(group).apply({}, draw(count, 2))


@pytest.mark.parametrize("group", [4, pytest.param(None, marks=pytest.mark.slow)])
def test_it_is_that_of_the_global_batch_and_so_is_its_gradient(group):
    x = draw(8, 5)
    deviating = MinibatchDeviation(group)
    loss = lambda x: axis.mean(jnp.square(deviating.apply({}, x)).mean())
    for parts in (2, 4):
        cut = x.reshape(parts, 8 // parts, 5)
        value, slope = jax.vmap(jax.value_and_grad(loss), axis_name=axis.NAME)(cut)
        expected, whole = jax.value_and_grad(loss)(x)
        np.testing.assert_allclose(value, jnp.full(parts, expected), rtol=1e-6)
        np.testing.assert_allclose(slope.reshape(8, 5) / parts, whole, rtol=1e-4, atol=1e-7)


class Critic(nn.Module):
    group: int | None = None

    @nn.compact
    def __call__(self, x):
        return nn.Dense(1)(MinibatchDeviation(self.group)(nn.relu(nn.Dense(4)(x))))[:, 0]


@pytest.mark.parametrize("group", [None, 3])
def test_a_network_with_it_mixes_examples_until_it_has_settled(group):
    critic = linen(Critic(group), jnp.zeros((2, 2)))
    params, stats = critic.init(jax.random.key(0))
    assert critic.mixes and stats == {}
    x, y = draw(6, 2), draw(6, 2, seed=1).at[0].set(draw(6, 2)[0])
    score = lambda stats, x: np.asarray(critic.apply(params, stats, x))
    assert abs(score({}, x)[0] - score({}, y)[0]) > 1e-3
    fixed = critic.settle(params, stats, x)
    np.testing.assert_allclose(score(fixed, x).mean(), score({}, x).mean(), rtol=1e-6)
    assert score(fixed, x)[0] == score(fixed, y)[0]


def test_a_penalty_example_by_example_is_refused():
    generator, _ = mlp_pair(Spec((2,), 1.0, 0.0), latent=1, widths=(4,))
    rest = {"prior": priors.normal(1), "penalty": zero_centred()}
    rest |= dict.fromkeys(("generator_optimizer", "critic_optimizer"), optax.sgd(0.1))
    with pytest.raises(ValueError, match="example by example"):
        families.vanilla(generator, linen(Critic(), jnp.zeros((2, 2))), **rest)
