import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gan_jax.metrics import density_coverage, variety

RANDOM = np.random.default_rng(0)
REAL, OTHER = RANDOM.normal(size=(2, 400, 6))


def test_of_one_distribution_both_are_nearly_one():
    found = variety(REAL, OTHER)
    assert found["covered"] > 0.93 and found["distinct"] > 0.97


def test_it_is_the_coverage_and_the_share_without_a_near_one():
    fake = OTHER * 0.5
    found = variety(REAL, fake, neighbours=4)
    assert found["covered"] == density_coverage(REAL, fake, neighbours=4)["coverage"]
    own, other = (cdist(x, x) + 1e9 * np.eye(len(x)) for x in (REAL, fake))
    near = np.quantile(own.min(axis=1), 0.01, method="lower")
    assert found["distinct"] == np.mean(other.min(axis=1) > near)


@pytest.mark.parametrize("kinds", [1, 40])
def test_a_generator_of_a_few_things_is_not_distinct(kinds):
    few = REAL[RANDOM.integers(kinds, size=len(REAL))] + 1e-3 * OTHER
    found = variety(REAL, few)
    assert found["distinct"] < 0.02
    assert found["covered"] < 0.6


def test_where_real_ones_are_often_the_same_only_the_same_are_near():
    real = np.repeat(REAL[:200], 2, axis=0)
    assert variety(real, OTHER)["distinct"] == 1.0
    assert variety(real, real)["distinct"] == 0.0
