import os
import subprocess
import sys

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks.layers import (
    BatchNorm,
    Conv,
    ConvDown,
    ConvTranspose,
    ConvUp,
    Dense,
    double,
    mean_pool,
)


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(3.0, 2.0, shape), jnp.float32)


def normalised(x, params, epsilon=1e-5):
    x = np.asarray(x, np.float64)
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axes), x.var(axes)
    params = jax.tree.map(np.asarray, params)
    return params["scale"] * (x - mean) / np.sqrt(variance + epsilon) + params["bias"]


@pytest.mark.parametrize("shape", [(6, 5), (4, 3, 3, 5)])
def test_batch_norm_is_its_formula(shape):
    x = draw(*shape)
    params = {"scale": draw(5, seed=1), "bias": draw(5, seed=2)}
    np.testing.assert_allclose(
        BatchNorm().apply({"params": params}, x), normalised(x, params), rtol=1e-4, atol=1e-4
    )


def test_batch_norm_survives_a_large_mean():
    """The variance is that of the deviations: E[x^2] - E[x]^2 would be all rounding here."""
    x = jnp.asarray([[10_000.0], [10_000.5], [10_001.0], [10_000.5]])
    params = {"scale": jnp.ones(1), "bias": jnp.zeros(1)}
    y = BatchNorm().apply({"params": params}, x)
    np.testing.assert_allclose(y[:, 0], np.sqrt([2.0, 0, 2, 0]) * [-1, 1, 1, 1], atol=1e-3)


def test_batch_norm_in_half_precision_measures_in_single():
    x = draw(4096, 1).astype(jnp.bfloat16)
    y, stored = BatchNorm().apply(
        {"params": {"scale": jnp.ones(1), "bias": jnp.zeros(1)}}, x, mutable=["statistics"]
    )
    assert y.dtype == jnp.bfloat16
    assert stored["statistics"]["mean"].dtype == jnp.float32
    exact = np.asarray(x, np.float64).mean()
    np.testing.assert_allclose(stored["statistics"]["mean"][0], exact, rtol=1e-5)


def test_batch_norm_stores_when_asked_and_then_uses_what_it_stored():
    x, other = draw(8, 5), draw(8, 5, seed=1)
    layer = BatchNorm()
    variables = layer.init(jax.random.key(0), x)
    assert set(variables) == {"params", "statistics"}
    params = {"params": variables["params"]}
    settled, stored = layer.apply(params, x, mutable=["statistics"])
    assert stored["statistics"].keys() == {"mean", "variance"}
    np.testing.assert_allclose(stored["statistics"]["mean"], np.mean(x, 0), rtol=1e-5)
    np.testing.assert_allclose(stored["statistics"]["variance"], np.var(x, 0), rtol=1e-5)
    np.testing.assert_array_equal(layer.apply(params, x), settled)
    np.testing.assert_array_equal(layer.apply(params | stored, x), settled)
    fixed = layer.apply(params | stored, other)
    assert not np.allclose(fixed, layer.apply(params, other), atol=1e-2)
    again = layer.apply(params | stored, other, mutable=["statistics"])[1]
    np.testing.assert_allclose(again["statistics"]["mean"], np.mean(other, 0), rtol=1e-5)


def test_the_gain_is_drawn_around_one():
    scale = BatchNorm().init(jax.random.key(0), draw(2, 4000))["params"]["scale"]
    assert abs(scale.mean() - 1) < 0.002 and abs(scale.std() - 0.02) < 0.001


@pytest.mark.parametrize(
    "layer, side", [(Conv(6), 4), (ConvTranspose(6), 16), (ConvDown(6), 4), (ConvUp(6), 16)]
)
def test_convolutions_change_the_size_by_the_stride(layer, side):
    x = draw(2, 8, 8, 3)
    y, variables = jax.jit(layer.init_with_output)(jax.random.key(0), x)
    assert y.shape == (2, side, side, 6)
    assert variables["params"]["bias"].shape == (6,)
    channels = (6, 3) if isinstance(layer, ConvTranspose) else (3, 6)
    assert variables["params"]["kernel"].shape == (layer.kernel, layer.kernel, *channels)
    shifted = {"params": variables["params"] | {"bias": jnp.arange(6.0)}}
    moved = np.broadcast_to(np.arange(6.0), y.shape)
    np.testing.assert_allclose(jax.jit(layer.apply)(shifted, x) - y, moved, atol=1e-5)


def test_a_transposed_convolution_has_the_kernel_of_the_convolution():
    x, y = draw(2, 8, 8, 3), draw(2, 4, 4, 6)
    conv, transpose = Conv(6, use_bias=False), ConvTranspose(3, use_bias=False)
    variables = jax.jit(conv.init)(jax.random.key(0), x)
    assert set(variables["params"]) == {"kernel"}
    there = jnp.vdot(jax.jit(conv.apply)(variables, x), y)
    back = jnp.vdot(x, jax.jit(transpose.apply)(variables, y))
    np.testing.assert_allclose(there, back, rtol=1e-4)


