"""Train on synthetic, test on real: what a classifier learns from the rows of a generator."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gan_jax.data import Dataset
from gan_jax.data.columns import Column
from gan_jax.data.source import some
from gan_jax.metrics.cells import Cells, cells, label_of, one_hot, target_of, with_label

Classifiers = Mapping[str, Callable]
"""By name, functions that make one of scikit-learn's manner: `fit`, `predict`, `predict_proba`."""


def quick() -> Classifiers:
    """A decision tree, boosted trees and logistic regression."""
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.tree import DecisionTreeClassifier

    balanced = {"class_weight": "balanced", "random_state": 0}
    return {
        "tree": lambda: DecisionTreeClassifier(max_depth=15, **balanced),
        "boosted": lambda: AdaBoostClassifier(random_state=0),
        "logistic": lambda: LogisticRegression(max_iter=500, **balanced),
    }


def panel() -> Classifiers:
    """`quick` and a perceptron: the four kinds with which CTGAN's authors judge the table Adult.

    Xu et al. 2019, arXiv:1907.00503, section 5.
    """
    from sklearn.neural_network import MLPClassifier

    return {**quick(), "perceptron": lambda: MLPClassifier((50,), max_iter=50, random_state=0)}


def scores(
    real: np.ndarray,
    other: np.ndarray,
    columns: Sequence[Column],
    target: str = "",
    classifiers: Classifiers | None = None,
) -> dict[str, tuple[float, float]]:
    """F1 and AUC on real rows of each classifier, by its name, trained on the others.

    F1 is that of the rarer class of the real rows where there are two, and else the mean over the
    classes; AUC the mean over the classes that the real rows have, each against the rest. Numbers
    are standardised, choices one-hot.

    Args:
      real: encoded rows `[N, D]` to test on.
      other: encoded rows `[M, D]` to train on.
      columns: of the data's spec.
      target: the column to predict, see `target_of`.
      classifiers: `quick()` if not given.

    Raises:
      ValueError: there is no such column, or it is the only one.
    """
    target = target_of(columns, target)
    test, train = cells(real, columns), cells(other, columns)
    inputs, outputs = _features(test, target), test.choices[target]
    given = _features(train, target), train.choices[target]
    found = {}
    for name, make in (quick() if classifiers is None else classifiers).items():
        model = fitted(make, *given)
        chances = np.zeros((len(outputs), test.sizes[target]))
        chances[:, model.classes_] = model.predict_proba(inputs)
        found[name] = _f1(outputs, model.predict(inputs)), _auc(outputs, chances)
    return found


def usefulness(
    real: np.ndarray,
    other: np.ndarray,
    columns: Sequence[Column],
    target: str = "",
    classifiers: Classifiers | None = None,
) -> dict[str, float]:
    """`f1` and `auc`, the means over the classifiers of `scores`, with its arguments."""
    found = scores(real, other, columns, target, classifiers)
    f1, auc = np.mean(list(found.values()), axis=0)
    return {"f1": float(f1), "auc": float(auc)}


def label_usefulness(
    drawn: Mapping[str, np.ndarray], data: Dataset, classifiers: Classifiers | None = None
) -> tuple[dict[str, float], dict[str, float]]:
    """The `usefulness` of samples, and of as many training rows, to predict a table's label.

    Args:
      drawn: `samples` and, if they were made for any, their `labels`.
      data: real data, of whose held-out part as many rows are predicted.
      classifiers: `quick()` if not given.

    Returns:
      `f1` and `auc` of both; nothing where there are no labels.
    """
    columns = data.spec.columns
    if "labels" not in drawn or label_of(columns) is None:
        return {}, {}
    part = lambda real, label: with_label(data.spec.decode(real), label, columns)
    count, names = len(drawn["labels"]), ("real", "label")
    train, held_out = (
        part(*(some(arrays[name], count) for name in names))
        for arrays in (data.train, data.held_out)
    )
    made = with_label(drawn["samples"], drawn["labels"], columns)
    target, (tested, known) = label_of(columns).name, held_out
    found = (usefulness(tested, rows, known, target, classifiers) for rows, _ in (made, train))
    return tuple(found)


def _features(table: Cells, target: str) -> np.ndarray:
    """All columns but the target, `[N, F]`; a missing number is 0, and a flag says so."""
    numbers = [np.stack([np.nan_to_num(x), np.isnan(x)], 1) for x in table.numbers.values()]
    choices = [one_hot(table, name) for name in table.choices if name != target]
    if not numbers and not choices:
        raise ValueError(f"The table has no column but {target!r} to predict it from.")
    return np.concatenate([*numbers, *choices], axis=1)


def fitted(make: Callable, inputs: np.ndarray, outputs: np.ndarray, *, scale: bool = True):
    """A classifier of the inputs, each by default scaled by its own deviation."""
    import warnings

    from sklearn.dummy import DummyClassifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if len(np.unique(outputs)) < 2:
        return DummyClassifier().fit(inputs, outputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed effort, the same for all
        steps = (StandardScaler(), make()) if scale else (make(),)
        return make_pipeline(*steps).fit(inputs, outputs)


def _f1(outputs: np.ndarray, predicted: np.ndarray) -> float:
    from sklearn.metrics import f1_score

    classes, counts = np.unique(outputs, return_counts=True)
    if len(classes) == 2:
        hit = outputs == classes[counts.argmin()], predicted == classes[counts.argmin()]
        return float(f1_score(*hit, zero_division=0))
    return float(f1_score(outputs, predicted, average="macro", labels=classes, zero_division=0))


def _auc(outputs: np.ndarray, chances: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    classes = np.unique(outputs)
    if len(classes) < 2:
        return 0.5
    return float(np.mean([roc_auc_score(outputs == k, chances[:, k]) for k in classes]))
