import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks import ProgressiveCritic, ProgressiveGenerator, linen
from gan_jax.networks.layers import Conv, ConvUp, double
from gan_jax.networks.progressive import equalised, faded, pixel_norm


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def kernels(module, *inputs):
    shapes = jax.eval_shape(module.init, jax.random.key(0), *inputs)["params"]
    return {name: layer["kernel"].shape for name, layer in shapes.items()}


def test_layers_are_those_of_the_paper():
    made = kernels(ProgressiveGenerator(4, 3, (128, 128, 64)), draw(2, 32))
    assert made == {
        "latent": (32, 4 * 4 * 128),
        "only_4": (3, 3, 128, 128),
        "first_8": (3, 3, 128, 128),
        "second_8": (3, 3, 128, 128),
        "first_16": (3, 3, 128, 64),
        "second_16": (3, 3, 64, 64),
        "to_image_8": (1, 1, 128, 3),
        "to_image_16": (1, 1, 64, 3),
    }
    made = kernels(ProgressiveCritic((128, 128, 64)), draw(2, 16, 16, 3))
    assert made == {
        "from_image_8": (1, 1, 3, 128),
        "from_image_16": (1, 1, 3, 64),
        "first_16": (3, 3, 64, 64),
        "second_16": (3, 3, 64, 128),
        "first_8": (3, 3, 128, 128),
        "second_8": (3, 3, 128, 128),
        "only_4": (3, 3, 128, 128),
        "hidden": (4 * 4 * 128, 128),
        "score": (128, 1),
    }


def test_the_smallest_pair_has_nothing_to_fade():
    made = kernels(ProgressiveGenerator(4, 1, (8,)), draw(2, 3))
    assert set(made) == {"latent", "only_4", "to_image_4"}
    critic = linen(ProgressiveCritic((8,)), draw(2, 4, 4, 1))
    params, _ = critic.init(jax.random.key(0))
    x = draw(2, 4, 4, 1)
    one, two = (critic.apply(params, {}, x, jnp.full(2, share)) for share in (0.0, 1.0))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("layer, kernel", [(Conv, 3), (ConvUp, 3), (Conv, 1)])
def test_equalised_weights_are_standard_and_scaled_when_used(layer, kernel):
    stride = {"stride": 1} if layer is Conv else {}

    class Equalised(nn.Module):
        @nn.compact
        def __call__(self, x):
            return equalised(layer, 6, 0.7, kernel, name="layer", **stride)(x)

    x, params = draw(2, 4, 4, 5), {"kernel": draw(kernel, kernel, 5, 6), "bias": draw(6)}
    scaled = params | {"kernel": params["kernel"] * 0.7 / np.sqrt(kernel**2 * 5)}
    expected = jax.jit(layer(6, kernel=kernel, **stride).apply)({"params": scaled}, x)
    found = jax.jit(Equalised().apply)({"params": {"layer": params}}, x)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    drawn = jax.jit(Equalised().init)(jax.random.key(0), draw(1, 2, 2, 200))["params"]["layer"][
        "kernel"
    ]
    np.testing.assert_allclose(drawn.std(), 1.0, rtol=0.05)


def test_the_norm_of_a_pixel_is_one():
    x = 30 * draw(2, 3, 3, 5)
    y = pixel_norm(x)
    np.testing.assert_allclose(jnp.square(y).mean(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(y / x, (y / x).mean(-1, keepdims=True) + 0 * x, rtol=1e-4)
    assert (pixel_norm(jnp.zeros((1, 2))) == 0).all()
    assert pixel_norm(x.astype(jnp.bfloat16)).dtype == jnp.bfloat16


def test_each_example_has_its_own_share():
    one, two = draw(3, 4, 4, 2), draw(3, 4, 4, 2, seed=1)
    mixed = faded(one, two, jnp.array([0.0, 0.25, 1.0]))
    np.testing.assert_array_equal(mixed[0], one[0])
    np.testing.assert_allclose(mixed[1], 0.75 * one[1] + 0.25 * two[1], rtol=1e-5)
    np.testing.assert_array_equal(mixed[2], two[2])


def test_features_keep_their_size_whatever_the_width():
    """What equalising is for: at the beginning no layer makes signals larger or smaller."""
    z = draw(256, 64)
    for width in (8, 64):
        network = linen(ProgressiveGenerator(4, 3, (width, width)), z)
        params, _ = network.init(jax.random.key(0))
        deviation = jax.jit(network.apply)(params, {}, z).std()
        assert 0.3 < deviation < 3


def test_a_share_fades_the_image_from_half_the_size():
    network = linen(ProgressiveGenerator(4, 1, (8, 8)), draw(2, 3))
    params, _ = network.init(jax.random.key(0))
    apply, z = jax.jit(network.apply), draw(2, 3)
    none, half, whole = (apply(params, {}, z, jnp.full(2, s)) for s in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(half, (none + whole) / 2, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(none, double(none[:, ::2, ::2]), atol=1e-6)
    np.testing.assert_allclose(apply(params, {}, z), whole, rtol=1e-5, atol=1e-6)
    assert not np.allclose(whole, double(whole[:, ::2, ::2]), atol=1e-3)
