"""Directions of generators whose weights are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import directions, networks
from gan_jax.activations import layers
from gan_jax.data.spec import Spec
from gan_jax.errors import UsageError

RNG = np.random.default_rng(0)
WEIGHTS = np.float32(RNG.normal(size=(5, 12)) * np.array([1, 2, 3, 4, 5])[:, None])
RIGHT = np.linalg.svd(WEIGHTS.T)[2]


def alike(found, exact, atol=1e-4):
    """Up to their signs."""
    np.testing.assert_allclose(np.abs((found * exact).sum(1)), 1, atol=atol)


def normalised(z):
    return z * jax.lax.rsqrt(jnp.square(z).mean(-1, keepdims=True))


def test_of_a_linear_generator_they_are_the_right_singular_vectors():
    latents = np.float32(RNG.normal(size=(2, 5)))
    found, values = directions.sefa(jax.jit(lambda z: jnp.tanh(z @ WEIGHTS) @ WEIGHTS.T), latents)
    alike(found, RIGHT)
    np.testing.assert_allclose(values, np.linalg.svd(WEIGHTS)[1] ** 2, rtol=1e-4)


def test_of_normalised_latents_they_are_those_of_the_weights():
    latents = np.float32(RNG.normal(size=(3000, 5)))
    found, _ = directions.sefa(lambda z: normalised(z) @ WEIGHTS, latents)
    alike(found, RIGHT, atol=0.02)


def test_each_part_of_the_latents_by_its_own_layer():
    """As skip-z has it: the first part at the beginning, the other further on."""
    first, second, onward = (jnp.float32(RNG.normal(size=s)) for s in ((3, 7), (2, 6), (7, 6)))

    def generate(z):
        begin, condition = jnp.split(z, [3], axis=-1)
        shared = jnp.concatenate([condition, jnp.ones((len(z), 4))], axis=-1)
        weights = jnp.concatenate([second, jnp.ones((4, 6))])
        return (jax.nn.relu(begin @ first) @ onward) * (1 + shared @ weights)

    slope = np.zeros((13, 5))
    slope[:7, :3], slope[7:, 3:] = first.T, second.T
    found, values = directions.sefa(generate, jnp.ones((1, 5)))
    _, sizes, right = np.linalg.svd(slope)
    alike(found, right)
    np.testing.assert_allclose(values, sizes**2, rtol=1e-4)


@pytest.mark.slow
def test_no_part_of_the_latents_of_biggan_is_without_a_layer():
    spec = Spec((8, 8, 1), 1.0, 0.0, ("a", "b"), (0.5, 0.5))
    generator, _ = networks.biggan_pair(spec, latent=8, width=1, embedding=3, conditional=True)
    params, stats = generator.init(jax.random.key(0))
    generate = lambda z: generator.apply(params, stats, z, jnp.zeros(1, jnp.int32))
    _, values = directions.sefa(generate, jnp.float32(RNG.normal(size=(1, 8))))
    assert (values > 1e-3).all()


def test_what_a_loop_takes_has_no_first_layer():
    def generate(z):
        step = lambda h, _: (jnp.tanh(h @ WEIGHTS[:, :5]), None)
        return jax.lax.scan(step, z, None, 3)[0]

    with pytest.raises(UsageError, match="--method pca needs none"):
        directions.sefa(generate, jnp.ones((1, 5)))


def test_layers_within_compiled_and_checkpointed_functions():
    inner = jax.checkpoint(jax.jit(lambda x: jax.nn.relu(x) @ WEIGHTS))
    found = jax.jit(lambda z: [tuple(layer) for layer in layers(inner, z)])(jnp.ones((2, 5)))
    np.testing.assert_allclose(found[0][0], np.ones((2, 5)) @ WEIGHTS, rtol=1e-5)
    both = layers(lambda z: inner(z) @ inner(z).T, jnp.ones((2, 5)))
    assert [layer.first for layer in both] == [True, True]  # and not the product of the two


def test_principal_components_of_a_linear_generator():
    latents = np.float32(RNG.normal(size=(20_000, 5)))
    found = directions.principal(latents @ WEIGHTS + 7, latents, 3)
    alike(found, RIGHT[:3], atol=0.01)
    with pytest.raises(ValueError, match="6 directions of 20000 latents of 5"):
        directions.principal(latents @ WEIGHTS, latents, 6)


def test_wide_activations_have_the_same_directions():
    """Of which there are more in an example than examples."""
    latents = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    narrow = latents @ np.diag(np.float32([4, 3, 2, 1]))
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(5000, 4)))[0]
    found = directions.principal(narrow @ turn.T, latents, 4)
    np.testing.assert_allclose(found, directions.principal(narrow, latents, 4), atol=1e-4)
