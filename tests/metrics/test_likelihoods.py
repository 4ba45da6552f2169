"""Bounds of the likelihood where it is known."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import losses, metrics

X = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)


@pytest.mark.parametrize("prepared", [False, True])
def test_the_bounds_of_a_linear_gaussian_model_are_the_likelihood(prepared):
    """x = 2 z + 0.5 e in each of three dimensions, under its exact posterior: N(0, 4.25)."""
    gain, narrow = 2 / 4.25, np.log(0.25 / 4.25)
    posterior = lambda x: jnp.concatenate([gain * x, narrow + 0 * x], axis=1)
    nets = SimpleNamespace(encoder=posterior, generator=lambda z: 2 * z)
    prepare = (lambda keys, x: 2 * x) if prepared else None
    x = X * (1 + prepared)
    task = metrics.explains(losses.gaussian(0.5), prepare=prepare, samples=5)
    found = task(nets, {"real": X}, {})
    exact = stats.norm(0, 4.25**0.5).logpdf(x).sum(1).mean()
    np.testing.assert_allclose([found["bound"], found["importance_bound"]], exact, rtol=1e-4)
    nets.encoder = lambda x: jnp.zeros((len(x), 6))
    poor = task(nets, {"real": X}, {})
    assert poor["bound"] < poor["importance_bound"] < exact
