"""What a classifier learns from a training set, tested on real examples that nobody trained on."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from gan_jax.data.columns import Column
from gan_jax.data.encoding import hardened
from gan_jax.metrics.classifiers import fitted
from gan_jax.metrics.rows import as_rows

Make = Callable[[int, int], object]
"""A seed and how many examples there will be to a classifier of scikit-learn: `fit`, `predict`."""
Labelled = tuple[np.ndarray, np.ndarray]
"""Rows `[N, D]` and their labels `[N]`."""

MOST = 20_000
"""Examples up to which a machine of kernels is soon trained: its time grows with their square."""
SEEN = 1_000_000
"""Examples that a perceptron is shown, over and over."""


def support_vectors(seed: int, count: int) -> object:
    """Support vectors under a Gaussian kernel as wide as the data, C 10; it draws nothing."""
    from sklearn.svm import SVC

    return SVC(C=10, gamma="scale", class_weight="balanced", random_state=seed)


def logistic(seed: int, count: int) -> object:
    """Logistic regression, which few rows of a table do not overfit; it draws nothing."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000, class_weight="balanced", random_state=seed)


def perceptron(seed: int, count: int) -> object:
    """A perceptron of one hidden layer of 256, to which Adam shows about `SEEN` examples.

    In 15 to 200 passes: of fewer than 5,000 examples it sees fewer, and a larger set is then also
    learnt from for longer.
    """
    from sklearn.neural_network import MLPClassifier

    passes = int(np.clip(SEEN // count, 15, 200))
    return MLPClassifier((256,), random_state=seed, max_iter=passes)


def suited(columns: Sequence[Column], largest: int) -> Make:
    """`logistic` for a table, and else `support_vectors`; from `MOST` examples on a `perceptron`.

    Args:
      columns: of the data's spec.
      largest: examples in the largest set to learn from; all are learnt from in one way.
    """
    if columns:
        return logistic
    return support_vectors if largest <= MOST else perceptron


def balanced_accuracy(make: Make, seed: int, train: Labelled, test: Labelled) -> float:
    """The share of the test examples that are classified rightly: the mean over their classes.

    So a class counts as much as any other, and a set of as many of each can be compared with one
    in which a class is rare.

    Args:
      make: the classifier.
      seed: of it.
      train: to learn from; with one class alone that is the answer for all.
      test: real ones.

    >>> nearest = (np.array([[0.0], [1.0]]), np.array([0, 1]))
    >>> balanced_accuracy(support_vectors, 0, nearest, (np.array([[0.1], [0.2], [0.9]]), [0, 1, 1]))
    0.75
    """
    inputs, expected = test[0], np.asarray(test[1])
    found = fitted(partial(make, seed, len(train[0])), *train, scale=False).predict(inputs)
    right = [np.mean(found[expected == one] == one) for one in np.unique(expected)]
    return float(np.mean(right))


def inputs(reference: np.ndarray, columns: Sequence[Column] = ()) -> Callable:
    """What makes rows for a classifier of examples: flat, of the mean 0 and the deviation 1.

    By one mean and one deviation of all values, so that pixels that hardly vary are not blown up.
    The rows of a table are as they are encoded, their choices made.

    Args:
      reference: real examples `[N, ...]`, by which all are scaled.
      columns: of a table.
    """
    if columns:
        return lambda examples: hardened(as_rows(examples, "examples"), columns)
    mean, deviation = np.mean(reference), np.std(reference) or 1.0
    return lambda examples: (as_rows(examples, "examples") - mean) / deviation


def standardised(reference: np.ndarray) -> Callable:
    """What makes rows of codes, of which each number has the mean 0 and the deviation 1.

    Args:
      reference: codes `[N, D]` of real examples, by which all are scaled.
    """
    mean, deviation = reference.mean(0), reference.std(0)
    return lambda codes: (codes - mean) / np.where(deviation > 0, deviation, 1.0)
