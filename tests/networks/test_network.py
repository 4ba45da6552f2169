import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks import (
    BatchNorm,
    BigGANGenerator,
    DCGANCritic,
    DCGANGenerator,
    DCGANTrunk,
    LSTMCritic,
    LSTMGenerator,
    MLPCritic,
    MLPGenerator,
    R3GANCritic,
    R3GANGenerator,
    ResNetCritic,
    ResNetGenerator,
    SNGANCritic,
    SNGANGenerator,
    linen,
    zero_to_one,
)

Z, LABEL = jax.ShapeDtypeStruct((2, 7), jnp.float32), jax.ShapeDtypeStruct((2,), jnp.int32)
SMALL, LARGE = (jax.ShapeDtypeStruct((2, s, s, 1), jnp.float32) for s in (8, 16))
EVEN = jax.ShapeDtypeStruct((2, 6), jnp.float32)
SERIES = jax.ShapeDtypeStruct((2, 5, 2), jnp.float32)

ROOM = {  # every network of the room: a module, its inputs, whether it mixes examples
    "mlp generator": (MLPGenerator((2,), (16,)), (Z,), False),
    "mlp generator, classes": (MLPGenerator((2,), (16,), classes=3), (Z, LABEL), False),
    "mlp critic": (MLPCritic((16,)), (SMALL,), False),
    "mlp critic, classes": (MLPCritic((16,), classes=3), (SMALL, LABEL), False),
    "dcgan generator": (DCGANGenerator((8, 8, 1), 4), (Z,), True),
    "dcgan generator, classes": (DCGANGenerator((16, 16, 1), 4, 3), (Z, LABEL), True),
    "dcgan generator, plain": (DCGANGenerator((8, 8, 1), 4, normalise=False), (Z,), False),
    "dcgan critic": (DCGANCritic(4), (SMALL,), False),
    "dcgan critic, classes": (DCGANCritic(4, 3), (SMALL, LABEL), False),
    "dcgan critic, normalised": (DCGANCritic(4, normalise=True), (LARGE,), True),
    "dcgan trunk": (DCGANTrunk(4, 6), (SMALL,), False),
    "dcgan trunk, normalised": (DCGANTrunk(4, 6, normalise=True), (SMALL,), True),
    "resnet generator": (ResNetGenerator((8, 8, 1), 4), (Z,), True),
    "resnet generator, plain": (ResNetGenerator((8, 8, 1), 4, 3, False), (Z, LABEL), False),
    "resnet critic": (ResNetCritic(4, 3), (SMALL, LABEL), False),
    "sngan generator": (SNGANGenerator((8, 8, 1), (8, 8), 3, attention=8), (Z, LABEL), True),
    "sngan critic": (SNGANCritic((8, 8), 1, 3, attention=4), (SMALL, LABEL), False),
    "biggan generator": (BigGANGenerator((8, 8, 1), (8, 8), 3, 5), (EVEN, LABEL), True),
    "r3gan generator": (R3GANGenerator((8, 8, 1), (4, 4), 3), (Z, LABEL), False),
    "r3gan critic": (R3GANCritic((4, 4)), (SMALL,), False),
    "lstm generator": (LSTMGenerator((5, 2), 4, 3), (Z, LABEL), False),
    "lstm critic": (LSTMCritic(4), (SERIES,), False),
}


def draw(examples, batch=6, seed=0):
    random = np.random.default_rng(seed)
    sizes = [(batch, *x.shape[1:]) for x in examples]
    integer = [jnp.issubdtype(x.dtype, jnp.integer) for x in examples]
    return tuple(
        np.asarray(random.integers(3, size=s) if i else random.normal(size=s), x.dtype)
        for s, i, x in zip(sizes, integer, examples, strict=True)
    )


def weights(network):
    """Weights of the right shapes, large enough that what mixes is seen above rounding."""
    shapes, _ = jax.eval_shape(network.init, jax.random.key(0))
    random = np.random.default_rng(0)
    return jax.tree.map(lambda x: np.asarray(random.normal(size=x.shape) / 2, x.dtype), shapes)


@pytest.mark.parametrize("name", ROOM)
def test_mixes_says_whether_an_example_depends_on_its_companions(name):
    module, examples, mixes = ROOM[name]
    network = linen(module, *examples)
    params, inputs = weights(network), draw(examples)
    other = (np.concatenate([inputs[0][:1] + 1, inputs[0][1:]]), *inputs[1:])
    apply = jax.jit(network.apply)
    before, after = (jax.device_get(apply(params, {}, *given)) for given in (inputs, other))
    assert not np.array_equal(before[0], after[0])
    assert np.array_equal(before[1:], after[1:]) is not mixes
    assert network.mixes is mixes
    assert (network.settle is not None) is mixes


