"""Errors of clusters against all assignments, one by one."""

import itertools

import numpy as np
import pytest

from gan_jax.metrics import majority_error, matched_error

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(("clusters", "classes"), [(4, 4), (5, 3), (2, 4)])
def test_the_best_of_all_assignments(clusters, classes):
    found, label = RANDOM.integers(clusters, size=60), RANDOM.integers(classes, size=60)
    names = [*range(classes), *[-1] * clusters]  # -1: a cluster of no class
    orders = itertools.permutations(names, clusters)
    least = min((np.array(order)[found] != label).mean() for order in orders)
    assert matched_error(found, label) == pytest.approx(least)
    chosen = itertools.product(range(classes), repeat=clusters)
    least = min((np.array(each)[found] != label).mean() for each in chosen)
    assert majority_error(found, label) == pytest.approx(least)


def test_a_relabelling_is_no_error():
    label = RANDOM.integers(7, size=100)
    renamed = RANDOM.permutation(7)[label]
    assert matched_error(renamed, label) == majority_error(renamed, label) == 0


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match=r"expected \[N\] of both"):
        matched_error([0, 1], [0])
