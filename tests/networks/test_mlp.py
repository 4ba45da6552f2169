import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import data
from gan_jax.networks import MLPCritic, MLPGenerator, maxout_layer, mlp_pair, normalised_layer


def draw(*shape):
    return jnp.asarray(np.random.default_rng(0).normal(size=shape), jnp.float32)


@pytest.mark.parametrize("shape", [(), (2,), (8, 8, 1), (28, 28, 3)])
def test_shapes(shape):
    make = lambda module, x: jax.eval_shape(module.init_with_output, jax.random.key(0), x)
    x, variables = make(MLPGenerator(shape, (16, 32)), draw(4, 7))
    assert x.shape == (4, *shape)
    sizes = [layer["kernel"].shape for layer in variables["params"].values()]
    assert sizes == [(7, 16), (16, 32), (32, int(np.prod(shape)))]
    assert make(MLPCritic((16,)), x)[0].shape == (4,)


def test_it_is_its_formula():
    x = draw(5, 4, 2)
    scores, variables = MLPCritic((16,)).init_with_output(jax.random.key(0), x)
    one, two = (jax.tree.map(np.asarray, variables["params"][f"Dense_{i}"]) for i in (0, 1))
    hidden = np.maximum(np.asarray(x, np.float64).reshape(5, 8) @ one["kernel"] + one["bias"], 0)
    expected = hidden @ two["kernel"][:, 0] + two["bias"]
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


def test_the_output_is_as_asked():
    z = 100 * draw(64, 7)
    variables = MLPGenerator((3,)).init(jax.random.key(0), z)
    points = MLPGenerator((3,)).apply(variables, z)
    assert abs(points).max() > 1
    images = MLPGenerator((3,), output=jnp.tanh).apply(variables, z)
    np.testing.assert_allclose(images, np.tanh(points), atol=1e-6)


def test_maxout_is_the_largest_piece():
    x = draw(5, 4)
    critic = MLPCritic((2,), layer=maxout_layer(3))
    scores, variables = critic.init_with_output(jax.random.key(0), x)
    one, two = (jax.tree.map(np.asarray, variables["params"][f"Dense_{i}"]) for i in (0, 1))
    pieces = np.asarray(x, np.float64) @ one["kernel"] + one["bias"]
    units = np.stack([pieces[:, :3].max(1), pieces[:, 3:].max(1)], 1)
    expected = units @ two["kernel"][:, 0] + two["bias"]
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="number of pieces is 0"):
        maxout_layer(0)


def test_a_pair_with_layers_of_its_own_on_each_side():
    spec = data.open("ring").spec
    kinds = {"layer": normalised_layer, "critic_layer": maxout_layer(2)}
    pair = mlp_pair(spec, latent=3, widths=(8, 8), critic_widths=(6,), pack=2, **kinds)
    generator, critic = (network.init(jax.random.key(0)) for network in pair)
    kernels = [critic[0][f"Dense_{i}"]["kernel"].shape for i in (0, 1)]
    assert kernels == [(4, 12), (6, 1)]
    assert {"BatchNorm_0", "BatchNorm_1"} < set(generator[0])
    z = draw(64, 3)
    together, alone = (pair[0].apply(*generator, some) for some in (z, z[:2]))
    assert abs(together[:2] - alone).max() > 1e-2  # batch norm mixes examples


def test_hidden_layers_keep_the_scale():
    """He et al. 2015: the mean square of the activations is the same in every layer of a ReLU."""
    x = draw(512, 256)
    for depth in (1, 8):
        generator = MLPGenerator((256,), (256,) * depth)
        square = jnp.square(jax.jit(generator.init_with_output)(jax.random.key(1), x)[0]).mean()
        assert 0.3 < square < 3.0


@pytest.mark.parametrize(
    "module, x", [(MLPGenerator((2,), classes=3), draw(4, 7)), (MLPCritic(classes=3), draw(4, 2))]
)
def test_the_label_matters(module, x):
    variables = module.init(jax.random.key(0), x, jnp.zeros(4, int))
    one, two = (module.apply(variables, x, jnp.full(4, label)) for label in (0, 1))
    assert (abs(one - two).reshape(4, -1).max(1) > 1e-3).all()


def test_labels_and_classes_come_together():
    with pytest.raises(ValueError, match="classes=0"):
        MLPCritic().init(jax.random.key(0), draw(4, 2), jnp.zeros(4, int))
