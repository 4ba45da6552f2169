import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from sklearn.datasets import load_digits

from gan_jax.data import Spec
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.networks import ResNetCritic, ResNetGenerator, linen, resnet_pair
from gan_jax.networks.layers import BatchNorm
from gan_jax.networks.resnet import Block, halvings

Z = jax.ShapeDtypeStruct((2, 128), jnp.float32)


def images(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def parameters(module, *inputs):
    shapes = jax.eval_shape(module.init, jax.random.key(0), *inputs)["params"]
    paths = jax.tree.leaves_with_path(shapes)
    return {"/".join(key.key for key in path): x.shape for path, x in paths}


def test_the_generator_of_32x32_is_that_of_the_paper():
    made = parameters(ResNetGenerator((32, 32, 3)), Z)
    block = {f"{name}/kernel": (3, 3, 128, 128) for name in ("first", "second")}
    block |= {"shortcut/kernel": (1, 1, 128, 128)}
    block |= {f"{name}/bias": (128,) for name in ("first", "second", "shortcut")}
    block |= {f"BatchNorm_{i}/{name}": (128,) for i in (0, 1) for name in ("scale", "bias")}
    expected = {f"Block_{i}/{name}": shape for i in range(3) for name, shape in block.items()}
    expected |= {"Dense_0/kernel": (128, 4 * 4 * 128), "Dense_0/bias": (4 * 4 * 128,)}
    expected |= {"BatchNorm_0/scale": (128,), "BatchNorm_0/bias": (128,)}
    assert made == expected | {"Conv_0/kernel": (3, 3, 128, 3), "Conv_0/bias": (3,)}


def test_the_critic_of_32x32_is_that_of_the_paper():
    made = parameters(ResNetCritic(), images(2, 32, 32, 3))
    expected = {"Dense_0/kernel": (128, 1), "Dense_0/bias": (1,)}
    for i in range(4):
        inputs = 128 if i else 3
        kernels = {"first": (3, 3, inputs, 128), "second": (3, 3, 128, 128)}
        kernels |= {"shortcut": (1, 1, inputs, 128)} if i < 2 else {}
        expected |= {f"Block_{i}/{name}/kernel": shape for name, shape in kernels.items()}
        expected |= {f"Block_{i}/{name}/bias": (128,) for name in kernels}
    assert made == expected


@pytest.mark.parametrize(
    "size, base, doublings, downs",
    [(8, 4, 1, 1), (12, 3, 2, 1), (28, 7, 2, 2), (32, 4, 3, 2), (64, 4, 4, 4), (256, 4, 6, 6)],
)
def test_blocks_follow_the_size(size, base, doublings, downs):
    shape = (size, size, 1)
    generator, critic = ResNetGenerator(shape, 8), ResNetCritic(8)
    x = jax.eval_shape(generator.init_with_output, jax.random.key(0), Z)[0]
    assert x.shape == (2, *shape)
    made = parameters(generator, Z)
    assert made["Dense_0/kernel"] == (128, base * base * 8)
    assert sum("second/kernel" in name for name in made) == doublings
    made = parameters(critic, x)
    assert sum("shortcut/kernel" in name for name in made) == downs
    assert sum("second/kernel" in name for name in made) == downs + 2


@pytest.mark.parametrize("count", [0, 1])
def test_widths_and_depths_are_arguments(count):
    widths, spec = (32, 32, 16, 8, 4), Spec((64, 64, 3), 1 / 128, -1.0)
    generator, critic = resnet_pair(spec, latent=128, widths=widths, blocks=count)
    shapes = [jax.eval_shape(net.init, jax.random.key(0))[0] for net in (generator, critic)]
    made = [{key: x[key]["second"]["kernel"].shape for key in x if "Block" in key} for x in shapes]
    assert shapes[0]["Dense_0"]["kernel"].shape == (128, 4 * 4 * 32)
    assert made[0] == {f"Block_{i}": (3, 3, width, width) for i, width in enumerate(widths[1:])}
    downs = (8, 16, 32, 32, *[32] * count)  # the last of the same size
    assert made[1] == {f"Block_{i}": (3, 3, width, width) for i, width in enumerate(downs)}
    with pytest.raises(ValueError, match="maps of 5 sizes, 4, 8, 16, 32, 64; given: 3 widths"):
        resnet_pair(spec, latent=128, widths=(8, 8, 8))
    with pytest.raises(ValueError, match="maps of 3 sizes, 7, 14, 28; given: 4 widths"):
        linen(ResNetGenerator((28, 28, 1), (8,) * 4), Z)
    with pytest.raises(ValueError, match="maps of 2 sizes, 14, 7; given: 3 widths"):
        linen(ResNetCritic((8,) * 3), images(2, 28, 28, 1))
    with pytest.raises(ValueError, match="number of blocks is -1: it must be 0 or more"):
        resnet_pair(spec, latent=128, blocks=-1)


def test_one_number_is_that_number_for_all():
    spec = Spec((32, 32, 3), 1 / 128, -1.0)
    kinds = lambda widths: [
        jax.eval_shape(network.init, jax.random.key(0))
        for network in resnet_pair(spec, latent=8, widths=widths)
    ]
    assert kinds(8) == kinds((8,) * 4) == kinds(np.int64(8))


def by_numpy(x, params, up, down, preactivate=True):
    """A block, each operation by itself and in the order of the paper."""

    def convolved(x, name):
        kernel, bias = params[name]["kernel"], params[name]["bias"]
        border = len(kernel) // 2
        padded = np.pad(x, ((0, 0), (border, border), (border, border), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], (1, 2))
        return np.einsum("bijcuv,uvco->bijo", windows, kernel) + bias

    doubled = lambda x: x.repeat(2, 1).repeat(2, 2) if up else x
    size = x.shape[1] // 2
    halved = lambda x: x.reshape(len(x), size, 2, size, 2, -1).mean((2, 4)) if down else x
    relu = lambda x: np.maximum(x, 0)
    hidden = convolved(doubled(relu(x) if preactivate else x), "first")
    shortcut = halved(convolved(doubled(x), "shortcut")) if "shortcut" in params else x
    return shortcut + halved(convolved(relu(hidden), "second"))


@pytest.mark.parametrize(
    "inputs, options",
    [
        (16, {"up": True}),
        (16, {"down": True}),
        (16, {}),
        (3, {}),
        (3, {"down": True, "preactivate": False}),
    ],
)
def test_a_block_is_its_formula(inputs, options):
    x, block = draw(2, 6, 6, inputs), Block(16, **options)
    shapes = jax.eval_shape(block.init, jax.random.key(0), x)
    random = np.random.default_rng(1)
    params = jax.tree.map(lambda leaf: random.normal(size=leaf.shape), shapes)["params"]
    assert ("shortcut" in params) is (bool(options) or inputs != 16)
    expected = by_numpy(np.asarray(x), params, **{"up": False, "down": False} | options)
    found = jax.jit(block.apply)({"params": params}, x)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


class Shifted(nn.Module):
    """A normalisation that depends on a condition `[B, C]`."""

    @nn.compact
    def __call__(self, x, condition):
        return BatchNorm()(x) + condition[:, None, None]


def test_what_normalises_receives_the_condition():
    x, condition = draw(2, 4, 4, 3), draw(2, 3, seed=1)
    block = Block(3, normalise=Shifted)
    variables = jax.jit(block.init)(jax.random.key(0), x, condition)
    assert set(variables["params"]) == {"first", "second", "Shifted_0", "Shifted_1"}
    apply = jax.jit(lambda c: block.apply({"params": variables["params"]}, x, c))
    one, two = apply(condition), apply(-condition)
    assert not np.allclose(one, two)


def test_weights_are_drawn_as_in_the_paper():
    started = lambda network: jax.device_get(jax.jit(network.init)(jax.random.key(0))[0])
    params = started(linen(ResNetCritic(64), images(2, 16, 16, 3)))
    for name, fans in [("first", (27, 576)), ("second", (576, 576)), ("shortcut", (3, 64))]:
        kernel = params["Block_0"][name]["kernel"]
        gain = 2 if name == "shortcut" else 4  # Glorot, or He by both fans
        bound = np.sqrt(3 * gain / sum(fans))
        assert abs(kernel).max() <= bound
        np.testing.assert_allclose(kernel.std(), bound / np.sqrt(3), rtol=0.1)
        assert (params["Block_0"][name]["bias"] == 0).all()
    generator = started(linen(ResNetGenerator((8, 8, 1), 8), Z))
    assert (generator["BatchNorm_0"]["scale"] == 1).all()


def test_images_are_in_range_and_use_it():
    network = linen(ResNetGenerator((8, 8, 3), 8), Z)

    @jax.jit
    def apply(z):
        params = jax.tree.map(lambda x: 10 * x, network.init(jax.random.key(0))[0])
        return network.apply(params, {}, z)

    x = jax.device_get(apply(draw(16, 128)))
    assert abs(x).max() <= 1 and x.min() < -0.5 and x.max() > 0.5


@pytest.mark.parametrize("kind", ["generator", "critic"])
def test_the_label_matters(kind):
    digits = np.float32(load_digits().images[:32, ..., None] / 8 - 1)
    spec = Spec((8, 8, 1), 1 / 8, -1.0, tuple("0123456789"))
    network = resnet_pair(spec, latent=16, widths=8, conditional=True)[kind == "critic"]
    x, label = {"generator": draw(32, 16), "critic": digits}[kind], np.arange(32) % 10
    apply = jax.jit(lambda x, y: network.apply(*network.init(jax.random.key(0)), x, y))
    one, two = (jax.device_get(apply(x, y)) for y in (label, (label + 1) % 10))
    assert (abs(one - two).reshape(32, -1).max(1) > 1e-3).all()


def test_the_gradient_of_a_penalty_is_that_of_differences():
    with jax.enable_x64(True):
        critic = linen(ResNetCritic(4), images(2, 8, 8, 1))
        flat, unravel = ravel_pytree(jax.jit(critic.init)(jax.random.key(0))[0])
        real, fake = (draw(2, 8, 8, 1, seed=seed).astype(float) for seed in (0, 1))
        keys = jax.random.split(jax.random.key(1), 2)

        @jax.jit
        @jax.value_and_grad
        def penalty(flat):
            score = lambda x: critic.apply(unravel(flat), {}, x)
            return gradient_penalty()(score, keys, real, fake)

        flat, way = np.asarray(flat, float), draw(flat.size).astype(float)
        above, below = (penalty(flat + step * way)[0] for step in (1e-6, -1e-6))
        np.testing.assert_allclose(penalty(flat)[1] @ way, (above - below) / 2e-6, rtol=1e-4)


def test_halvings_stop_where_the_size_is_odd_or_small():
    assert [halvings((s, s, 3), 8) for s in (8, 16, 20, 36, 48, 256)] == [1, 1, 2, 2, 3, 5]


@pytest.mark.parametrize("shape", [(4, 4, 1), (10, 10, 1), (260, 260, 3), (8, 16, 1), (8, 8)])
def test_sizes_that_do_not_fit_are_refused(shape):
    words = r"a multiple of 4 from 8 to 256 \(8, 28, 32, 64"
    with pytest.raises(ValueError, match=words):
        linen(ResNetGenerator(shape), Z)
    with pytest.raises(ValueError, match=words):
        linen(ResNetCritic(), images(2, *shape))
