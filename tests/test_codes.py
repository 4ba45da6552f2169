"""Codes: how they are drawn, and that what a posterior knows of them is at most all."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import codes, priors

KEYS = jax.random.split(jax.random.key(0), 4000)
CODES = {"digit": codes.categorical(5), "style": codes.uniform(2, -2.0, 1.0, deviation=0.5)}


@pytest.fixture(scope="module")
def latent():
    return jax.jit(codes.latents(priors.normal(3), CODES))(KEYS)


def test_a_latent_is_noise_and_then_the_codes(latent):
    assert latent.shape == (4000, 3 + 5 + 2)
    noise, digit, style = (np.asarray(latent[:, cut]) for cut in (np.s_[:3], np.s_[3:8], np.s_[8:]))
    assert stats.kstest(noise.ravel(), stats.norm.cdf).pvalue > 1e-3
    assert ((digit == 1).sum(1) == 1).all() and ((digit == 0).sum(1) == 4).all()
    assert stats.chisquare(digit.sum(0)).pvalue > 1e-3
    assert stats.kstest(style.ravel(), stats.uniform(-2, 3).cdf).pvalue > 1e-3
    digits = digit.argmax(1)
    assert abs(np.corrcoef(np.column_stack([noise, digits, style]).T) - np.eye(6)).max() < 0.06


def test_a_perfect_posterior_knows_the_entropy_and_another_less(latent):
    perfect = jnp.concatenate([50 * latent[:, 3:8], latent[:, 8:]], axis=1)
    known = codes.information(CODES, perfect, latent)
    np.testing.assert_allclose(known["digit"], np.log(5), rtol=1e-6)
    entropies = (2 * stats.uniform(-2, 3).entropy(), 2 * stats.norm(0, 0.5).logpdf(0))
    np.testing.assert_allclose(known["style"], sum(entropies), rtol=1e-5)
    for name, code in CODES.items():
        np.testing.assert_allclose(known[name], code.ceiling, rtol=1e-5)
    ignorant = codes.information(CODES, jnp.zeros_like(perfect), latent)
    np.testing.assert_allclose(ignorant["digit"], 0, atol=1e-6)
    assert ignorant["style"] < known["style"]


def test_a_normal_code_is_one_and_its_ceiling_that_of_the_code_itself():
    code = codes.normal(3, deviation=0.5)
    drawn = np.asarray(jax.jit(code.prior)(KEYS))
    assert stats.kstest(drawn.ravel(), stats.norm.cdf).pvalue > 1e-3
    known = codes.information({"style": code}, drawn, drawn)["style"]
    np.testing.assert_allclose(known, code.ceiling, rtol=1e-5)
    expected = 3 * (stats.norm.entropy() + stats.norm(0, 0.5).logpdf(0))
    np.testing.assert_allclose(code.ceiling, expected, rtol=1e-6)
    assert [axis[:, index].max() for index, axis in enumerate(code.sweeps)] == [2.0] * 3


def test_the_bound_through_a_noisy_channel_is_its_mutual_information():
    """A bit that is flipped with probability 0.1, and the posterior that knows it."""
    bit = codes.categorical(2)
    code = bit.prior(KEYS)
    flipped = jax.random.bernoulli(jax.random.key(1), 0.1, (4000, 1))
    seen = jnp.where(flipped, 1 - code, code)
    known = codes.information({"bit": bit}, seen * np.log(9.0), code)["bit"]
    expected = np.log(2) - stats.bernoulli(0.1).entropy()
    assert abs(known - expected) < 4 * np.log(9) * 0.3 / np.sqrt(4000)


def test_parts_are_the_codes_and_means_those_of_the_posterior(latent):
    drawn = codes.parts(CODES, latent)
    np.testing.assert_array_equal(drawn["digit"], latent[:, 3:8])
    found = codes.means(CODES, jnp.concatenate([jnp.log(latent[:, 3:8] + 0.2), latent[:, 8:]], 1))
    np.testing.assert_allclose(found["digit"], (latent[:, 3:8] + 0.2) / 2, rtol=1e-5)
    np.testing.assert_array_equal(found["style"], drawn["style"])


def test_along_a_row_of_a_sweep_one_code_varies():
    swept = jax.jit(partial(codes.sweeps, priors.normal(3), CODES))(jax.random.key(0))
    assert list(swept) == ["digit", "style_0", "style_1"]
    swept = jax.device_get(swept)
    digit = swept["digit"].reshape(5, 5, 10)
    np.testing.assert_array_equal(digit[:, :, 3:8], np.broadcast_to(np.eye(5), (5, 5, 5)))
    style = swept["style_1"].reshape(10, 10, 10)
    np.testing.assert_allclose(style[3, :, 9], np.linspace(-3.5, 2.5, 10), rtol=1e-6)
    assert (style[:, :, 8] == -0.5).all()  # the middle of its range
    for rows, varied in ((digit, np.s_[3:8]), (style, np.s_[8:])):
        others = np.delete(rows, varied, axis=2)
        np.testing.assert_array_equal(others, others[:, :1].repeat(others.shape[1], 1))
        assert len(np.unique(others[:, 0], axis=0)) == len(others)


def test_a_plane_has_as_much_of_the_normal_between_each_two():
    latent = np.asarray(jax.jit(lambda: codes.plane(3.0, 8))()).reshape(8, 8, 2)
    share = stats.norm(0, 3.0).cdf(latent)
    np.testing.assert_allclose(share[0, :, 0], (np.arange(8) + 0.5) / 8, atol=1e-5)
    np.testing.assert_array_equal(latent[:, :, 0], latent[::-1, :, 1].T)


def test_codes_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="2 classes or more; given: 1"):
        codes.categorical(1)
    with pytest.raises(ValueError, match="width of a uniform prior is -2"):
        codes.uniform(1, 1.0, -1.0)
    with pytest.raises(ValueError, match="deviation of a posterior is 0"):
        codes.uniform(1, deviation=0.0)
