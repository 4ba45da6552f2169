import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from gan_jax.metrics import near_duplicates, two_sample


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("width", [2, 100])
def test_is_the_left_out_accuracy_of_scikit_learn(width):
    real, fake = normal(0, 60, width), 1.1 * normal(1, 60, width) + 0.2
    both, sets = np.concatenate([real, fake]), np.arange(120) < 60
    right = cross_val_score(KNeighborsClassifier(1), both, sets, cv=LeaveOneOut())
    found = two_sample(real, fake)
    assert found["two_sample"] == pytest.approx(right.mean())
    assert found["two_sample_real"] == pytest.approx(right[:60].mean())
    assert found["two_sample_fake"] == pytest.approx(right[60:].mean())


def test_one_distribution_is_not_told_apart_and_copies_are_below():
    real = normal(0, 1000, 3)
    assert two_sample(real, normal(1, 1000, 3))["two_sample"] == pytest.approx(0.5, abs=0.05)
    assert two_sample(real, real + 1e-9)["two_sample"] < 0.01
    assert two_sample(real, real + 50)["two_sample"] == 1


def test_a_collapse_to_the_mean_is_near_real_examples_and_nearer_to_itself():
    found = two_sample(normal(0, 400, 50), 0.01 * normal(1, 400, 50))
    assert found["two_sample_real"] < 0.2 and found["two_sample_fake"] == 1


def test_duplicates_are_those_of_scikit_learn():
    train, other = normal(0, 300, 4), np.concatenate([normal(1, 90, 4), normal(0, 300, 4)[:10]])
    tree = NearestNeighbors(n_neighbors=1).fit(train)
    among, found = tree.kneighbors()[0][:, 0], tree.kneighbors(other)[0][:, 0]
    near = np.sort(among)[int(0.05 * 299)]
    figures = near_duplicates(train, other, share=0.05)
    assert figures["near_duplicates"] == np.mean(found <= near) >= 0.1
    assert figures["nearest_train"] == pytest.approx(np.median(found))


def test_held_out_data_have_as_many_as_asked_for_and_copies_are_all():
    train = normal(0, 4000, 4)
    held_out = near_duplicates(train, normal(1, 4000, 4))
    assert held_out["near_duplicates"] == pytest.approx(0.01, abs=0.006)
    copied = near_duplicates(train, train[:500] + 1e-6)
    assert copied["near_duplicates"] == 1
    assert copied["nearest_train"] < 1e-4 < held_out["nearest_train"]


def test_a_share_is_between_0_and_1():
    with pytest.raises(ValueError, match="share is 0"):
        near_duplicates(np.ones((4, 2)), np.ones((4, 2)), share=0)
