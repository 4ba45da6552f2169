import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax.priors import (
    categorical,
    gumbel,
    mixture,
    normal,
    swiss_roll,
    together,
    truncated,
    uniform,
)

PRIORS = {
    "normal": (normal(3), (3,), jnp.float32),
    "normal of each step": (normal(4, 3), (4, 3), jnp.float32),
    "truncated": (truncated(4, 0.5), (4,), jnp.float32),
    "uniform": (uniform(5), (5,), jnp.float32),
    "swiss_roll": (swiss_roll(), (2,), jnp.float32),
    "mixture": (mixture([[0.0, 1.0], [2.0, 3.0]]), (2,), jnp.float32),
    "categorical": (categorical([1, 2, 3]), (), jnp.int32),
}


def keys(count, seed=0):
    return jax.random.split(jax.random.key(seed), count)


@pytest.mark.parametrize("name", PRIORS)
def test_an_example_owns_its_noise(name):
    prior, shape, dtype = PRIORS[name]
    prior = jax.jit(prior)
    drawn = prior(keys(64))
    assert drawn.shape == (64, *shape)
    assert drawn.dtype == dtype
    np.testing.assert_array_equal(prior(keys(64)[10:13]), drawn[10:13])
    np.testing.assert_array_equal(prior(keys(64)[::-1]), drawn[::-1])
    assert not np.array_equal(prior(keys(64, seed=1)), drawn)


@pytest.mark.parametrize(
    ("prior", "law"),
    [
        (normal(2), stats.norm()),
        (normal(2, deviation=5.0), stats.norm(0, 5)),
        (truncated(2, 0.7), stats.truncnorm(-0.7, 0.7)),
        (uniform(2), stats.uniform(-1, 2)),
        (gumbel(2), stats.gumbel_r()),
        (lambda keys: jnp.concatenate(together(normal(1), normal(1))(keys), 1), stats.norm()),
        (uniform(2, 0.0, 1.0), stats.uniform(0, 1)),
        (uniform(2, low=-3.0, high=5.0), stats.uniform(-3, 8)),
    ],
)
def test_the_law_is_that_of_the_name(prior, law):
    drawn = np.asarray(jax.jit(prior)(keys(4000)))
    for column in drawn.T:
        assert stats.kstest(column, law.cdf).pvalue > 1e-3
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.06  # the dimensions are independent
    assert abs(np.corrcoef(drawn[1:, 0], drawn[:-1, 0])[0, 1]) < 0.06  # and so are the examples


@pytest.mark.parametrize("threshold", [1e-3, 0.04, 2.0])
def test_nothing_is_drawn_beyond_the_threshold(threshold):
    drawn = np.asarray(jax.jit(truncated(50, threshold))(keys(2000)))
    assert abs(drawn).max() <= threshold
    assert abs(drawn).max() > 0.99 * threshold


@pytest.mark.parametrize("threshold", [0.0, -1.0, float("nan")])
def test_a_threshold_is_above_zero(threshold):
    with pytest.raises(ValueError, match="threshold of the truncated prior"):
        truncated(2, threshold)


@pytest.mark.parametrize("frequencies", [(0.2, 0.3, 0.5), (5923, 0, 5958, 6131), np.ones(10)])
def test_labels_have_the_given_frequencies(frequencies):
    labels = np.asarray(jax.jit(categorical(frequencies))(keys(4000)))
    counts = np.bincount(labels, minlength=len(frequencies))
    share = np.asarray(frequencies) / np.sum(frequencies)
    assert len(counts) == len(frequencies)
    assert (counts[share == 0] == 0).all()
    assert stats.chisquare(counts[share > 0], 4000 * share[share > 0]).pvalue > 1e-3


@pytest.mark.parametrize("prior", [normal, uniform, gumbel, lambda size: truncated(size, 1.0)])
@pytest.mark.parametrize("size", [0, -3])
def test_a_prior_without_dimensions_is_refused(prior, size):
    with pytest.raises(ValueError, match=f"1 dimension or more; given: {size}"):
        prior(size)


@pytest.mark.parametrize(
    "frequencies", [(0.5, -0.5, 1.0), (0.0, 0.0), (-1.0,), (1.0, math.nan), (1.0, math.inf)]
)
def test_impossible_frequencies_are_refused(frequencies):
    with pytest.raises(ValueError, match="not negative and not all zero"):
        categorical(frequencies)


def test_a_mixture_puts_each_label_around_its_centre_and_all_without():
    centres = np.array([[5.0, 0.0], [-5.0, 0.0], [0.0, 5.0]])
    prior, labels = jax.jit(mixture(centres, 0.1)), np.arange(3000) % 3
    apart = (np.asarray(prior(keys(3000), labels)) - centres[labels]) / 0.1
    for column in apart.T:
        assert stats.kstest(column, stats.norm().cdf).pvalue > 1e-3
    drawn = np.asarray(prior(keys(3000)))
    nearest = np.argmin(np.linalg.norm(drawn[:, None] - centres, axis=2), axis=1)
    assert stats.chisquare(np.bincount(nearest)).pvalue > 1e-3
    assert np.isnan(prior(keys(1), jnp.array([3]))).all()


def test_a_swiss_roll_has_a_stretch_for_each_label():
    prior, labels = (
        jax.jit(swiss_roll(3, turns=1.5, radius=6.0, deviation=0.0)),
        np.arange(3000) % 3,
    )
    stretch = np.asarray(prior(keys(3000), labels))
    along = np.hypot(*stretch.T) / 6
    assert ((along**2 * 3).astype(int) == labels).all()
    angle = np.arctan2(stretch[:, 1], stretch[:, 0]) - 3 * np.pi * along
    np.testing.assert_allclose(np.cos(angle), 1, atol=1e-4)
    whole = np.hypot(*np.asarray(prior(keys(3000))).T) / 6
    assert stats.kstest(whole**2, stats.uniform().cdf).pvalue > 1e-3
    blurred = np.asarray(swiss_roll(3, turns=1.5, radius=6.0, deviation=0.2)(keys(3000), labels))
    assert stats.kstest((blurred - stretch).ravel() / 0.2, stats.norm().cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: normal(1, deviation=-5),
            "deviation of a normal prior is -5: it must be 0 or more",
        ),
        (lambda: normal(1, deviation=math.nan), "deviation of a normal prior is nan"),
        (lambda: mixture([[0.0]], -1.0), "deviation of a normal prior is -1"),
        (lambda: uniform(1, 1.0, -1.0), "width of a uniform prior is -2: it must be above 0"),
        (lambda: uniform(1, 0.0, math.inf), "width of a uniform prior is inf"),
        (lambda: swiss_roll(0), "A swiss roll has 1 class or more; given: 0"),
        (lambda: swiss_roll(turns=0.0), "number of turns of a swiss roll is 0"),
        (lambda: swiss_roll(radius=math.nan), "radius of a swiss roll is nan"),
        (lambda: swiss_roll(deviation=-1.0), "deviation of a normal prior is -1"),
    ],
)
def test_impossible_numbers_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_numbers_of_a_prior_may_be_traced():
    def drawn(number):
        roll = swiss_roll(turns=number, radius=2 * number, deviation=number)
        return together(normal(2, deviation=number), uniform(2, -number, number), roll)(keys(3))

    for found in jax.jit(drawn)(2.0):
        assert found.shape == (3, 2)


def test_centres_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"are \[K, d\]; given: shape \(2,\)"):
        mixture([0.0, 1.0])
