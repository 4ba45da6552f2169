import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from gan_jax.data import Dataset, Spec
from gan_jax.data.columns import Column, Mode
from gan_jax.metrics.classifiers import label_usefulness, scores, usefulness
from gan_jax.metrics.evaluation import OfTraining, compare, for_columns, for_label
from gan_jax.metrics.nearest_rows import copies, distances

RANDOM = np.random.default_rng(0)
NUMBER = Column("x", "continuous", low=-8.0, high=8.0, modes=(Mode(1.0, 0.0, 2.0, 8.0),))
WORD = Column("word", "categorical", categories=("a", "b", "c"))
SIDE = Column("side", "categorical", categories=("left", "right"))
COLUMNS = (NUMBER, WORD, SIDE)
ONE = {"logistic": LogisticRegression}


def rows(count=400, known=True):
    """The side is mostly that of x, if it is `known`."""
    x = RANDOM.normal(size=count).clip(-4, 4)
    side = (x + 0.3 * RANDOM.normal(size=count) > 0.8).astype(int)
    side = side if known else RANDOM.permutation(side)
    word = RANDOM.integers(3, size=count)
    return np.concatenate([x[:, None] / 8, np.eye(3)[word], np.eye(2)[side]], axis=1)


def test_scores_are_those_of_sklearn():
    real, other = rows(), rows()
    inputs = lambda rows: np.concatenate([rows[:, :1] * 8, rows[:, 1:4]], axis=1)
    scaler = StandardScaler().fit(inputs(other))
    fitted = LogisticRegression().fit(scaler.transform(inputs(other)), other[:, 5])
    given = scaler.transform(inputs(real))
    f1 = f1_score(real[:, 5], fitted.predict(given))
    auc = roc_auc_score(real[:, 5], fitted.predict_proba(given)[:, 1])
    found = scores(real, other, COLUMNS, "side", ONE)
    assert found == {"logistic": pytest.approx((f1, auc))} and f1 > 0.7
    assert usefulness(real, other, COLUMNS, "", ONE) == pytest.approx({"f1": f1, "auc": auc})


def test_rows_whose_columns_know_nothing_of_one_another_are_of_no_use():
    real = rows()
    useful, useless = (usefulness(real, rows(known=known), COLUMNS) for known in (True, False))
    assert useful["f1"] > 0.7 and useful["auc"] > 0.9
    assert useless["f1"] < 0.5 and useless["auc"] < 0.8


def test_a_class_that_the_others_never_have():
    real, other = rows(), rows()
    other = other[other[:, 4] == 1]
    assert usefulness(real, other, COLUMNS) == {"f1": 0.0, "auc": 0.5}
    three = rows()
    three[:, 1:4] = np.eye(3)[np.where(three[:, 0] > 0, 0, 1)]
    found = scores(rows(), three, COLUMNS, "word", {"none": DummyClassifier})
    assert found["none"][1] == 0.5
    with pytest.raises(ValueError, match="no column but 'side'"):
        scores(real[:, 4:], other[:, 4:], COLUMNS[2:], "", ONE)


def test_distances_to_training_rows():
    train = rows(50)
    moved = train[7:8].copy()
    moved[0, 0] += 0.002  # of the range of 2
    swapped = train[7:8].copy()
    swapped[0, 4:] = swapped[0, [5, 4]]
    train = train[:8]
    found = distances(train, np.concatenate([train[:2], moved]), COLUMNS)
    np.testing.assert_allclose(found, [0, 0, 0.001], atol=1e-6)
    assert distances(train[7:], swapped, COLUMNS)[0] == pytest.approx(1)
    far = np.concatenate([train, swapped, swapped])
    assert copies(train[:4], train[:4], COLUMNS) == {"near_copies": 1.0, "nearest_row": 0.0}
    assert copies(train[7:], far[-2:], COLUMNS) == {
        "near_copies": 0.0,
        "nearest_row": pytest.approx(1),
    }


def test_copies_are_looked_for_in_all_training_rows():
    training, held_out = rows(200), rows(40)
    figures = compare(for_columns(COLUMNS), held_out, training[:40], training[100:140], training)
    assert figures["samples"]["near_copies"] == 1 > figures["real"]["near_copies"]
    assert figures["real"]["nearest_row"] > 0
    assert figures["real"].keys() == figures["samples"].keys() >= {"f1", "tv_worst"}


LABELLED = (NUMBER, SIDE._replace(label=True), WORD)
SPEC = Spec((4,), 1.0, 0.0, ("left", "right"), (0.8, 0.2), columns=LABELLED)


def apart(rows):
    """The rows without the side, and that as their label."""
    return {"real": rows[:, :4].astype(np.float32), "label": rows[:, 5].astype(np.int32)}


@pytest.mark.parametrize("known", [True, False])
def test_a_label_is_predicted_from_rows_that_do_not_hold_it(known):
    train, held_out, made = rows(300), rows(200), rows(200, known)
    data = Dataset(apart(train), apart(held_out), SPEC)
    part = apart(made)
    drawn = {"samples": part["real"], "labels": part["label"]}
    found, real = label_usefulness(drawn, data, ONE)
    assert found == pytest.approx(usefulness(held_out, made, COLUMNS, "side", ONE))
    assert real["f1"] > 0.7 and (found["f1"] > 0.7) == known
    assert label_usefulness({"samples": part["real"]}, data) == ({}, {})


def test_by_default_the_label_is_predicted_and_nothing_else():
    names = lambda *given: [
        (each.evaluate if isinstance(each, OfTraining) else each).func.__name__
        for each in for_columns(*given)
    ]
    assert for_label(COLUMNS) == [] == for_label(())
    for target in ("", "side"):
        assert for_label(LABELLED, target) == [label_usefulness]
        assert names(LABELLED, target) == ["fidelity", "copies"]
    assert for_label(LABELLED, "word") == []
    assert names(LABELLED, "word") == ["fidelity", "usefulness", "copies"]
    one = SIDE._replace(label=True, categories=("left",))
    assert for_label((NUMBER, one, WORD)) == []
    with pytest.raises(ValueError, match="no column 'words': did you mean word"):
        for_columns(LABELLED, "words")


def test_evaluations_follow_the_columns():
    assert for_columns(()) == []
    names = lambda columns: [
        (each.evaluate if isinstance(each, OfTraining) else each).func.__name__
        for each in for_columns(columns)
    ]
    assert names(COLUMNS) == ["fidelity", "usefulness", "copies"]
    assert names((NUMBER,)) == ["fidelity", "copies"]
    with pytest.raises(ValueError, match="no column 'Salary'"):
        for_columns(COLUMNS, "Salary")