@pytest.mark.parametrize("name", [name for name, (*_, mixes) in ROOM.items() if mixes])
def test_a_settled_network_sees_each_example_alone(name):
    module, examples, _ = ROOM[name]
    network = linen(module, *examples)
    assert jax.eval_shape(network.init, jax.random.key(0))[1] == {}
    params, inputs = weights(network), draw(examples, 16)

    @jax.jit
    def settled(params, *inputs):
        stats = network.settle(params, {"other": {"kept": 1}}, *inputs)
        return stats, network.apply(params, {}, *inputs)

    stats, training = settled(params, *inputs)
    assert stats.pop("other") == {"kept": 1}
    companions = draw(examples, 16, seed=1)
    mixed = jax.tree.map(lambda a, b: np.concatenate([a[:3], b[3:]]), inputs, companions)
    apply = jax.jit(network.apply)
    one, two = (jax.device_get(apply(params, stats, *given)) for given in (inputs, mixed))
    # On the batch that it settled on, it is what it was in training.
    np.testing.assert_allclose(one, training, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(one[:3], two[:3])
    assert not np.array_equal(one[3:], two[3:])


def test_settle_measures_what_the_layer_receives():
    network = linen(DCGANGenerator((8, 8, 1), 4), Z)
    params, _ = jax.jit(network.init)(jax.random.key(0))
    (z,) = draw((Z,), 64)
    measured = jax.jit(network.settle)(params, {}, z)["statistics"]["BatchNorm_0"]
    features = (np.asarray(z) @ np.asarray(params["Dense_0"]["kernel"])).reshape(-1, 8)
    np.testing.assert_allclose(measured["mean"], features.mean(0), atol=1e-6)
    np.testing.assert_allclose(measured["variance"], features.var(0), rtol=1e-4)


@pytest.mark.parametrize("name", ["mlp critic, classes", "dcgan critic, normalised"])
def test_values_from_zero_are_what_the_network_sees(name):
    module, examples, mixes = ROOM[name]
    network = linen(module, *examples)
    params, (x, *rest) = weights(network), draw(examples)

    def play(network, x):
        stats = network.settle(params, {}, x, *rest) if mixes else {}
        return stats, network.apply(params, stats, x, *rest)

    found = jax.jit(lambda x: play(zero_to_one(network), x))(x)
    expected = jax.jit(lambda x: play(network, x))((x + 1) / 2)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), found, expected)


@pytest.mark.parametrize("name", ["mlp generator", "dcgan generator", "dcgan critic"])
def test_weights_depend_on_the_key_alone(name):
    module, examples, _ = ROOM[name]
    init = jax.jit(linen(module, *examples).init)
    one, same, other = (init(jax.random.key(seed))[0] for seed in (0, 0, 1))
    jax.tree.map(np.testing.assert_array_equal, one, same)
    pairs = zip(*map(jax.tree.leaves, (one, other)), strict=True)
    kernels = [(a, b) for a, b in pairs if a.ndim > 1]
    assert kernels
    assert all(not np.array_equal(a, b) for a, b in kernels)


def test_examples_give_their_shapes_alone():
    networks = [linen(MLPCritic((8,)), x) for x in (Z, *draw((Z,), 1))]
    made = [jax.jit(network.init)(jax.random.key(0))[0] for network in networks]
    jax.tree.map(np.testing.assert_array_equal, *made)


class Noisy(nn.Module):
    @nn.compact
    def __call__(self, x, keys):
        noise = jax.vmap(lambda key: jax.random.normal(key, x.shape[1:]))(keys)
        return nn.Dense(1)(x + noise)


def test_a_network_that_draws_takes_keys():
    network = linen(Noisy(), Z, jax.eval_shape(lambda: jax.random.split(jax.random.key(0), 2)))
    state, x = jax.jit(network.init)(jax.random.key(0)), np.zeros((4, 7), np.float32)
    draw = jax.jit(lambda key: network.apply(*state, x, jax.random.split(key, 4)))
    one, two = (draw(jax.random.key(seed)) for seed in (0, 1))
    assert one.shape == (4, 1) and not np.allclose(one, two)


class FlaxBatchNorm(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.BatchNorm(use_running_average=False)(x)


class Dropout(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dropout(0.5, deterministic=False)(nn.Dense(1)(x))


class OfSeven(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(1)(x.reshape(-1, 7))


def test_variables_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="FlaxBatchNorm.*batch_stats.*gan_jax.networks.BatchNorm"):
        linen(FlaxBatchNorm(), Z)


def test_draws_without_keys_are_refused():
    with pytest.raises(ValueError, match="Dropout draws.*takes keys as an input"):
        linen(Dropout(), Z)


@pytest.mark.parametrize(
    "module, examples, words",
    [
        (OfSeven(), (jnp.zeros((2, 5)),), r"OfSeven does not fit its inputs \(float32\[2, 5\]\)"),
        (OfSeven(), (Z, LABEL), r"\(float32\[2, 7\], int32\[2\]\)"),
        (OfSeven(), (), r"\(none\)"),
        (MLPCritic(classes=3), (Z,), "classes=3 got no labels"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(module, examples, words):
    with pytest.raises(ValueError, match=words) as refused:
        linen(module, *examples)
    assert "\n" not in str(refused.value)


class Normalised(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.LayerNorm()(nn.Dense(4)(x))


class PairDistances(nn.Module):
    @nn.compact
    def __call__(self, x):
        return jnp.abs(x[:, None] - x[None]).mean(1)


def test_mixes_follows_the_statistics_unless_given():
    assert not linen(Normalised(), Z).mixes
    assert linen(nn.Sequential([nn.Dense(2), BatchNorm()]), Z).mixes
    assert not linen(PairDistances(), Z).mixes
    assert linen(PairDistances(), Z, mixes=True).mixes
    assert linen(PairDistances(), Z).init(jax.random.key(0)) == ({}, {})
