"""Ways between latents, against their closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import latents, priors

RNG = np.random.default_rng(0)


def test_slerp_keeps_the_norm_and_the_angle_grows_evenly():
    start, end = RNG.normal(size=(2, 50))
    end *= np.linalg.norm(start) / np.linalg.norm(end)
    way = np.asarray(latents.between(np.float32(start), np.float32(end), 9))
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), np.linalg.norm(start), rtol=1e-5)
    cosine = lambda a, b: (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    angles = np.arccos(cosine(way[:-1], way[1:]))
    np.testing.assert_allclose(angles, np.arccos(cosine(start, end)) / 8, rtol=1e-3)


@pytest.mark.parametrize("way", [latents.lerp, latents.slerp])
def test_the_ends_are_the_latents_themselves(way):
    start, end = jnp.float32(RNG.normal(size=(2, 30, 5)))
    found = latents.between(start, end, 4, way)
    np.testing.assert_array_equal(found[0], start)
    np.testing.assert_allclose(found[-1], end, rtol=1e-6)
    assert found.shape == (4, 30, 5)


def test_where_there_is_no_arc_slerp_is_lerp():
    start = jnp.float32(RNG.normal(size=8))
    for end in (start, 3 * start, -start, start * (1 + 1e-6)):
        found = jax.jit(latents.slerp)(start, end, 0.25)
        np.testing.assert_allclose(found, latents.lerp(start, end, 0.25), atol=1e-5)


def test_near_ends_are_as_exact_as_far_ones():
    start = jnp.float32([1.0, 0.0])
    for angle in (1e-3, 0.1, 3.0):
        end = jnp.float32([np.cos(angle), np.sin(angle)])
        exact = np.cos(0.3 * angle), np.sin(0.3 * angle)
        np.testing.assert_allclose(latents.slerp(start, end, 0.3), exact, atol=3e-6)


def test_a_way_that_suits_the_prior():
    assert latents.suited(priors.normal(4)) is latents.slerp
    assert latents.suited(priors.normal(4).truncated(1.0)) is latents.lerp
    assert latents.suited(priors.uniform(4)) is latents.lerp


def test_one_frame_is_no_way():
    with pytest.raises(ValueError, match="2 frames or more"):
        latents.between(jnp.zeros(2), jnp.ones(2), 1)


def test_a_sum_of_means_and_its_norm():
    groups = [np.float32(RNG.normal(size=(count, 6))) for count in (3, 2, 4)]
    exact = groups[0].mean(0) - groups[1].mean(0) + groups[2].mean(0)
    found = latents.combined(groups, [1, -1, 1], normal=False)
    np.testing.assert_allclose(found, exact, atol=1e-6)
    found = np.asarray(latents.combined(groups, [1, -1, 1], normal=True))
    typical = np.sqrt(np.square(np.concatenate(groups)).sum(1).mean())
    np.testing.assert_allclose(np.linalg.norm(found), typical, rtol=1e-5)
    np.testing.assert_allclose(found / typical, exact / np.linalg.norm(exact), atol=1e-5)
    np.testing.assert_allclose(latents.combined(groups[:1] * 2, [1, -1], normal=True), 0)


def test_one_exemplar_is_its_own_mean():
    one = np.float32(RNG.normal(size=(1, 6)))
    np.testing.assert_allclose(latents.combined([one], [1], normal=True), one[0], rtol=1e-5)


def test_a_step_that_tears():
    even, torn = np.arange(9.0)[:, None], np.array([[0.0], [1], [2], [12], [13]])
    assert latents.unevenness(even) == latents.unevenness(np.zeros((3, 2))) == 1
    assert latents.unevenness(torn) == 10
    assert latents.unevenness(np.array([[0.0], [0], [0], [1]])) == np.inf
