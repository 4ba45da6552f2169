"""Likelihoods against SciPy, and what they take."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import losses

KEYS = jax.random.split(jax.random.key(0), 4)
OUTPUT = jnp.asarray(np.random.default_rng(0).normal(0, 2, (4, 3, 2)), jnp.float32)


def test_bernoulli_is_that_of_scipy_in_black_and_white():
    x = np.random.default_rng(1).choice([-1.0, 1.0], OUTPUT.shape)
    p = 1 / (1 + np.exp(-np.asarray(OUTPUT, float)))
    expected = stats.bernoulli(p).logpmf((x + 1) / 2).sum((1, 2))
    np.testing.assert_allclose(losses.bernoulli.log_density(OUTPUT, x), expected, rtol=1e-5)
    np.testing.assert_allclose(losses.bernoulli.mean(OUTPUT), 2 * p - 1, atol=1e-6)


def test_bernoulli_and_its_slope_are_finite_for_any_logits():
    x, extreme = jnp.array([[-1.0, 1.0]]), jnp.array([[1e4, -1e4]])
    value, slope = jax.value_and_grad(lambda y: losses.bernoulli.log_density(y, x).sum())(extreme)
    assert value == -2e4
    np.testing.assert_allclose(slope, [[-1.0, 1.0]])


def test_gaussian_is_that_of_scipy():
    x = jnp.zeros_like(OUTPUT)
    likelihood = losses.gaussian(0.3)
    expected = stats.norm(OUTPUT, 0.3).logpdf(x).sum((1, 2))
    np.testing.assert_allclose(likelihood.log_density(OUTPUT, x), expected, rtol=1e-5)
    np.testing.assert_array_equal(likelihood.mean(OUTPUT), OUTPUT)
    with pytest.raises(ValueError, match="deviation of the Gaussian likelihood is 0"):
        losses.gaussian(0.0)


def test_binarised_images_are_black_or_white_by_their_greys_and_keys():
    grey = jnp.linspace(-1, 1, 5)[None, :] * jnp.ones((4000, 1))
    keys = jax.random.split(jax.random.key(1), 4000)
    drawn = np.asarray(losses.binarised(keys, grey))
    assert set(np.unique(drawn)) == {-1.0, 1.0}
    np.testing.assert_allclose(drawn.mean(0), np.linspace(-1, 1, 5), atol=0.06)
    np.testing.assert_array_equal(losses.binarised(keys[5:9], grey[5:9]), drawn[5:9])
    assert not np.array_equal(losses.binarised(keys[:4], grey[:4]), drawn[4:8])
