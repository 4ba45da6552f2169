"""Figures of translations, each beside what it was made of."""

from collections.abc import Callable, Mapping

import numpy as np

from gan_jax.data import Dataset
from gan_jax.data.source import some

FITTED = 5000
"""Labelled training examples that a classifier is fitted to at most."""

Figures = dict[str, float]


def translation_figures(drawn: Mapping[str, np.ndarray], data: Dataset) -> tuple[Figures, Figures]:
    """How well the inverse undoes a translation, and how near it is to the truth, if that is known.

    Args:
      drawn: by `sampling.translations`.
      data: of `gan_jax.data.domains`.

    Returns:
      `cycle` (E |F(G(a)) - a|, the mean over pixels) and, where the truth T(a) is known, `error`
      (E (G(a) - T(a))^2) and `preserved` (how many have the label of a, to a classifier
      fitted to training examples of T's domain); and the same of T itself.
    """
    figures = {"cycle": float(np.abs(drawn["returned"] - drawn["source"]).mean())}
    if "truth" not in drawn:
        return figures, {"cycle": 0.0}
    predict = _fitted(data)
    preserved = lambda x: float((predict(x) == drawn["labels"]).mean())
    error = float(np.square(drawn["samples"] - drawn["truth"]).mean())
    figures |= {"error": error, "preserved": preserved(drawn["samples"])}
    return figures, {"cycle": 0.0, "error": 0.0, "preserved": preserved(drawn["truth"])}


def _fitted(data: Dataset) -> Callable[[np.ndarray], np.ndarray]:
    """Decoded examples to labels: a support vector machine, the best where examples are few."""
    from sklearn.svm import SVC

    chosen = {name: some(array, FITTED) for name, array in data.train.items()}
    flat = lambda x: np.asarray(x).reshape(len(x), -1)
    model = SVC(C=10.0).fit(flat(data.spec.decode(chosen["real"])), chosen["label"])
    return lambda x: model.predict(flat(x))
