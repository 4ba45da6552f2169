"""Generators that are inverted: linear ones, of which the latent is known."""

import jax.numpy as jnp
import numpy as np

from gan_jax.inversion import invert

RNG = np.random.default_rng(0)
WEIGHTS = jnp.float32(RNG.normal(size=(4, 9)))


def linear(z):
    return (z @ WEIGHTS).reshape(-1, 3, 3)


def rugged(z):
    """Whose error has many valleys along the first latent."""
    return jnp.stack([jnp.sin(3 * z[:, 0]) + 0.1 * z[:, 0], z[:, 1]], axis=1)


def test_of_a_linear_generator_it_is_the_latent():
    latent, starts = np.float32(RNG.normal(size=4)), np.float32(RNG.normal(size=(3, 4)))
    found = invert(linear, linear(latent[None])[0], starts, steps=600, rate=0.1)
    np.testing.assert_allclose(found.latent, latent, atol=1e-3)
    np.testing.assert_allclose(found.sample, linear(found.latent[None])[0], rtol=1e-5)
    assert found.error < 1e-6


def test_the_prior_pulls_as_ridge_regression():
    x, starts = np.float32(RNG.normal(size=9)), np.zeros((1, 4), np.float32)
    given = {"steps": 1000, "rate": 0.1, "weight": 0.5, "deviation": 2.0}
    found = invert(linear, x.reshape(3, 3), starts, **given)
    w = np.asarray(WEIGHTS, np.float64)
    exact = np.linalg.solve(w @ w.T / 9 + 0.5 / 4 / 4 * np.eye(4), w @ x / 9)
    np.testing.assert_allclose(found.latent, exact, atol=1e-3)
    error = np.square(exact @ w - x).mean()
    np.testing.assert_allclose(found.error, error, rtol=1e-2)


def test_the_best_of_the_starts_wins():
    target = rugged(jnp.array([[5.0, 1.0]]))[0]
    alone = invert(rugged, target, jnp.array([[0.0, 0.0]]), steps=300)
    starts = jnp.array([[0.0, 0.0], [4.8, 0.0], [-4.0, 0.0]])
    several = invert(rugged, target, starts, steps=300)
    assert several.error < 1e-6 < 1e-3 < alone.error
    np.testing.assert_allclose(several.latent, [5, 1], atol=1e-2)


def test_no_step_makes_it_worse():
    latent = np.float32(RNG.normal(size=4))
    found = invert(linear, linear(latent[None])[0], latent[None], steps=3, rate=10.0)
    np.testing.assert_allclose(found.latent, latent, atol=1e-5)


def test_a_latent_stays_within_the_ends_of_its_prior():
    """That of a linear generator of one number is where it would be, put to the end."""
    weights = jnp.float32([[3.0, -1.0]])
    given = {"steps": 400, "rate": 0.1, "low": -1.0, "high": 1.0}
    found = invert(lambda z: z @ weights, jnp.float32([9.0, -3.0]), jnp.zeros((1, 1)), **given)
    np.testing.assert_allclose(found.latent, [1.0])
    np.testing.assert_allclose(found.error, (6**2 + 2**2) / 2, rtol=1e-5)
