"""Columns to rows of float32 and back; fitted to the rows of the training part alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from gan_jax.data.columns import NUMBERS, Column, blocks, width
from gan_jax.data.kinds import Typed
from gan_jax.data.modes import REACH, decode_modes, encode_modes, fit_modes

KNOTS = 257
"""Quantiles, the least and the greatest value among them."""


class Decoded(NamedTuple):
    """The values of one column.

    Args:
      column: what they mean.
      values: [N], float64 for a continuous column, int64 for an integer or a date, and otherwise
        the places of the categories.
      missing: [N], which of them are none.
    """

    column: Column
    values: np.ndarray
    missing: np.ndarray


def fit(typed: Typed, rows: np.ndarray, encoding: Literal["modes", "quantiles"]) -> Column:
    """The column with all that its encoding needs to know.

    Args:
      typed: the column.
      rows: of the training part; at least one of them has a value.
      encoding: of numbers, see `encode`.
    """
    column, index = typed.column, typed.index[rows]
    known = index[index >= 0]
    fitted = column._replace(missing=column.missing if len(known) < len(rows) else None)
    if column.kind not in NUMBERS:
        seen = set(typed.values[np.unique(known)])
        fitted = fitted._replace(categories=tuple(c for c in column.categories if c in seen))
        choice = np.where(index < 0, fitted.choices - 1, places(typed, fitted)[index])
        counts = np.bincount(choice, minlength=fitted.choices)
        return fitted._replace(counts=tuple(counts.tolist()))
    values = typed.values[known].astype(np.float64)
    fitted = fitted._replace(low=float(values.min()), high=float(values.max()))
    if encoding == "modes":
        return fitted._replace(modes=fit_modes(values, generator(column, "fit")))
    return fitted._replace(knots=fit_knots(values))


def fit_knots(values: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Pairs of a scalar and the quantile of the values there; a value in many rows has a range."""
    scalars = np.linspace(-REACH, REACH, KNOTS)
    knots = np.quantile(values, (scalars / REACH + 1) / 2)
    ends = np.ones(KNOTS, bool)
    ends[1:-1] = (knots[1:-1] != knots[:-2]) | (knots[1:-1] != knots[2:])
    if knots[0] == knots[-1]:
        return ((0.0, float(knots[0])),)
    return tuple(zip(scalars[ends].tolist(), knots[ends].tolist(), strict=True))


def encode(typed: Typed, column: Column, rows: np.ndarray, part: str) -> np.ndarray:
    """The column's part of encoded rows [len(rows), its width], float32.

    A number becomes a scalar and a one-hot mode, see `encode_modes`; or the scalar alone, its place
    among the quantiles of the training part in [-0.99, 0.99], in the middle of its range where many
    rows have the value. Anything else becomes a one-hot category. What has no place since the
    training part has none of it, a category or a missing value, becomes zeros.

    Args:
      typed: the column, with the values of all rows.
      column: as fitted.
      rows: which to encode.
      part: "train" or "held_out", each with draws of its own.
    """
    index = typed.index[rows]
    (own,) = blocks([column])
    encoded = np.zeros((len(rows), width([column])), np.float32)
    choice = np.full(len(rows), -1 if column.missing is None else column.choices - 1)
    known = index >= 0
    if column.kind in NUMBERS:
        scalars, choice[known] = _numbers(typed, column, index[known], part)
        if column.has_scalar:
            encoded[known, 0] = scalars
    else:
        choice[known] = places(typed, column)[index[known]]
    if own and own[-1].kind == "choice":
        there = np.flatnonzero(choice >= 0)
        encoded[there, own[-1].start + choice[there]] = 1
    return encoded


def places(typed: Typed, column: Column) -> np.ndarray:
    """Where each word stands among the categories that training saw; -1 for nowhere."""
    number = {category: place for place, category in enumerate(column.categories)}
    return np.array([number.get(word, -1) for word in typed.values])


def decode(samples: np.ndarray, columns: Sequence[Column]) -> list[Decoded]:
    """The values of encoded rows: of a choice, the largest entry; no number leaves its range.

    Args:
      samples: [N, D], of data or of a generator.
      columns: as fitted; the label is left out.
    """
    pairs = zip(columns, blocks(columns), strict=True)
    return [_decoded(column, samples, own) for column, own in pairs if not column.label]


def hardened(samples: np.ndarray, columns: Sequence[Column]) -> np.ndarray:
    """Rows of a generator as encoded rows are: every choice one-hot, and 0 for unused scalars.

    Args:
      samples: [N, D].
      columns: as fitted.
    """
    hard = np.array(samples)
    for column, own in zip(columns, blocks(columns), strict=True):
        if not own or own[-1].kind == "scalar":
            continue
        part = hard[:, own[-1].start : own[-1].stop]
        choice = part.argmax(1)
        part[:] = np.eye(column.choices, dtype=hard.dtype)[choice]
        if column.has_scalar:
            used = [mode.reach > 0 for mode in column.modes] or [True]
            used += [False] * (column.missing is not None)
            hard[:, own[0].start] *= np.array(used)[choice]
    return hard


def generator(column: Column, use: str) -> np.random.Generator:
    """Random numbers of a column by its name: the other columns do not matter."""
    seed = np.random.SeedSequence(list(f"{use} {column.name}".encode()))
    return np.random.Generator(np.random.PCG64(seed))


def _numbers(typed: Typed, column: Column, index: np.ndarray, part: str):
    values = typed.values[index].astype(np.float64)
    if column.modes:
        return encode_modes(values, column.modes, generator(column, part))
    scalars, knots = np.array(column.knots).T
    ends = np.interp(values, knots, scalars), -np.interp(-values, -knots[::-1], -scalars[::-1])
    return sum(ends) / 2, 0


def _decoded(column: Column, samples: np.ndarray, own: Sequence) -> Decoded:
    choice, scalars = np.zeros(len(samples), np.int64), np.zeros(len(samples))
    for block in own:
        if block.kind == "choice":
            choice = samples[:, block.start : block.stop].argmax(1)
        else:
            scalars = samples[:, block.start]
    missing = (choice == column.choices - 1) & (column.missing is not None)
    choice = np.where(missing, 0, choice)
    if column.kind not in NUMBERS:
        return Decoded(column, choice, missing)
    if column.modes:
        values = decode_modes(scalars, choice, column.modes)
    else:
        values = np.interp(scalars.astype(np.float64), *np.array(column.knots).T)
    values = values.clip(column.low, column.high)
    if column.kind == "continuous":
        values = values if column.decimals is None else values.round(column.decimals) + 0.0
        return Decoded(column, values.clip(column.low, column.high), missing)
    return Decoded(column, np.rint(values).astype(np.int64), missing)
