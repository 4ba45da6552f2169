from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.datasets import load_digits

from gan_jax.networks import DCGANCritic, DCGANGenerator, linen

Z = jax.ShapeDtypeStruct((2, 100), jnp.float32)


def images(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)


def parameters(module, *inputs):
    shapes = jax.eval_shape(module.init, jax.random.key(0), *inputs)["params"]
    return {f"{layer}/{name}": x.shape for layer, p in shapes.items() for name, x in p.items()}


@pytest.fixture(scope="module")
def digits():
    return np.float32(load_digits().images[:32, ..., None] / 8 - 1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "size, base, halvings", [(8, 2, 2), (28, 7, 2), (32, 4, 3), (48, 6, 3), (64, 4, 4), (12, 3, 2)]
)
def test_shapes_for_every_size(size, base, halvings, channels):
    shape, last = (size, size, channels), 64 * 2 ** (halvings - 1)
    generator = DCGANGenerator(shape)
    x, _ = jax.eval_shape(generator.init_with_output, jax.random.key(0), Z)
    assert x.shape == (2, *shape)
    made = parameters(generator, Z)
    assert made["Dense_0/kernel"] == (100, base * base * last)
    assert sum("ConvTranspose" in name and "kernel" in name for name in made) == halvings
    scores, _ = jax.eval_shape(DCGANCritic().init_with_output, jax.random.key(0), x)
    assert scores.shape == (2,)
    made = parameters(DCGANCritic(), x)
    assert made["Dense_0/kernel"] == (base * base * last, 1)
    assert sum("Conv_" in name and "kernel" in name for name in made) == halvings


def test_the_generator_of_64x64_is_that_of_the_paper():
    assert parameters(DCGANGenerator((64, 64, 3), width=128), Z) == {
        "Dense_0/kernel": (100, 4 * 4 * 1024),
        "BatchNorm_0/scale": (1024,),
        "BatchNorm_0/bias": (1024,),
        "ConvTranspose_0/kernel": (4, 4, 512, 1024),
        "BatchNorm_1/scale": (512,),
        "BatchNorm_1/bias": (512,),
        "ConvTranspose_1/kernel": (4, 4, 256, 512),
        "BatchNorm_2/scale": (256,),
        "BatchNorm_2/bias": (256,),
        "ConvTranspose_2/kernel": (4, 4, 128, 256),
        "BatchNorm_3/scale": (128,),
        "BatchNorm_3/bias": (128,),
        "ConvTranspose_3/kernel": (4, 4, 3, 128),
        "ConvTranspose_3/bias": (3,),
    }


def test_the_critic_normalises_all_but_its_input_layer():
    assert parameters(DCGANCritic(8, normalise=True), images(2, 32, 32, 3)) == {
        "Conv_0/kernel": (4, 4, 3, 8),
        "Conv_0/bias": (8,),
        "Conv_1/kernel": (4, 4, 8, 16),
        "BatchNorm_0/scale": (16,),
        "BatchNorm_0/bias": (16,),
        "Conv_2/kernel": (4, 4, 16, 32),
        "BatchNorm_1/scale": (32,),
        "BatchNorm_1/bias": (32,),
        "Dense_0/kernel": (4 * 4 * 32, 1),
        "Dense_0/bias": (1,),
    }


@pytest.mark.parametrize(
    "module, inputs",
    [
        (DCGANGenerator((28, 28, 1)), (Z,)),
        (DCGANCritic(normalise=True), (images(2, 28, 28, 1),)),
    ],
)
def test_weights_are_drawn_as_in_the_paper(module, inputs):
    params, _ = jax.device_get(jax.jit(linen(module, *inputs).init)(jax.random.key(0)))
    for layer in params.values():
        if "kernel" in layer:
            assert abs(layer["kernel"].mean()) < 0.005
            np.testing.assert_allclose(layer["kernel"].std(), 0.02, rtol=0.1)
        assert (layer.get("bias", np.zeros(())) == 0).all()


@pytest.mark.parametrize("normalise", [True, False])
def test_samples_differ_at_the_start(normalise):
    """The deviation over latents at a pixel; from N(0, 0.02^2) without batch norm it is 0.001."""
    z = jnp.asarray(np.random.default_rng(0).normal(size=(64, 32)), jnp.float32)
    network = linen(DCGANGenerator((16, 16, 1), 16, normalise=normalise), z)
    found = jax.jit(lambda key: network.apply(*network.init(key), z))(jax.random.key(0))
    assert 0.03 < found.std(0).mean() < 0.7


def test_the_critic_is_its_formula(digits):
    """Two stages, written out: padding 1, 4x4 windows at a stride of 2, slope 0.2, one logit."""
    scores, variables = jax.jit(DCGANCritic(4).init_with_output)(jax.random.key(0), digits)
    params = jax.tree.map(np.asarray, variables["params"])
    hidden = np.asarray(digits)
    for layer in ("Conv_0", "Conv_1"):
        padded = np.pad(hidden, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (4, 4), (1, 2))[:, ::2, ::2]
        hidden = np.einsum("bijcuv,uvco->bijo", windows, params[layer]["kernel"])
        hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
    expected = (hidden.reshape(len(digits), -1) @ params["Dense_0"]["kernel"])[:, 0]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def enlarged(network, *inputs):
    """What it makes of its inputs with ten times the weights that it begins with."""
    params = jax.tree.map(lambda x: 10 * x, network.init(jax.random.key(0))[0])
    return network.apply(params, {}, *inputs)


def test_images_are_in_range_and_use_it():
    network = linen(DCGANGenerator((8, 8, 3), 8), Z)
    z = np.random.default_rng(0).normal(size=(16, 100)).astype(np.float32)
    x = jax.device_get(jax.jit(partial(enlarged, network))(z))
    assert abs(x).max() <= 1 and x.min() < -0.5 and x.max() > 0.5


@pytest.mark.parametrize("kind", ["generator", "critic"])
def test_the_label_matters(digits, kind):
    z = np.random.default_rng(0).normal(size=(32, 100)).astype(np.float32)
    generator, critic = DCGANGenerator((8, 8, 1), 8, classes=10), DCGANCritic(8, classes=10)
    module, x = {"generator": (generator, z), "critic": (critic, digits)}[kind]
    labels = np.arange(32, dtype=np.int32) % 10
    apply = jax.jit(partial(enlarged, linen(module, x[:2], labels[:2])))
    one, two = (jax.device_get(apply(x, y)) for y in (labels, (labels + 1) % 10))
    assert (abs(one - two).reshape(32, -1).max(1) > 1e-3).all()


@pytest.mark.parametrize("shape", [(7, 7, 1), (10, 10, 1), (4, 4, 1), (8, 16, 1), (8, 8)])
def test_sizes_that_do_not_fit_are_refused(shape):
    words = r"a multiple of 4 and at least 8 \(8, 28, 32, 64"
    with pytest.raises(ValueError, match=words):
        linen(DCGANGenerator(shape), Z)
    with pytest.raises(ValueError, match=words):
        linen(DCGANCritic(), images(2, *shape))
