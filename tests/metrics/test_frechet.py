import numpy as np
import pytest
import scipy.linalg
from sklearn.datasets import load_digits

from gan_jax.metrics.frechet import (
    Moments,
    frechet_distance,
    frechet_from_moments,
    moments,
    streamed_moments,
)


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def test_moments_are_those_of_numpy():
    features = normal(0, 50, 3, 4)
    rows = features.reshape(50, 12)
    count, mean, covariance = moments(features)
    assert count == 50
    np.testing.assert_allclose(mean, rows.mean(0))
    np.testing.assert_allclose(covariance, np.cov(rows, rowvar=False), atol=1e-14)


def test_agrees_with_the_root_of_the_product_of_the_covariances():
    real, fake = normal(0, 400, 10), normal(1, 300, 10) @ normal(2, 10, 10) + 0.3
    (_, m1, s1), (_, m2, s2) = moments(real), moments(fake)
    expected = np.sum((m1 - m2) ** 2) + np.trace(s1 + s2 - 2 * scipy.linalg.sqrtm(s1 @ s2).real)
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-9)


def test_is_the_closed_form_of_two_gaussians():
    mean, deviations = np.array([1.0, -2.0, 0.5]), np.array([0.5, 1.0, 3.0])
    rotation = np.linalg.qr(normal(2, 3, 3))[0]
    real = normal(0, 50_000, 3)
    fake = (deviations[None] * normal(1, 50_000, 3)) @ rotation + mean[None]
    expected = np.sum(mean**2) + np.sum((1 - deviations) ** 2)
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=0.05)


def test_is_exact_for_covariances_that_commute():
    real = Moments(9, np.zeros(2), np.diag([4.0, 9.0]))
    fake = Moments(9, np.array([3.0, 4.0]), np.diag([1.0, 25.0]))
    assert frechet_from_moments(real, fake) == pytest.approx(25 + 1 + 4, rel=1e-12)


def test_identical_sets_are_at_distance_0():
    features = normal(0, 200, 30)
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-9)


def test_pixels_that_never_vary_do_no_harm():
    digits = load_digits().data
    assert frechet_distance(digits, digits) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(digits, digits + 1) == pytest.approx(64, rel=1e-9)


def test_fewer_rows_than_features_give_a_finite_distance_that_is_biased_upward():
    few = frechet_distance(normal(0, 10, 50), normal(1, 10, 50))
    many = frechet_distance(normal(0, 5000, 50), normal(1, 5000, 50))
    assert np.isfinite(few)
    assert few > 10 * many > 0


def test_is_symmetric():
    real, fake = normal(0, 20, 30), 2 * normal(1, 20, 30)
    assert frechet_distance(real, fake) == pytest.approx(frechet_distance(fake, real), rel=1e-9)


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (np.ones((1, 2)), np.ones((5, 2)), "1 row"),
        (np.ones((5, 2)), np.ones((5, 3)), "2 features and fake 3"),
        (np.ones((5, 2)), np.full((5, 2), np.inf), "not finite"),
    ],
)
def test_features_that_do_not_fit_are_refused(real, fake, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, fake)


@pytest.mark.parametrize("size", [1, 7, 300, 1000])
def test_moments_do_not_depend_on_how_the_set_was_cut(size):
    features = (1e3 + normal(0, 1000, 6) * np.array([[1e-3, 1, 1, 1, 1, 1e3]])).astype(np.float32)
    parts = (features[start : start + size] for start in range(0, 1000, size))
    whole, cut = moments(features), streamed_moments(parts)
    assert whole.count == cut.count == 1000
    np.testing.assert_allclose(cut.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(cut.covariance, np.cov(features.astype(float).T), rtol=1e-6)


def test_many_examples_take_the_memory_of_one_part():
    """50,000 of 500 features, 200 MB in all: no more than a tenth of it is held."""
    import tracemalloc

    tracemalloc.start()
    drawn = (normal(start, 500, 500) for start in range(100))
    found = streamed_moments(drawn)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.count == 50_000 and most < 20e6
    assert frechet_from_moments(found, Moments(2, np.zeros(500), np.eye(500))) < 5


def test_parts_of_other_widths_are_refused():
    with pytest.raises(ValueError, match="3 and 2 values"):
        streamed_moments([np.ones((2, 2)), np.ones((2, 3))])
    with pytest.raises(ValueError, match="features has 0 row"):
        streamed_moments([])
