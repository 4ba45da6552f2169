"""Figures of codes against scikit-learn."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import r2_score

from gan_jax.metrics import (
    determination,
    neighbour_accuracy,
    principal_error,
    reconstruction_ratio,
)

RANDOM = np.random.default_rng(0)
TRAIN, OTHER = RANDOM.normal(size=(80, 2, 3)) * [[1, 2, 3]], RANDOM.normal(size=(30, 2, 3))


def test_determination_is_that_of_all_values():
    codes, found = TRAIN.reshape(80, -1), TRAIN.reshape(80, -1) + RANDOM.normal(size=(80, 6))
    expected = r2_score(codes, found, multioutput="variance_weighted")
    assert determination(codes, found) == pytest.approx(expected)
    assert determination(codes, np.tile(codes.mean(0), (80, 1))) == pytest.approx(0)


@pytest.mark.parametrize("dimensions", [1, 4, 6])
def test_the_principal_error_is_that_of_pca(dimensions):
    rows = OTHER.reshape(30, -1)
    fitted = PCA(dimensions).fit(TRAIN.reshape(80, -1))
    made = fitted.inverse_transform(fitted.transform(rows))
    expected = np.square(made - rows).mean()
    assert principal_error(TRAIN, OTHER, dimensions) == pytest.approx(expected, abs=1e-12)


def test_one_neighbour_is_the_nearest_of_all():
    label = RANDOM.integers(3, size=80)
    known, codes = TRAIN.reshape(80, -1), OTHER.reshape(30, -1)
    truth = RANDOM.integers(3, size=30)
    apart = np.square(codes[:, None] - known).sum(2)
    expected = (label[apart.argmin(1)] == truth).mean()
    assert neighbour_accuracy(known, label, codes, truth) == pytest.approx(expected)


def test_a_ratio_is_0_for_the_examples_and_1_for_what_ignores_them():
    assert reconstruction_ratio(TRAIN, TRAIN) == 0
    assert reconstruction_ratio(TRAIN, np.ones_like(TRAIN)) == 1
