"""Bounds of functions that are known, and of those that have none."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import networks
from gan_jax.families.bounds import bounds

X = jax.ShapeDtypeStruct((4, 3), jnp.float32)

BOUNDED = {
    "sigmoid": (nn.sigmoid, 0, 1),
    "tanh": (jnp.tanh, -1, 1),
    "affine": (lambda x: 5 * jnp.tanh(x / 3) - 2, -7, 3),
    "falling": (lambda x: 1 - nn.sigmoid(x), 0, 1),
    "by hand": (lambda x: 1 / (1 + jnp.exp(-x)), 0, 1),
    "mean": (lambda x: nn.sigmoid(x).mean(1), 0, 1),
    "pool": (lambda x: nn.avg_pool(nn.sigmoid(x)[..., None], (3,)), 0, 1),
    "weighted": (lambda x: nn.sigmoid(x) @ jnp.full(3, 1 / 3), 0, 1),
    "hard sigmoid": (nn.hard_sigmoid, 0, 1),
    "hard tanh": (nn.hard_tanh, -1, 1),
    "soft sign": (nn.soft_sign, -1, 1),
    "clipped": (lambda x: jnp.clip(x, -2, 3), -2, 3),
    "clamped": (lambda x: jax.lax.clamp(-2.0, x, 3.0), -2, 3),
    "chosen": (lambda x: jnp.where(x > 0, jnp.tanh(x), 2 * jnp.sin(x)), -2, 2),
    "joined": (lambda x: jnp.concatenate([jnp.tanh(x), nn.relu6(x)], 1)[:, 1:5], -1, 6),
    "product": (lambda x: nn.sigmoid(x) * jnp.tanh(x) ** 3, -1, 1),
    "square": (lambda x: jnp.square(jnp.tanh(x)) + jnp.abs(jnp.cos(x)), 0, 2),
    "step": (lambda x: (x > 0).astype(jnp.float32), 0, 1),
    "half": (lambda x: nn.sigmoid(x.astype(jnp.bfloat16)).astype(jnp.float32), 0, 1),
    "compiled": (jax.jit(nn.sigmoid), 0, 1),
    "checkpointed": (jax.checkpoint(jnp.tanh), -1, 1),
}


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_bounded_stays_within(name):
    function, low, high = BOUNDED[name]
    found = bounds(function, X)
    assert found[0] == pytest.approx(low)
    assert found[1] == pytest.approx(high)
    values = np.asarray(function(10 * jax.random.normal(jax.random.key(0), X.shape)), np.float32)
    assert (values >= found[0] - 1e-6).all() and (values <= found[1] + 1e-6).all()


UNBOUNDED = {
    "nothing": lambda x: x,
    "beside": lambda x: 2 * nn.sigmoid(x) - x,
    "relu": nn.relu,
    "silu": nn.silu,
    "gelu": nn.gelu,
    "softplus": nn.softplus,
    "logarithm": lambda x: jnp.log(nn.sigmoid(x)),
    "quotient": lambda x: jnp.tanh(x) / nn.sigmoid(x),
    "steps": lambda x: jax.lax.scan(lambda c, _: (2 * c, c), jnp.tanh(x), None, 3)[1],
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_what_has_no_bound_has_none(name):
    low, high = bounds(UNBOUNDED[name], X)
    assert low == -np.inf or high == np.inf


def test_parameters_may_be_any_numbers():
    within = lambda weight, x: weight * nn.sigmoid(x)
    assert bounds(within, jax.ShapeDtypeStruct((), jnp.float32), X) == (-np.inf, np.inf)
    closed = lambda weight: bounds(lambda x: weight * nn.sigmoid(x), X)
    found = []
    jax.eval_shape(lambda weight: found.append(closed(weight)), jnp.zeros(()))
    assert found == [(-np.inf, np.inf)]


def test_a_critic_of_bounded_layers_has_raw_scores():
    critic = networks.linen(nn.Sequential([nn.Dense(8), nn.tanh, nn.Dense(1)]), jnp.zeros((2, 3)))
    variables = jax.eval_shape(critic.init, jax.random.key(0))
    assert bounds(critic.apply, *variables, X) == (-np.inf, np.inf)
