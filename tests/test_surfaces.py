"""Surfaces in a latent space, against their closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import norm

from gan_jax import codes, priors, surfaces
from gan_jax.latents import lerp

CORNERS = np.float32(np.random.default_rng(0).normal(size=(3, 40)))


def test_a_plane_has_its_corners_and_is_flat():
    found = np.asarray(surfaces.surface(CORNERS, 4, 5, lerp))
    a, b, c = CORNERS
    u, v = (np.linspace(0, 1, n)[:, None] for n in (5, 4))
    exact = a + (u * (b - a))[None] + (v * (c - a))[:, None]
    np.testing.assert_allclose(found, exact, atol=1e-5)


def test_on_a_sphere_all_keep_the_norm():
    corners = CORNERS / np.linalg.norm(CORNERS, axis=1, keepdims=True)
    found = np.asarray(surfaces.surface(corners, 4, 5))
    np.testing.assert_allclose(found[[0, 0, -1], [0, -1, 0]], corners, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1, atol=1e-5)


def test_two_axes_change_at_every_step_and_no_other():
    latent = np.float32(np.random.default_rng(1).normal(size=(6, 3)))
    found = surfaces.plane(latent, (1, 0), (jnp.arange(4.0), 10 + jnp.arange(2.0)))
    assert found.shape == (2, 4, 6, 3)
    np.testing.assert_array_equal(found[..., 2], np.broadcast_to(latent[:, 2], (2, 4, 6)))
    np.testing.assert_array_equal(found[1, :, 0, 1], [0, 1, 2, 3])
    np.testing.assert_array_equal(found[:, 3, 5, 0], [10, 11])


def test_of_two_normal_latents_it_is_the_plane_of_codes():
    line = surfaces.quantiles(None, priors.normal(2, deviation=5.0), 7)
    np.testing.assert_allclose(line, 5 * norm.ppf((np.arange(7) + 0.5) / 7), rtol=1e-4, atol=1e-5)
    found = surfaces.plane(jnp.zeros(2), (0, 1), (line, line[::-1])).reshape(-1, 2)
    np.testing.assert_allclose(found, codes.plane(5.0, 7), rtol=1e-5, atol=1e-5)


def test_of_another_prior_it_goes_as_far_as_its_latents():
    prior = priors.uniform(1, -3.0, 5.0)
    drawn = np.asarray(prior(jax.random.split(jax.random.key(0), 4096)))
    found = surfaces.quantiles(drawn[:, 0], prior, 4)
    np.testing.assert_allclose(found, [-2, 0, 2, 4], atol=0.2)
