import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks import SNGANCritic, SNGANGenerator, linen

Z, LABEL = jax.ShapeDtypeStruct((2, 128), jnp.float32), jax.ShapeDtypeStruct((2,), jnp.int32)
IMAGES = jax.ShapeDtypeStruct((2, 32, 32, 3), jnp.float32)


def parameters(module, *inputs):
    shapes = jax.eval_shape(module.init, jax.random.key(0), *inputs)["params"]
    paths = jax.tree.leaves_with_path(shapes)
    return {"/".join(key.key for key in path): x.shape for path, x in paths}


def kernels(found):
    return {name.removesuffix("/kernel"): x for name, x in found.items() if "kernel" in name}


def test_the_generator_of_32x32_is_that_of_the_paper():
    made = parameters(SNGANGenerator((32, 32, 3), (256,) * 4), Z)
    block = {"first": (3, 3, 256, 256), "second": (3, 3, 256, 256), "shortcut": (1, 1, 256, 256)}
    expected = {f"Block_{i}/{name}": shape for i in range(3) for name, shape in block.items()}
    expected |= {"Dense_0": (128, 4 * 4 * 256), "Conv_0": (3, 3, 256, 3)}
    assert kernels(made) == expected
    assert made["BatchNorm_0/scale"] == made["Block_2/BatchNorm_1/bias"] == (256,)


def test_the_critic_of_32x32_is_that_of_the_paper():
    made = kernels(parameters(SNGANCritic((128,) * 4, halvings=2), IMAGES))
    expected = {"Projection_0/score": (128, 1)}
    for i in range(4):
        inputs = 128 if i else 3
        expected[f"Block_{i}/first"] = (3, 3, inputs, 128)
        expected[f"Block_{i}/second"] = (3, 3, 128, 128)
        expected |= {f"Block_{i}/shortcut": (1, 1, inputs, 128)} if i < 2 else {}
    assert made == expected


def test_classes_are_norms_in_the_generator_and_a_projection_in_the_critic():
    made = parameters(SNGANGenerator((8, 8, 1), (8, 8), classes=3), Z, LABEL)
    norms = {name: shape for name, shape in made.items() if "BatchNorm" in name}
    assert {shape for name, shape in norms.items() if "Class" in name} == {(3, 8)}
    assert norms["BatchNorm_0/scale"] == (8,)  # the last one is of no block
    assert made["Dense_0/kernel"][0] == 128  # and the latents are given no label
    made = parameters(SNGANCritic((8,) * 3, 1, classes=3), IMAGES, LABEL)
    assert made["Projection_0/embedding/kernel"] == (3, 8)
    assert made["Block_0/first/kernel"][2] == 3


@pytest.mark.parametrize("attention, channels", [(4, 16), (8, 8), (16, 8)])
def test_attention_stands_on_maps_of_its_size(attention, channels):
    generator = SNGANGenerator((16, 16, 1), (16, 8, 8), attention=attention)
    made = kernels(parameters(generator, Z))
    assert made["SelfAttention_0/query"] == (1, 1, channels, channels // 8)
    assert not any("SelfAttention_1" in name for name in made)
    plain = kernels(parameters(SNGANGenerator((16, 16, 1), (16, 8, 8)), Z))
    assert {name for name in made if "Attention" not in name} == set(plain)


@pytest.mark.parametrize("attention, channels", [(16, 8), (8, 16)])
def test_attention_of_the_critic_stands_once(attention, channels):
    critic = SNGANCritic((8, 16, 24, 24), 2, attention=attention)
    made = kernels(parameters(critic, IMAGES))
    assert made["SelfAttention_0/output"] == (1, 1, channels // 2, channels)
    assert not any("SelfAttention_1" in name for name in made)


def test_the_score_is_linear_in_the_sum_over_the_image():
    """Of an image twice as large, of equal values, the score grows with the number of places."""
    critic = linen(SNGANCritic((4,), halvings=1), jnp.zeros((2, 8, 8, 1)))
    params, _ = critic.init(jax.random.key(0))
    only_shortcut = jax.tree.map(jnp.zeros_like, params)
    only_shortcut["Block_0"]["shortcut"] = params["Block_0"]["shortcut"]
    only_shortcut["Projection_0"] = params["Projection_0"]
    apply = jax.jit(critic.apply)
    score = lambda size: apply(only_shortcut, {}, jnp.ones((1, size, size, 1)))
    np.testing.assert_allclose(score(16), 4 * score(8), rtol=1e-5)
    features = np.maximum(params["Block_0"]["shortcut"]["kernel"][0, 0, 0], 0)
    expected = 16 * features @ params["Projection_0"]["score"]["kernel"]
    np.testing.assert_allclose(score(8), expected, rtol=1e-5)
