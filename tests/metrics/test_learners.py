"""Classifiers that learn from one set and are tested on another."""

import numpy as np
import pytest

from gan_jax.data.columns import Column
from gan_jax.metrics import learners

MAKES = (learners.support_vectors, learners.logistic, learners.perceptron)


def gaussians(random, centres, per_class, deviation=1.0):
    """So many points about each centre, and the number of the centre."""
    label = np.repeat(np.arange(len(centres)), per_class)
    return centres[label] + random.normal(0, deviation, (len(label), centres.shape[1])), label


@pytest.mark.parametrize("make", MAKES)
def test_what_is_far_apart_is_told_apart(make):
    random, centres = np.random.default_rng(0), 3 * np.eye(4)
    train, test = (gaussians(random, centres, count, 0.3) for count in (20, 50))
    assert learners.balanced_accuracy(make, 0, train, test) > 0.97
    wrong = train[0], (train[1] + 1) % 4
    assert learners.balanced_accuracy(make, 0, wrong, test) < 0.03


def test_a_rare_class_counts_as_much_as_any_other():
    rows, label = np.array([[0.0], [1.0]]), np.array([0, 1])
    test = np.zeros((100, 1)), np.array([0] * 99 + [1])
    found = learners.balanced_accuracy(learners.support_vectors, 0, (rows, label), test)
    assert found == 0.5


def test_one_class_is_the_answer_for_all():
    train = np.zeros((3, 2)), np.array([1, 1, 1])
    test = np.zeros((4, 2)), np.array([0, 1, 2, 2])
    found = learners.balanced_accuracy(learners.logistic, 0, train, test)
    assert found == pytest.approx(1 / 3)


def test_the_same_seed_is_the_same_perceptron():
    random, centres = np.random.default_rng(0), np.eye(3)
    train, test = (gaussians(random, centres, count, 0.7) for count in (10, 200))
    scores = [learners.balanced_accuracy(learners.perceptron, s, train, test) for s in (0, 0, 1)]
    assert scores[0] == scores[1] != scores[2]


def test_samples_of_the_true_mixture_help_where_few_real_points_exist():
    random = np.random.default_rng(0)
    centres = np.eye(20)[:2] * 1.5
    real, more, test = (gaussians(random, centres, count) for count in (3, 500, 1000))
    both = tuple(np.concatenate(pair) for pair in zip(real, more, strict=True))
    score = lambda train: learners.balanced_accuracy(learners.logistic, 0, train, test)
    assert score(both) > score(real) + 0.03


def test_inputs_have_one_mean_and_one_deviation():
    examples = np.random.default_rng(0).normal(5, 2, (30, 4, 4, 1)) * [
        [[[1.0]], [[0]], [[2]], [[3]]]
    ]
    rows = learners.inputs(examples)(examples)
    assert rows.shape == (30, 16)
    assert (rows.mean(), rows.std()) == (pytest.approx(0, abs=1e-9), pytest.approx(1))
    flat = examples.reshape(30, 16)
    np.testing.assert_allclose(np.diff(rows), np.diff(flat) / flat.std())
    assert (learners.inputs(np.ones((3, 2)))(np.ones((3, 2))) == 0).all()


def test_the_choices_of_a_table_are_made():
    columns = (Column("c", "categorical", categories=("a", "b", "c")),)
    rows = learners.inputs(np.zeros((1, 3)), columns)(np.array([[0.2, 0.5, 0.3]]))
    assert rows.tolist() == [[0, 1, 0]]


def test_codes_are_standardised_each_by_itself():
    codes = np.random.default_rng(0).normal([1, 2, 3], [1, 10, 0], (50, 3))
    found = learners.standardised(codes)(codes)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(found.std(0), [1, 1, 0])


def test_what_suits_the_data():
    columns = (Column("c", "categorical", categories=("a", "b")),)
    assert learners.suited(columns, 10) is learners.logistic
    assert learners.suited((), learners.MOST) is learners.support_vectors
    assert learners.suited((), learners.MOST + 1) is learners.perceptron
