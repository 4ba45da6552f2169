"""Whether rows of a table were copied: how near each is to a row of the training data."""

from collections.abc import Sequence

import numpy as np

from gan_jax.data.columns import Column
from gan_jax.metrics.cells import Cells, cells, one_hot
from gan_jax.metrics.neighbours import nearest

NEAR = 0.01
"""The distance up to which a row is a near copy: no other category, and hardly another number."""


def distances(train: np.ndarray, other: np.ndarray, columns: Sequence[Column]) -> np.ndarray:
    """From each other row to the nearest training row, `[M]`.

    The root of the sum, over the columns, of the squared difference of numbers in units of the
    range that training saw, and of 1 where choices differ.

    Args:
      train: encoded rows `[N, D]`.
      other: `[M, D]`.
      columns: of the data's spec.
    """
    points, queries = (_points(cells(rows, columns), columns) for rows in (train, other))
    return np.sqrt(np.maximum(nearest(queries, points)[1][:, 0], 0))


def copies(train: np.ndarray, other: np.ndarray, columns: Sequence[Column]) -> dict[str, float]:
    """`near_copies`, the share of rows within `NEAR` of training, and `nearest_row`, the median.

    Held-out rows beside them tell what is no copying: a table may hold a row twice.
    """
    found = distances(train, other, columns)
    return {"near_copies": float(np.mean(found <= NEAR)), "nearest_row": float(np.median(found))}


def _points(table: Cells, columns: Sequence[Column]) -> np.ndarray:
    spans = {column.name: (column.low, column.high - column.low or 1.0) for column in columns}
    parts = []
    for name, column in table.numbers.items():
        low, span = spans[name]
        missing = np.isnan(column)
        parts.append(np.stack([np.where(missing, 0, column - low) / span, missing], axis=1))
    parts += [one_hot(table, name) / np.sqrt(2) for name in table.choices]
    return np.concatenate(parts, axis=1)
