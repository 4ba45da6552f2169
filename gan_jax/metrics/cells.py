"""Encoded rows of a table as what its columns mean: what the metrics of tables look at."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gan_jax.data.columns import NUMBERS, Column
from gan_jax.data.encoding import Decoded, decode
from gan_jax.data.query import hint
from gan_jax.metrics.rows import as_rows


class Cells(NamedTuple):
    """Rows of a table, its numbers and its choices apart; the columns by name."""

    numbers: dict[str, np.ndarray]  # [N] float64, NaN where there is none
    choices: dict[str, np.ndarray]  # [N] int64, the place of the category; missing comes last
    sizes: dict[str, int]  # how many places each choice has

    @property
    def names(self) -> list[str]:
        """Of all columns, numbers first."""
        return [*self.numbers, *self.choices]


def cells(rows: np.ndarray, columns: Sequence[Column]) -> Cells:
    """Rows `[N, D]` of data or of a generator, of which no choice needs to be made yet.

    Raises:
      ValueError: no columns, as of data that are no table.
    """
    if not columns:
        raise ValueError("These are figures of tables: the data have no columns.")
    found = decode(as_rows(rows, "rows"), columns)
    numbers = {d.column.name: _number(d) for d in found if d.column.kind in NUMBERS}
    others = [d for d in found if d.column.kind not in NUMBERS]
    choices = {
        d.column.name: np.where(d.missing, d.column.choices - 1, d.values).astype(np.int64)
        for d in others
    }
    return Cells(numbers, choices, {d.column.name: d.column.choices for d in others})


def _number(decoded: Decoded) -> np.ndarray:
    return np.where(decoded.missing, np.nan, decoded.values.astype(np.float64))


def one_hot(table: Cells, name: str) -> np.ndarray:
    """The choice of this name as `[N, its places]`, float64."""
    return np.eye(table.sizes[name])[table.choices[name]]


def label_of(columns: Sequence[Column]) -> Column | None:
    """The label of the table, if it has one of two classes or more."""
    return next((c for c in columns if c.label and c.choices > 1), None)


def with_label(
    rows: np.ndarray, labels: np.ndarray, columns: Sequence[Column]
) -> tuple[np.ndarray, tuple[Column, ...]]:
    """Rows that have their label as the last column, and the columns of such rows.

    Args:
      rows: `[N, D]`, encoded.
      labels: `[N]`, theirs.
      columns: of the data's spec, with a `label_of` them.
    """
    label, others = label_of(columns), (c for c in columns if not c.label)
    hot = np.eye(label.choices)[np.asarray(labels)]
    joined = np.concatenate([as_rows(rows, "rows"), hot], axis=1)
    return joined, (*others, label._replace(label=False))


def predictable(columns: Sequence[Column]) -> list[str]:
    """The columns with two categories or more: what classifiers may predict."""
    return [c.name for c in columns if c.kind not in NUMBERS and not c.label and c.choices > 1]


def target_of(columns: Sequence[Column], name: str = "") -> str:
    """The column that classifiers predict: as named, or the last one that is no number.

    Raises:
      ValueError: there is no such column, or it has not two categories or more.
    """
    able = predictable(columns)
    if not able or name not in ("", *able):
        given = f"no column {name!r}: {hint(name, able)}" if name else "no column to predict: "
        raise ValueError(f"The table has {given}it may be {', '.join(able) or 'none'}.")
    return name or able[-1]
