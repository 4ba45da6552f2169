"""Divergences, densities and bounds of Gaussian codes, against SciPy and closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import losses

MEAN = jnp.array([[0.5, -1.0, 2.0], [0.0, 0.3, -0.2]])
LOG_VARIANCE = jnp.array([[0.2, -1.0, 0.5], [0.0, 1.0, -3.0]])


def test_the_moments_are_the_halves():
    mean, log_variance = losses.moments(jnp.concatenate([MEAN, LOG_VARIANCE], axis=1))
    np.testing.assert_array_equal(mean, MEAN)
    np.testing.assert_array_equal(log_variance, LOG_VARIANCE)
    with pytest.raises(ValueError, match=r"gave shape \(2, 3\).*twice as many outputs"):
        losses.moments(MEAN)


def test_the_density_is_that_of_scipy():
    z = np.array([[0.1, 0.2, 0.3], [1.0, -1.0, 0.0]])
    expected = stats.norm(MEAN, np.exp(LOG_VARIANCE / 2)).logpdf(z).sum(1)
    np.testing.assert_allclose(losses.normal_log_density(z, MEAN, LOG_VARIANCE), expected, 1e-5)
    np.testing.assert_allclose(losses.normal_log_density(z), stats.norm.logpdf(z).sum(1), 1e-5)


def test_the_divergence_is_the_mean_log_ratio_of_densities():
    keys = jax.random.split(jax.random.key(0), (20000, 2))
    log = losses.normal_log_density

    @jax.jit
    @jax.vmap
    def ratio(keys):
        z = losses.reparameterised(keys, MEAN, LOG_VARIANCE)
        return log(z, MEAN, LOG_VARIANCE) - log(z)

    drawn = np.asarray(ratio(keys))
    error = drawn.std(0) / np.sqrt(len(drawn))
    found = losses.standard_divergence(MEAN, LOG_VARIANCE)
    assert (abs(drawn.mean(0) - found) < 4 * error).all()
    m, v = np.asarray(MEAN, float), np.exp(np.asarray(LOG_VARIANCE, float))
    np.testing.assert_allclose(found, (m**2 + v - 1 - np.log(v)).sum(1) / 2, rtol=1e-5)


def test_a_code_that_tells_almost_nothing_has_a_small_divergence_and_not_none():
    small = jnp.full((1, 1), 1e-3)
    np.testing.assert_allclose(losses.standard_divergence(0 * small, small)[0], 2.5e-7, rtol=1e-2)


def test_the_importance_bound_is_the_log_of_the_mean_weight():
    log_weights = np.random.default_rng(0).normal(-500, 3, (7, 4))
    shift = log_weights.max()
    expected = np.log(np.exp(log_weights - shift).mean(0)) + shift
    np.testing.assert_allclose(losses.importance_weighted(log_weights), expected, rtol=1e-6)