def test_a_convolution_is_that_of_flax_where_both_exist():
    x = draw(2, 8, 8, 3)
    ours, variables = jax.jit(Conv(6).init_with_output)(jax.random.key(0), x)
    theirs = nn.Conv(6, (4, 4), (2, 2), padding="SAME").apply(variables, x)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_convolutions_that_change_the_size_are_two_layers_in_one():
    x, conv = draw(2, 8, 8, 3), Conv(6, 3, 1)
    variables = jax.jit(conv.init)(jax.random.key(0), x)
    apply = lambda layer, x: jax.jit(layer.apply)(variables, x)
    np.testing.assert_allclose(apply(ConvDown(6), x), mean_pool(apply(conv, x)), atol=1e-5)
    np.testing.assert_allclose(apply(ConvUp(6), x), apply(conv, double(x)), atol=1e-5)


@pytest.mark.parametrize("shape", [(4, 3), (2, 4, 3)])
def test_a_dense_layer_is_that_of_flax(shape):
    x, found = draw(*shape), []
    for layer in (Dense(5), nn.Dense(5)):
        variables = layer.init(jax.random.key(0), x)
        found.append((variables, jax.jit(layer.apply)(variables, x)))
    jax.tree.map(np.testing.assert_array_equal, *found)


def test_the_mean_over_2x2_and_the_doubling():
    x = jnp.arange(16.0).reshape(1, 4, 4, 1)
    assert mean_pool(x)[0, ..., 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert double(x)[0, :2, :, 0].tolist() == [[0, 0, 1, 1, 2, 2, 3, 3]] * 2
    np.testing.assert_array_equal(mean_pool(double(x)), x)


@pytest.mark.parametrize(
    "layer, shape, kernel",
    [(Conv(1, 1, 1), (1, 64, 64, 1), (1, 1, 1, 1)), (Dense(1), (4096, 1), (1, 1))],
    ids=["convolution", "dense"],
)
def test_the_bias_of_half_precision_gets_an_exact_gradient(layer, shape, kernel):
    """A sum of 4,096 ones: added up in bfloat16 it would stay at 256."""
    x = jnp.zeros(shape, jnp.bfloat16)
    params = {"kernel": jnp.zeros(kernel, jnp.bfloat16), "bias": jnp.zeros(1, jnp.bfloat16)}
    total = lambda params: layer.apply({"params": params}, x).astype(jnp.float32).sum()
    traced = jax.make_jaxpr(jax.grad(total))(params)
    sums = [e for e in traced.jaxpr.eqns if e.primitive.name == "reduce_sum"]
    assert sums and all(e.invars[0].aval.dtype == jnp.float32 for e in sums)
    assert float(jax.grad(total)(params)["bias"][0]) == 4096


TWO_DEVICES = """
import jax, jax.numpy as jnp, numpy as np
from gan_jax import axis
from gan_jax.networks import DCGANGenerator, linen

assert jax.device_count() == 2
network = linen(DCGANGenerator((8, 8, 1), width=4), jnp.zeros((2, 3)))
params = jax.tree.map(lambda x: x.astype(jnp.float64), network.init(jax.random.key(0))[0])
z, weights = np.random.default_rng(0).normal(size=(2, 8, 192))[..., :3], np.arange(64.0)

def measure(z):
    def loss(params):
        return axis.mean((network.apply(params, {}, z).reshape(-1, 64) @ weights).mean())
    gradient = axis.mean(jax.grad(loss)(params))
    return network.apply(params, {}, z), gradient, network.settle(params, {}, z)

z = z.reshape(16, 3)
whole = jax.jit(measure)(z)
assert float(abs(whole[1]["Dense_0"]["kernel"]).max()) > 1e-3
images, gradient, stats = jax.pmap(measure, axis_name=axis.NAME)(z.reshape(2, 8, 3))
np.testing.assert_allclose(images.reshape(16, 8, 8, 1), whole[0], rtol=0, atol=1e-12)
for device in range(2):
    split = jax.tree.map(lambda x: x[device], (gradient, stats))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-10), split, whole[1:])
half = network.apply(params, {}, z[:8])
assert float(abs(half - whole[0][:8]).max()) > 1e-6
print("equal")
"""


@pytest.mark.slow
def test_on_two_devices_the_batch_is_the_global_one():
    flags = {
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        "JAX_PLATFORMS": "cpu",
        "JAX_ENABLE_X64": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES], env=os.environ | flags, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "equal\n"
