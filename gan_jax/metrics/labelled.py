"""Train on synthetic, test on real, and the reverse: what labelled samples are worth."""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.classifiers import Classifiers, fitted
from gan_jax.metrics.learners import inputs
from gan_jax.metrics.rows import as_row_pair


def kinds() -> Classifiers:
    """Logistic regression, five nearest neighbours, and a support vector machine with RBF."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC

    return {
        "logistic": lambda: LogisticRegression(max_iter=200),
        "neighbours": lambda: KNeighborsClassifier(5),
        "support": lambda: SVC(C=10.0),
    }


def synthetic_usefulness(
    real: ArrayLike,
    labels: ArrayLike,
    other: ArrayLike,
    other_labels: ArrayLike,
    classifiers: Classifiers | None = None,
) -> dict[str, float]:
    """The accuracy of classifiers of one set on the other, both ways: of each kind, and their mean.

    Esteban et al. 2017, arXiv:1706.02633, section 4.3. Samples that are wrong, or without variety,
    teach little about real data; a classifier of real data is sure of samples without variety too.
    Beside it stands that of other real data: train on real, test on real. A kind that learns
    nothing of those, such as a line of raw waves of any phase, says nothing of samples either.

    Args:
      real: `[N, ...]` examples or features that no training saw.
      labels: `[N]`, theirs.
      other: `[M, ...]`: samples, or real training data.
      other_labels: `[M]`, that the samples were made for.
      classifiers: `kinds()` if not given. For all of them, and both ways, the examples are scaled
        by one mean and one deviation of the real ones: by those of each value, samples whose
        pixels are nearly but not quite constant would be scaled to noise.

    Returns:
      `train_on_synthetic`, tested on the real ones, and `test_on_synthetic`, trained on them: means
      over the kinds, each of which has its own, as in `train_on_synthetic_neighbours`.

    Raises:
      ValueError: labels that are not as many as the examples, or sets of unequal widths.
    """
    real, other = as_row_pair(real, other)
    rows = inputs(real)
    sets = (rows(real), np.asarray(labels)), (rows(other), np.asarray(other_labels))
    for rows, given in sets:
        if given.shape != (len(rows),):
            raise ValueError(
                f"{len(rows)} examples and labels of shape {given.shape}; expected [N]"
            )
    made, (first, second) = classifiers or kinds(), sets
    both = {"train_on_synthetic": (second, first), "test_on_synthetic": (first, second)}
    found = {name: _accuracies(*pair, made) for name, pair in both.items()}
    means = {name: float(np.mean(list(each.values()))) for name, each in found.items()}
    own = {f"{name}_{kind}": x for name, each in found.items() for kind, x in each.items()}
    return means | own


def _accuracies(train: tuple, test: tuple, classifiers: Classifiers) -> dict[str, float]:
    models = {name: fitted(make, *train, scale=False) for name, make in classifiers.items()}
    return {
        name: float(np.mean(model.predict(test[0]) == test[1])) for name, model in models.items()
    }
