"""Data of which only some examples come with a label, for games that learn from few labels."""

from __future__ import annotations

import dataclasses

import numpy as np

from gan_jax.data.dataset import Dataset
from gan_jax.data.source import Rows
from gan_jax.errors import DataError


def partly_labelled(data: Dataset, count: int, seed: int = 0) -> Dataset:
    """The same data, with `count` of the training examples to learn labels from.

    The training part gets the arrays `labelled`, `[N, ...]`, and `labelled_label`, `[N]`: those few
    over and over, so that a minibatch has of them as many as of all others, drawn as uniformly.
    They are the first of a seeded order, of each class as many as of any other, to one, or
    all that there are.

    Args:
      data: with labels, which figures still see all of, and games only those of the few.
      count: from the number of classes to that of training examples.
      seed: of the order.

    Raises:
      DataError: data without labels, or without examples of a class, or no such count.

    >>> from gan_jax.data import from_arrays
    >>> few = partly_labelled(from_arrays(np.eye(20), np.arange(20) % 2), 4)
    >>> few.train["labelled"].shape, few.train["labelled_label"][:4].tolist()
    ((16, 20), [0, 1, 0, 1])
    """
    label, classes = labels_of(data, f"labelled={count}"), len(data.spec.classes)
    if not classes <= count <= len(label):
        raise DataError(
            f"{data.name}: labelled={count}: give labelled={classes}, one of each class, to "
            f"labelled={len(label)}, all training examples"
        )
    if not np.bincount(label, minlength=classes).all():
        raise DataError(
            f"{data.name}: a class has no training example: leave it out of the classes"
        )
    chosen = in_turn(label, classes, seed)[:count]
    numbers = chosen[np.arange(len(label)) % count]
    few = {"labelled": Rows(data.train["real"], numbers), "labelled_label": label[numbers]}
    return dataclasses.replace(data, train=dict(data.train) | few)


def labels_of(data: Dataset, option: str) -> np.ndarray:
    """The labels of the training part `[N]`, which an option needs."""
    if "label" not in data.train:
        raise DataError(f"{data.name}: {option} needs labels: use data with labels")
    return data.train["label"]


def in_turn(label: np.ndarray, classes: int, seed: int) -> np.ndarray:
    """The numbers of examples in a seeded order: the first of every class, then the second, ...

    Args:
      label: `[N]`, from 0 to `classes` - 1.
      classes: how many.
      seed: of the order.
    """
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(label))
    label = label[order]
    place = np.empty(len(order), np.int64)  # of an example among those of its class
    for one in range(classes):
        mine = label == one
        place[mine] = np.arange(mine.sum())
    return order[np.lexsort((label, place))]
