"""What is doubtful about a column, said in a warning or refused, with the column and a row."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from gan_jax.data.cells import Cells
from gan_jax.data.columns import NUMBERS, Column
from gan_jax.data.encoding import decode, encode, places
from gan_jax.data.kinds import Typed
from gan_jax.errors import DataError

COMMA = re.compile(r"[+-]?\d+,\d+")
FEW = 20
"""Rows from which on distinct values are a sign of an identifier."""


def check_label(path: Path, cells: Cells, kind: str) -> None:
    """Refuses a label that is missing in some rows, or that names no classes."""
    rows = np.flatnonzero(cells.index < 0)
    if len(rows):
        raise DataError(
            f"{path}: the label `{cells.name}` is missing in row {rows[0] + 1} ({len(rows)} such "
            "rows in all): fill it there, or take them out"
        )
    if kind in ("continuous", "date") or len(cells.words) > max(FEW, len(cells.index) / 2):
        raise DataError(
            f"{path}: the label `{cells.name}` is {kind}, with {len(cells.words)} values in "
            f"{len(cells.index)} rows: a label names classes; choose another, or none"
        )


def check_trained(path: Path, typed: Typed, rows: np.ndarray) -> None:
    """Refuses a column that has no value in the training part."""
    if (typed.index[rows] < 0).all():
        raise DataError(
            f"{path}: column `{typed.column.name}` has no value in the {len(rows)} rows of the "
            f"training part: leave it out by drop={typed.column.name}"
        )


def check_guessed(path: Path, typed: Typed) -> None:
    """Warns of decimal commas, of mostly distinct words, of whole numbers that count the rows."""
    name, count = typed.column.name, len(typed.index)
    distinct = len(typed.values)
    if typed.column.kind == "categorical" and all(map(COMMA.fullmatch, map(str, typed.values))):
        return _warn(
            f"{path}: column `{name}` looks like numbers with a decimal comma, and is taken as "
            f"categories: write them with a point, or give categorical={name}"
        )
    if count < FEW or distinct <= count / 2:
        return
    if typed.column.kind == "integer":
        values = typed.values[typed.index]
        counted = np.ptp(values) + 1 == count or (np.diff(values) > 0).all()
        if distinct < count or not counted:
            return
    elif typed.column.kind != "categorical":
        return
    _warn(
        f"{path}: column `{name}` looks like an identifier, with {distinct} distinct values in "
        f"{count} rows: leave it out by drop={name}"
    )


def check_fitted(
    path: Path, typed: Typed, column: Column, train: np.ndarray, held_out: np.ndarray
) -> None:
    """Warns of a constant column, of values only in held-out rows, and of what float32 cannot hold.

    Raises:
      DataError: a class that only held-out rows have.
    """
    place = f"{path}: column `{column.name}`"
    if column.choices == 1 and not column.has_scalar:
        _warn(f"{place} is constant in the training part: leave it out by drop={column.name}")
    _check_seen(place, typed, column, held_out)
    if column.kind in NUMBERS:
        _check_exact(place, typed, column, train)


def _check_seen(place: str, typed: Typed, column: Column, rows: np.ndarray) -> None:
    index = typed.index[rows]
    lost = (index < 0) & (column.missing is None)
    if column.kind not in NUMBERS:
        lost |= (index >= 0) & (places(typed, column)[index] < 0)
    if not lost.any():
        return
    first = lost.argmax()
    what = repr(typed.values[index[first]]) if index[first] >= 0 else "a missing value"
    said = f"{place} has {what} in row {rows[first] + 1}, which is held out, and in no training row"
    if column.label:
        raise DataError(f"{said}: hold out less, or take out the classes of few rows")
    _warn(f"{said}: encoded as zeros ({lost.sum()} such rows)")


def _check_exact(place: str, typed: Typed, column: Column, rows: np.ndarray) -> None:
    rows = rows[typed.index[rows] >= 0]
    values = typed.values[typed.index[rows]]
    (back,) = decode(encode(typed, column, rows, "train"), [column])
    error, bearable = np.abs(back.values - values), 0.0
    if column.kind == "continuous":  # half of the last digit, or a thousandth
        digits = column.decimals
        bearable = 1e-3 * np.abs(values) if digits is None else 0.5 * 10.0**-digits
    if (error > bearable).any():
        worst = (error - bearable).argmax()
        pair = np.array([values[worst], back.values[worst]])
        pair = pair.astype(f"M8[{column.unit}]") if column.kind == "date" else pair
        _warn(
            f"{place} has too wide a range for float32: {pair[0]} in row {rows[worst] + 1} comes "
            f"back as {pair[1]}"
        )


def _warn(said: str) -> None:
    warnings.warn(said, stacklevel=5)
