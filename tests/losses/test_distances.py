import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax.losses import energy_distance
from gan_jax.losses.distances import norms


def folded(mean, deviation):
    """E|t| for t ~ N(mean, deviation^2)."""
    flat = deviation * np.sqrt(2 / np.pi) * np.exp(-(mean**2) / (2 * deviation**2))
    return flat + mean * (1 - 2 * stats.norm.cdf(-mean / deviation))


@pytest.mark.parametrize("mean", [0.0, 0.5, 2.0])
def test_between_two_normal_distributions_it_is_the_closed_form(mean):
    normal = np.random.default_rng(0).normal(size=(4, 200_000, 1))
    normal[2:] += mean
    found = float(jax.jit(energy_distance)(*normal))
    expected = 2 * folded(mean, np.sqrt(2)) - 4 / np.sqrt(np.pi)
    assert found == pytest.approx(expected, abs=0.01)


def test_it_pairs_row_with_row():
    a, b, c, d = np.random.default_rng(0).normal(size=(4, 6, 3))
    length = lambda x: np.linalg.norm(x, axis=1)
    expected = length(a - c) + length(b - d) - length(a - b) - length(c - d)
    with jax.enable_x64(True):
        np.testing.assert_allclose(energy_distance(a, b, c, d), expected.mean(), rtol=1e-9)


def test_where_rows_are_equal_the_slope_is_finite():
    x = jnp.ones((4, 3))
    value, slope = jax.value_and_grad(lambda y: energy_distance(x, x, y, x))(x)
    assert abs(value) < 1e-5 and np.isfinite(slope).all()
    assert norms(x.astype(jnp.bfloat16)).dtype == jnp.float32
