import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.networks import R3GANCritic, R3GANGenerator, linen, r3gan_pair
from gan_jax.networks.layers import double, mean_pool
from gan_jax.networks.r3gan import Bottleneck, blur

Z = jax.ShapeDtypeStruct((2, 64), jnp.float32)
LABEL = jax.ShapeDtypeStruct((2,), jnp.int32)


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def shapes(module, *inputs):
    made = jax.eval_shape(module.init, jax.random.key(0), *inputs)["params"]
    return jax.tree.map(lambda x: x.shape, made)


def count(module, *inputs):
    made = jax.eval_shape(module.init, jax.random.key(0), *inputs)["params"]
    return sum(x.size for x in jax.tree.leaves(made))


def test_numbers_of_parameters_are_those_of_the_paper():
    """20.7 M in both for Stacked MNIST; 20.8 M and 21.3 M for CIFAR-10 with its ten classes."""
    widths = (768,) * 4
    images = jax.ShapeDtypeStruct((2, 32, 32, 3), jnp.float32)
    millions = lambda module, *inputs: round(count(module, *inputs) / 1e6, 1)
    assert millions(R3GANGenerator((32, 32, 3), widths), Z) == 20.7
    assert millions(R3GANCritic(widths), images) == 20.7
    assert millions(R3GANGenerator((32, 32, 3), widths, 10), Z, LABEL) == 20.8
    assert millions(R3GANCritic(widths, 10), images, LABEL) == 21.3


def test_a_little_wider_is_a_little_larger():
    """Groups of 16 channels, or nearly: one group alone would have six times the parameters."""
    sizes = [
        count(R3GANGenerator((32, 32, 3), (width,) * 4), Z) for width in (92, 96, 98, 100, 104)
    ]
    assert all(0.75 < few / many < 1.3 for few, many in itertools.pairwise(sizes))
    assert sizes[1] == 527_136


def test_blocks_are_inverted_and_grouped():
    made = shapes(R3GANGenerator((16, 16, 3), (16, 16, 32)), Z)
    assert made["Bottleneck_0"]["expand"]["kernel"] == (1, 1, 16, 32)
    assert made["Bottleneck_0"]["grouped"] == (3, 3, 16, 32)  # 2 groups of 16 channels
    assert made["Bottleneck_0"]["reduce"] == {"kernel": (1, 1, 32, 16)}
    assert made["Bottleneck_5"]["grouped"] == (3, 3, 16, 64)
    assert made["maps"] == (1, 4, 4, 16)
    assert made["Conv_0"]["kernel"] == (1, 1, 16, 32)  # only where the channels change
    assert made["Conv_1"]["kernel"] == (1, 1, 32, 3)
    assert "Conv_2" not in made and "Bottleneck_6" not in made


@pytest.mark.parametrize("which", ["generator", "critic"])
def test_blocks_are_as_many_as_asked_and_scaled_by_their_number(which):
    spec = Spec((8, 8, 3), 1 / 128, -1.0)
    network = r3gan_pair(spec, latent=8, widths=64, blocks=3)[which == "critic"]
    params = jax.device_get(jax.jit(network.init)(jax.random.key(0))[0])
    blocks = [params[name] for name in params if name.startswith("Bottleneck")]
    assert len(blocks) == 2 * 3
    found = np.std([block["expand"]["kernel"] for block in blocks])
    he = np.sqrt(2 / (1 + 0.2**2) / 64)
    np.testing.assert_allclose(found, he * (2 * 3) ** -0.25, rtol=0.02)
    with pytest.raises(ValueError, match="number of blocks is 0: it must be above 0"):
        r3gan_pair(spec, blocks=0)


def test_a_block_begins_as_the_identity_at_the_scale_of_fix_up():
    x, block = draw(2, 4, 4, 64), Bottleneck(blocks=16, groups=8)
    y, variables = jax.jit(block.init_with_output)(jax.random.key(0), x)
    np.testing.assert_array_equal(y, x)
    params, gain = variables["params"], np.sqrt(2 / 1.04) / 16**0.25
    np.testing.assert_allclose(params["expand"]["kernel"].std() * 8, gain, rtol=0.05)
    np.testing.assert_allclose(params["grouped"].std() * np.sqrt(9 * 16), gain, rtol=0.05)
    assert (params["bias"] == 0).all() and (params["reduce"]["kernel"] == 0).all()


def test_a_block_is_its_formula():
    x, block = draw(2, 3, 3, 4), Bottleneck(blocks=1, groups=2)
    drawn = jax.eval_shape(block.init, jax.random.key(0), x)["params"]
    random = np.random.default_rng(1)
    p = jax.tree.map(lambda leaf: random.normal(size=leaf.shape), drawn)
    leaky = lambda x: np.where(x > 0, x, 0.2 * x)
    inner = leaky(np.asarray(x) @ p["expand"]["kernel"][0, 0] + p["expand"]["bias"])
    padded = np.pad(inner, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    halves = zip(np.split(windows, 2, 3), np.split(p["grouped"], 2, 3), strict=True)
    grouped = [np.einsum("bijcuv,uvco->bijo", window, kernel) for window, kernel in halves]
    inner = leaky(np.concatenate(grouped, -1) + p["bias"])
    expected = np.asarray(x) + inner @ p["reduce"]["kernel"][0, 0]
    np.testing.assert_allclose(jax.jit(block.apply)({"params": p}, x), expected, rtol=1e-4)


def test_sizes_change_by_bilinear_interpolation():
    x = draw(1, 4, 4, 2)
    up = blur(double(x))
    expected = jax.image.resize(x, (1, 8, 8, 2), "bilinear")
    np.testing.assert_allclose(up[:, 1:-1, 1:-1], expected[:, 1:-1, 1:-1], rtol=1e-5, atol=1e-6)
    y = draw(1, 8, 8, 2, seed=1)  # and the way down is its transpose, a quarter of it
    np.testing.assert_allclose(jnp.vdot(up, y), 4 * jnp.vdot(x, mean_pool(blur(y))), rtol=1e-4)


def test_the_critic_ends_in_one_weight_for_each_place():
    critic = linen(R3GANCritic((4, 4)), jnp.zeros((2, 8, 8, 4)))
    params, _ = critic.init(jax.random.key(0))
    x = draw(3, 8, 8, 4)
    small = np.asarray(mean_pool(blur(x)))  # all blocks begin as the identity
    expected = (small * np.asarray(params["weights"])).sum((1, 2)) @ params["Dense_0"]["kernel"]
    np.testing.assert_allclose(
        jax.jit(critic.apply)(params, {}, x), expected[:, 0], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("kind", ["generator", "critic"])
def test_the_label_matters(kind):
    inputs = draw(4, 8) if kind == "generator" else draw(4, 8, 8, 1)
    made = {"generator": R3GANGenerator((8, 8, 1), (4, 4), 3), "critic": R3GANCritic((4, 4), 3)}
    network = linen(made[kind], inputs, jnp.zeros(4, jnp.int32))
    params, _ = network.init(jax.random.key(0))
    apply = jax.jit(network.apply)
    one, two = (apply(params, {}, inputs, jnp.full(4, label)) for label in (0, 1))
    assert (abs(one - two).reshape(4, -1).max(1) > 1e-4).all()
