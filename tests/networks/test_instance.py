import jax
import jax.numpy as jnp
import numpy as np

from gan_jax.networks import InstanceNorm


def test_instance_norm_is_its_formula_and_mixes_nothing():
    x = np.random.default_rng(0).normal(3.0, 2.0, (3, 4, 6, 5)).astype(np.float32)
    exact = x.astype(np.float64)
    mean, variance = exact.mean((1, 2), keepdims=True), exact.var((1, 2), keepdims=True)
    apply = jax.jit(lambda x: InstanceNorm().apply({}, x))
    expected = (exact - mean) / np.sqrt(variance + 1e-5)
    np.testing.assert_allclose(apply(x), expected, atol=1e-5)
    np.testing.assert_array_equal(apply(x[::-1]), apply(x)[::-1])
    constant = apply(np.ones_like(x))
    assert float(jnp.abs(constant).max()) == 0
    assert apply(x.astype(jnp.bfloat16)).dtype == jnp.bfloat16
