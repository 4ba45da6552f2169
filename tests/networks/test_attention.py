import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks import SelfAttention
from gan_jax.networks.attention import attention_weights


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def begun(x, gamma=None):
    params = jax.jit(SelfAttention().init)(jax.random.key(0), x)["params"]
    return params if gamma is None else params | {"gamma": jnp.asarray(gamma)}


apply = jax.jit(lambda params, x: SelfAttention().apply({"params": params}, x))


def test_it_begins_as_the_identity_and_can_leave_it():
    x = draw(2, 4, 4, 16)
    params = begun(x)
    np.testing.assert_array_equal(apply(params, x), x)
    gradient = jax.grad(lambda params: (apply(params, x) * draw(*x.shape, seed=1)).sum())(params)
    assert abs(gradient["gamma"]) > 1e-3
    assert not np.allclose(apply(begun(x, 1.0), x), x, atol=1e-2)


def test_parameters_are_those_of_the_paper():
    shapes = jax.tree.map(jnp.shape, begun(draw(2, 4, 4, 16)))
    assert shapes == {
        "key": {"kernel": (1, 1, 16, 2)},
        "query": {"kernel": (1, 1, 16, 2)},
        "value": {"kernel": (1, 1, 16, 8)},
        "output": {"kernel": (1, 1, 8, 16)},
        "gamma": (),
    }


def test_it_is_its_formula():
    x = draw(2, 4, 6, 8)
    params = begun(x, 0.5)
    linear = lambda name, x: np.asarray(x) @ np.asarray(params[name]["kernel"])[0, 0]
    pooled = lambda x: x.reshape(2, 2, 2, 3, 2, -1).max((2, 4)).reshape(2, 6, -1)
    key, value, query = pooled(linear("key", x)), pooled(linear("value", x)), linear("query", x)
    expected = np.empty(x.shape)
    for b, row, column in np.ndindex(2, 4, 6):  # place by place, as in eq. 1 to 3
        similar = np.exp([query[b, row, column] @ key[b, i] for i in range(6)])
        seen = sum(w * value[b, i] for i, w in enumerate(similar / similar.sum()))
        expected[b, row, column] = x[b, row, column] + 0.5 * linear("output", seen)
    np.testing.assert_allclose(apply(params, x), expected, rtol=1e-4, atol=1e-5)


def test_weights_sum_to_one_over_the_keys():
    weights = attention_weights(draw(2, 5, 3), 50 * draw(2, 7, 3, seed=1))
    assert weights.shape == (2, 5, 7)
    np.testing.assert_allclose(weights.sum(2), 1, rtol=1e-5)
    assert not np.allclose(weights.sum(1), 7 / 5, atol=0.1)


def test_weights_of_half_precision_are_found_in_single():
    query, key = draw(1, 4, 3).astype(jnp.bfloat16), draw(1, 300, 3, seed=1).astype(jnp.bfloat16)
    weights = attention_weights(query, key)
    assert weights.dtype == jnp.float32
    x = draw(1, 4, 4, 8).astype(jnp.bfloat16)
    params = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), begun(x, 1.0))
    assert apply(params, x).dtype == jnp.bfloat16


def test_maps_of_an_odd_size_are_refused():
    with pytest.raises(ValueError, match="5x4: give an even size"):
        SelfAttention().init(jax.random.key(0), draw(1, 5, 4, 8))
