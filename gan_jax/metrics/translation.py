"""Figures of translations, each beside what it was made of."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from gan_jax.data import Dataset
from gan_jax.data.source import some
from gan_jax.metrics.evaluation import suited

FITTED = 5000
"""Training examples that a classifier is fitted to at most."""

Figures = dict[str, float]
Drawn = Mapping[str, np.ndarray]
Predict = Callable[[np.ndarray], np.ndarray]
"""Decoded examples `[N, ...]` to labels `[N]`."""


def translation_figures(drawn: Drawn, data: Dataset) -> tuple[Figures, Figures]:
    """How well examples pass for those of the other domain, and come back; and how truly.

    Args:
      drawn: by `sampling.translations`.
      data: of `gan_jax.data.domains`.

    Returns:
      Of the translations, and of real data:
      `cycle`, E |F(G(a)) - a|, the mean over pixels; low for the identity too.
      `translated`, the share of G(a) that pass for b to a classifier of the two domains, fitted to
      training examples of both; beside it that of b, the most there is to reach. `untranslated`,
      that of a as they are, the least; it stands on both sides.
      `inverse_translated` and `inverse_untranslated`, the same of F(b), a and b towards a.
      `inverse_precision` and so on, the figures of `suited` of F(b) against held-out a; those of
      G(a) against b are an evaluation like any other.
      Where the truth T(a) is known, `error`, E (G(a) - T(a))^2, and if a has a label `preserved`,
      how many have it still, to a classifier fitted to training examples of T's domain; beside it
      that of T.
    """
    cycle = float(np.abs(drawn["returned"] - drawn["source"]).mean())
    found = [({"cycle": cycle}, {"cycle": 0.0}), _passing(drawn, data), _inverse(drawn, data)]
    if "truth" in drawn:
        found.append(_true(drawn, data))
    figures, real = {}, {}
    for of_samples, of_real in found:
        figures, real = figures | of_samples, real | of_real
    return figures, real


def _passing(drawn: Drawn, data: Dataset) -> tuple[Figures, Figures]:
    """What passes for an example of the domain that it is to be of."""
    predict = _by_domain(data)
    of_b = lambda name: float(predict(drawn[name]).mean())
    of_a = lambda name: 1 - of_b(name)
    least = {"untranslated": of_b("source"), "inverse_untranslated": of_a("target")}
    return (
        {"translated": of_b("samples"), "inverse_translated": of_a("inverse")} | least,
        {"translated": of_b("target"), "inverse_translated": of_a("source")} | least,
    )


def _inverse(drawn: Drawn, data: Dataset) -> tuple[Figures, Figures]:
    """F(b), and training examples of a, against held-out ones."""
    count, evaluate = len(drawn["inverse"]), suited(data.spec)
    parts = (some(part["source"], count) for part in (data.held_out, data.train))
    held_out, train = (np.asarray(data.spec.decode(part)) for part in parts)
    named = lambda figures: {f"inverse_{name}": value for name, value in figures.items()}
    return named(evaluate(held_out, drawn["inverse"])), named(evaluate(held_out, train))


def _true(drawn: Drawn, data: Dataset) -> tuple[Figures, Figures]:
    """G(a) beside T(a)."""
    error = float(np.square(drawn["samples"] - drawn["truth"]).mean())
    if "labels" not in drawn:
        return {"error": error}, {"error": 0.0}
    predict = _by_label(data)
    preserved = lambda x: float((predict(x) == drawn["labels"]).mean())
    return (
        {"error": error, "preserved": preserved(drawn["samples"])},
        {"error": 0.0, "preserved": preserved(drawn["truth"])},
    )


@lru_cache(maxsize=1)
def _by_domain(data: Dataset) -> Predict:
    """Whether an example is one of the second domain."""
    parts = [some(data.train[name], FITTED // 2) for name in ("source", "real")]
    return _fitted(
        data.spec.decode(np.concatenate(parts)), np.repeat([0, 1], list(map(len, parts)))
    )


@lru_cache(maxsize=1)
def _by_label(data: Dataset) -> Predict:
    """The label of an example of the second domain."""
    chosen = {name: some(data.train[name], FITTED) for name in ("real", "label")}
    return _fitted(data.spec.decode(chosen["real"]), chosen["label"])


def _fitted(examples: np.ndarray, labels: np.ndarray) -> Predict:
    """A support vector machine, the best where examples are few.

    The kernel of all pairs is one product of matrices, where libsvm takes each pair by itself.
    """
    from sklearn.metrics.pairwise import rbf_kernel
    from sklearn.svm import SVC

    flat = lambda x: np.asarray(x).reshape(len(x), -1)
    known = flat(examples)
    gamma = 1 / (known.shape[1] * (known.var() or 1.0))  # scikit-learn's own choice, `scale`
    kernel = lambda x: rbf_kernel(flat(x), known, gamma)
    model = SVC(C=10.0, kernel="precomputed").fit(kernel(known), labels)
    return lambda x: model.predict(kernel(x))
