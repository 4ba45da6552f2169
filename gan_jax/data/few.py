"""A part of the training data, as if no more had been collected."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from gan_jax.data.columns import Column, blocks
from gan_jax.data.dataset import Dataset
from gan_jax.data.labelled import in_turn, labels_of, partly_labelled
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError


def some_of(
    data: Dataset, per_class: int | None = None, labelled: int | None = None, subset: int = 0
) -> Dataset:
    """What the options `per_class`, `labelled` and `subset` leave of the data, in this order.

    Raises:
      DataError: as `few` and `partly_labelled`; or a subset of nothing.
    """
    if subset < 0 or (per_class is None and labelled is None):
        raise DataError(
            f"{data.name}: subset={subset} is the seed, from 0, by which the examples of "
            "per_class=K or labelled=N are chosen: give one of these with it"
        )
    if per_class is not None:
        data = few(data, per_class, subset)
    return data if labelled is None else partly_labelled(data, labelled, subset)


def few(data: Dataset, per_class: int, subset: int = 0) -> Dataset:
    """The same data with `per_class` examples of each class in the training part, and no others.

    They are those whose labels `partly_labelled` shows, of the same seed and as many in all. The
    held-out part stays whole. How the columns of a table are encoded stays as it was fitted to all
    rows of training; their counts are those of the few.

    Args:
      data: with labels.
      per_class: how many, 1 or more.
      subset: the seed of the choice.

    Raises:
      DataError: data without labels, or a class with fewer examples.

    >>> from gan_jax.data import from_arrays
    >>> data = few(from_arrays(np.eye(20), np.arange(20) % 2), 3, subset=1)
    >>> np.bincount(data.train["label"]).tolist(), len(data.held_out["real"])
    ([3, 3], 4)
    """
    classes = data.spec.classes
    label = labels_of(data, f"per_class={per_class}")
    counts = np.bincount(label, minlength=len(classes))
    if not 1 <= per_class <= counts.min():
        rarest = int(counts.argmin())
        most = counts[rarest]
        what_to_do = f"give 1 to {most}" if most else "leave it out of the classes"
        raise DataError(
            f"{data.name}: per_class={per_class}, and the class {classes[rarest]} has {most} "
            f"training examples: {what_to_do}"
        )
    chosen = np.sort(in_turn(label, len(classes), subset)[: per_class * len(classes)])
    train = {name: array[chosen] for name, array in data.train.items()}
    weights = None if data.weights is None else np.asarray(data.weights)[chosen]
    return dataclasses.replace(data, train=train, weights=weights, spec=_spec(data.spec, train))


def _spec(spec: Spec, train: dict[str, np.ndarray]) -> Spec:
    shares = (1 / len(spec.classes),) * len(spec.classes)
    columns = _recounted(spec.columns, train["real"], train["label"])
    return dataclasses.replace(spec, frequencies=shares, columns=columns)


def _recounted(
    columns: Sequence[Column], rows: np.ndarray, label: np.ndarray
) -> tuple[Column, ...]:
    """The columns with the counts of these encoded rows, and of their labels."""

    def counts(column, own):
        if column.label:
            return np.bincount(label, minlength=len(column.counts))
        return rows[:, own[-1].start : own[-1].stop].sum(0) if own else [len(rows)]

    return tuple(
        column._replace(counts=tuple(int(count) for count in counts(column, own)))
        if column.counts
        else column
        for column, own in zip(columns, blocks(columns), strict=True)
    )
