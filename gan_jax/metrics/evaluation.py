"""Every figure of the samples beside the same figure of real data.

A figure means little by itself: precision of real data is below 1 and their Wasserstein distance
above 0. So samples and real training data are both measured against the same held-out data.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from gan_jax.data import Mixture, Spec
from gan_jax.data.columns import Column
from gan_jax.data.encoding import hardened
from gan_jax.metrics.cells import label_of, predictable, target_of
from gan_jax.metrics.characters import for_text
from gan_jax.metrics.classifiers import label_usefulness, usefulness
from gan_jax.metrics.columns import fidelity
from gan_jax.metrics.frechet import frechet_distance
from gan_jax.metrics.mixture import mixture_figures
from gan_jax.metrics.nearest_rows import copies
from gan_jax.metrics.neighbours import precision_recall
from gan_jax.metrics.oracle import for_oracle
from gan_jax.metrics.repeated import Repeated
from gan_jax.metrics.sequences import for_sequences
from gan_jax.metrics.transport import exact_wasserstein

Evaluation = Callable[[np.ndarray, np.ndarray], Mapping[str, float]]
"""A function of real data `[N, ...]` and other data `[N, ...]` that returns figures by name."""


class OfTraining(NamedTuple):
    """An evaluation against all training data, with that of held-out data beside the samples'."""

    evaluate: Evaluation


_WHOLE = 1024  # values of an image up to which the Frechet distance of its pixels is soon done


def for_images(neighbours: int = 3) -> Evaluation:
    """Precision and recall, and the Frechet distance, of raw pixels.

    Args:
      neighbours: k of `precision_recall`.

    Returns:
      An evaluation with the figures `precision`, `recall` and, for images of up to 1,024 values
      (its time grows as their cube), `pixel_frechet`, in squared units of pixels and no FID.
    """

    def evaluate(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
        figures = dict(precision_recall(real, other, neighbours))
        if real[0].size <= _WHOLE:
            figures["pixel_frechet"] = frechet_distance(real, other)
        return figures

    return evaluate


def for_points(mixture: Mixture | None = None) -> Repeated:
    """Exact Wasserstein distance of the first 1,000 points, precision, recall, and of a mixture.

    The distance of real data, in `compare`, is the mean over up to eight sets of 1,000.

    Args:
      mixture: has `centres` `[K, D]` and `deviation`; None if the data are no such mixture.

    Returns:
      An evaluation with the figures of `mixture_figures`, if there is a mixture; `precision`,
      `recall` and `wasserstein`. The points must come in random order.
    """

    def evaluate(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
        figures = dict(precision_recall(real, other))
        if mixture is None:
            return figures
        return mixture_figures(other, mixture.centres, mixture.deviation) | figures

    return Repeated(evaluate, "wasserstein", exact_wasserstein)


def for_tables(columns: Sequence[Column]) -> Repeated:
    """`for_points` of encoded rows, once every choice is made: real rows have no halves of it.

    Args:
      columns: of the data's spec.
    """
    points = for_points()
    chosen = lambda figure: lambda real, other: figure(real, hardened(other, columns))
    return points._replace(evaluate=chosen(points.evaluate), figure=chosen(points.figure))


def for_columns(columns: Sequence[Column], target: str = "") -> list[Evaluation | OfTraining]:
    """The evaluations of a table's columns: `fidelity`, `usefulness` and `copies`.

    Args:
      columns: of the data's spec; without any there are no evaluations.
      target: the column that classifiers predict; if not given the label, which is that of
        `for_label`, and else the last that is no number.

    Raises:
      ValueError: the table has no such column.
    """
    if not columns:
        return []
    found = [partial(fidelity, columns=columns)]
    if not for_label(columns, target) and (target or (predictable(columns) and len(columns) > 1)):
        found.append(partial(usefulness, columns=columns, target=target_of(columns, target)))
    return [*found, OfTraining(partial(copies, columns=columns))]


def for_label(columns: Sequence[Column], target: str = "") -> list[Callable]:
    """The measure of a table with a label, which no row holds: `label_usefulness`.

    Args:
      columns: of the data's spec; without a label there is no measure.
      target: the column that classifiers predict; nothing is measured here if it is another.
    """
    label = label_of(columns)
    return [label_usefulness] if label and target in ("", label.name) else []


def suited(spec: Spec) -> Evaluation:
    """The evaluation that fits the data: `for_text`, `for_images` and so on."""
    if spec.columns:
        return for_tables(spec.columns)
    if spec.oracle:
        return for_oracle(spec)
    if spec.vocabulary or spec.is_sequence:
        return for_text() if spec.vocabulary else for_sequences()
    return for_images() if spec.is_image else for_points(spec.mixture)


def compare(
    evaluations: Sequence[Evaluation],
    held_out: np.ndarray,
    train: np.ndarray,
    samples: np.ndarray,
    training: np.ndarray | None = None,
) -> dict[str, Any]:
    """The figures of samples and of real training data, both against held-out data.

    Args:
      evaluations: their figures are put together; no name may come twice.
      held_out: `[N, ...]` real data that no training saw, in random order.
      train: `[N, ...]` real data, a random subset of the training data.
      samples: `[N, ...]`.
      training: all training data, for evaluations that are `OfTraining`, or as many as those that
        are `Repeated` need; `train` if not given.

    Returns:
      `samples` and `real`: figures by name; `n`: the size N of each set.

    Raises:
      ValueError: if the three sets differ in size or two figures have one name.
    """
    sizes = len(held_out), len(train), len(samples)
    if len(set(sizes)) > 1:
        raise ValueError(
            "held_out, train and samples have {}, {} and {} examples; "
            "expected sets of equal size: subsample to the smallest".format(*sizes)
        )
    known = train if training is None else training
    found = _figures(evaluations, (held_out, samples), (known, samples))
    real = _figures(evaluations, (held_out, train), (known, held_out))
    for each in evaluations:
        real |= each.floor(held_out, known) if isinstance(each, Repeated) else {}
    return {"samples": found, "real": real, "n": sizes[0]}


def _figures(
    evaluations: Sequence[Evaluation | OfTraining], plain: tuple, of_training: tuple
) -> dict[str, float]:
    figures: dict[str, float] = {}
    for each in evaluations:
        own = isinstance(each, OfTraining)
        found = each.evaluate(*of_training) if own else each(*plain)
        for name, value in found.items():
            if name in figures:
                raise ValueError(f"two evaluations give the figure {name!r}; expected it once")
            figures[name] = value
    return figures
