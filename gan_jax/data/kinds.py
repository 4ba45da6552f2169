"""What kind a column is, from its words: guessed by plain rules, or as it is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gan_jax.data.cells import Cells
from gan_jax.data.columns import Column
from gan_jax.data.dates import common_format, read_dates
from gan_jax.errors import DataError

WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf(inity)?", re.I)
CODE = re.compile(r"[+-]?0[0-9]+")
TRUTH = {"true": "false", "yes": "no", "t": "f", "y": "n", "1": "0"}
LARGEST = float(np.finfo(np.float32).max)
DIGITS = 19
"""A whole number with as many signs may be too large for 64 bits."""
MANY, MOST = 10, 0.9
"""Numbers among the distinct words, and their share, from which on the other words are mistakes."""


class Typed(NamedTuple):
    """One column as numbers or categories.

    Args:
      column: not fitted yet; `categories` are all that there are, in order.
      values: [words], float64 for a continuous column, int64 for an integer or a date, and
        otherwise the words.
      index: [N], which of the values each row has; -1 where it is missing.
    """

    column: Column
    values: np.ndarray
    index: np.ndarray


def typed(cells: Cells, asked: str | Sequence[str] | None, where: str) -> Typed:
    """The column as what it is asked to be; as what it seems to be, if nothing is asked.

    Without being asked, a column of a CSV file is

    ===========  =========================================================================
    boolean      if its words are true and false, in capitals or not
    integer      if all are whole numbers, more than two, and none begins with a 0 (a code)
    continuous   if all are numbers, and not all whole
    date         if all are written in one of `dates.FORMATS`
    categorical  otherwise
    ===========  =========================================================================

    In a Parquet file strings are categorical, whatever they say, and an ordered dictionary is
    ordinal.

    Args:
      cells: of the column.
      asked: a kind, or the order of the categories of an ordinal column.
      where: what messages call the table.

    Raises:
      DataError: words that are not of this kind, in the first row that has one; no value at all; or
        a few words among numbers.
    """
    where = f"{where}: column `{cells.name}`"
    if not cells.words:
        raise DataError(f"{where} has no value in any row: leave it out by drop={cells.name}")
    kind = "ordinal" if isinstance(asked, tuple) else asked or _guess(cells, where)
    about = Column(cells.name, kind, cells.type or "string", missing=cells.missing)
    if kind in ("continuous", "integer"):
        return _numbers(cells, about, where)
    if kind == "date":
        return Typed(*read_dates(cells, about, where), cells.index)
    order = asked if isinstance(asked, tuple) else _ordered(cells)
    return _categories(cells, about, order, where)


def _guess(cells: Cells, where: str) -> str:
    words, text = cells.words, cells.type in ("", "string", "large_string", "string_view")
    if cells.ordered:
        return "ordinal"
    if cells.type and text:
        return "categorical"
    if cells.type.startswith(("date", "timestamp")):
        return "date"
    if {word.lower() for word in words} <= {"true", "false"}:
        return "boolean"
    numbers = sum(NUMBER.fullmatch(word) is not None for word in words)
    if numbers == len(words):
        return _number_kind(words)
    if common_format(cells, where):
        return "date"
    if numbers >= max(MANY, MOST * len(words)):
        raise DataError(
            f"{where} holds numbers, but {cells.first(lambda w: not NUMBER.fullmatch(w))}: mend it,"
            f" leave it empty where it is unknown, or give categorical={cells.name}"
        )
    return "categorical"


def _number_kind(words: Sequence[str]) -> str:
    if not all(map(WHOLE.fullmatch, words)):
        return "continuous"
    return "integer" if _plain(words) and len(words) > 2 else "categorical"


def _plain(words: Sequence[str]) -> bool:
    """Whether they are whole numbers of 64 bits, and no codes such as 007."""
    return all(WHOLE.fullmatch(w) and not CODE.fullmatch(w) and len(w) < DIGITS for w in words)


def _numbers(cells: Cells, about: Column, where: str) -> Typed:
    whole = about.kind == "integer"
    expected = "whole numbers" if whole else "finite numbers"
    form = WHOLE if whole else NUMBER
    sound = lambda word: form.fullmatch(word) and abs(float(word)) < LARGEST
    bad = cells.first(lambda word: not sound(word) or (whole and len(word) >= DIGITS))
    if bad is not None:
        raise DataError(
            f"{where} holds {bad}, expected {expected}: mend it, leave it empty where it is "
            f"unknown, or give categorical={cells.name}"
        )
    values = np.array([int(w) if whole else float(w) for w in cells.words])
    if whole:
        return Typed(about._replace(type=cells.type or "int64"), values, cells.index)
    counts = {_decimals(word) for word in cells.words}
    decimals = None if max(counts) > 15 else max(counts)
    about = about._replace(type=cells.type or "double", decimals=decimals, padded=len(counts) == 1)
    return Typed(about, values, cells.index)


def _decimals(word: str) -> int:
    """Digits behind the point; more than there can be where there is an exponent."""
    return 99 if "e" in word.lower() else len(word.partition(".")[2])


def _categories(cells: Cells, about: Column, order: tuple[str, ...], where: str) -> Typed:
    if about.kind == "boolean":
        pairs = [{yes, no} for yes, no in TRUTH.items()]
        if len(cells.words) > 2 or not any({w.lower() for w in cells.words} <= p for p in pairs):
            raise DataError(
                f"{where} holds {', '.join(map(repr, cells.words[:3]))}, expected as a boolean "
                f"true and false, yes and no, or 1 and 0: give categorical={cells.name}"
            )
    if stranger := cells.first(lambda word: word not in order):
        raise DataError(f"{where} holds {stranger}, expected {' < '.join(order)}: add it, or mend")
    if not cells.type:
        signed = any(word.startswith("+") for word in cells.words)  # which integers do not keep
        likely = "int64" if _plain(cells.words) and not signed else "string"
        about = about._replace(type="bool" if about.kind == "boolean" else likely)
    return Typed(about._replace(categories=order), np.array(cells.words, object), cells.index)


def _ordered(cells: Cells) -> tuple[str, ...]:
    """The words in their order: that of the file, of numbers, or of the alphabet."""
    if cells.ordered:
        return tuple(cells.words)
    whole = all(map(WHOLE.fullmatch, cells.words))
    return tuple(sorted(cells.words, key=lambda word: (int(word) if whole else 0, word)))
