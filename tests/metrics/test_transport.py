import itertools

import numpy as np
import pytest
import scipy.stats

from gan_jax.metrics.transport import exact_wasserstein, sliced_wasserstein


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def test_is_the_best_of_all_permutations():
    real, fake = normal(0, 5, 2), normal(1, 5, 2)
    expected = min(
        np.mean(np.linalg.norm(real - fake[list(order)], axis=1))
        for order in itertools.permutations(range(5))
    )
    assert exact_wasserstein(real, fake) == pytest.approx(expected, rel=1e-12)


def test_a_shift_costs_its_length():
    real = normal(0, 300, 2)
    fake = np.random.default_rng(1).permutation(real + np.array([[3.0, 4.0]]))
    assert exact_wasserstein(real, fake) == pytest.approx(5, rel=1e-12)


def test_agrees_with_sorting_on_the_line():
    real, fake = normal(0, 200), normal(1, 200) ** 2
    expected = scipy.stats.wasserstein_distance(real, fake)
    assert exact_wasserstein(real, fake) == pytest.approx(expected, rel=1e-9)


def test_is_0_of_a_permutation_of_images():
    images = normal(0, 20, 4, 4, 1)
    assert exact_wasserstein(images, images[::-1]) == 0


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (np.ones((2501, 2)), np.ones((2501, 2)), "at most 2500.*subsample"),
        (np.ones((5, 2)), np.ones((4, 2)), "equal size"),
        (np.ones((5, 2)), np.ones((5, 3)), "2 values per example, fake 3"),
        (np.full((5, 2), np.nan), np.ones((5, 2)), "real has values that are not finite"),
    ],
)
def test_sets_that_do_not_fit_are_refused(real, fake, message):
    with pytest.raises(ValueError, match=message):
        exact_wasserstein(real, fake)


def test_sliced_is_the_mean_of_those_of_scipy_along_the_lines():
    real, fake = normal(0, 50, 3), 1.5 * normal(1, 50, 3)
    lines = np.random.Generator(np.random.PCG64(4)).normal(size=(3, 8))
    lines /= np.linalg.norm(lines, axis=0, keepdims=True)
    expected = np.mean(
        [scipy.stats.wasserstein_distance(real @ line, fake @ line) for line in lines.T]
    )
    assert sliced_wasserstein(real, fake, projections=8, seed=4) == pytest.approx(expected)


def test_sliced_is_the_closed_form_of_a_shift():
    """E |cos| of the angle to a random line is 2 / pi in the plane, and 1 / 2 in space."""
    for shift, expected in (([3.0, 4.0], 10 / np.pi), ([0.0, 5.0, 0.0], 2.5)):
        real = normal(0, 40, len(shift))
        found = sliced_wasserstein(real, real + np.array([shift]), projections=4000)
        assert found == pytest.approx(expected, rel=0.03)


def test_sliced_needs_equal_sets_and_a_line():
    with pytest.raises(ValueError, match="expected sets of equal size"):
        sliced_wasserstein(normal(0, 4, 2), normal(0, 5, 2))
    with pytest.raises(ValueError, match="projections is 0"):
        sliced_wasserstein(normal(0, 4, 2), normal(0, 4, 2), projections=0)
