"""The columns of a table, and where each of them lies in an encoded row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

KINDS = ("continuous", "integer", "categorical", "ordinal", "boolean", "date")
NUMBERS = ("continuous", "integer", "date")
LATER = ("counts",)
"""Fields that the first version did not have."""


class Mode(NamedTuple):
    """A Gaussian of a column's mixture, or a single value, which has the reach 0.

    Args:
      weight: the share of the column's values, in (0, 1].
      mean: in the column's unit.
      deviation: likewise; 0 for a single value.
      reach: how far from the mean the scalars -1 and 1 lie.
    """

    weight: float
    mean: float
    deviation: float
    reach: float


class Block(NamedTuple):
    """Neighbouring numbers of an encoded row that belong together.

    Args:
      kind: "scalar", one number in [-1, 1], or "choice", a one-hot vector.
      start: index of the first number.
      stop: one past the last.
    """

    kind: Literal["scalar", "choice"]
    start: int
    stop: int


class Column(NamedTuple):
    """One column: what its values are, how they are written, and how they are encoded.

    A number is a scalar and a choice of the mode that the scalar belongs to; a value of any other
    kind is a choice of the category. Missing values are one more entry of the choice, the last. A
    choice of one entry takes no room, nor does the scalar where every mode is a single value.

    Args:
      name: as in the file.
      kind: one of `KINDS`.
      type: of Arrow, such as "int64": that of the column in a Parquet file.
      format: of a date in a CSV file, for `strftime`; that of ISO 8601 if empty.
      unit: of a date as a number, since 1970: "D", "h", "m", "s", "ms", "us" or "ns".
      decimals: of a continuous column; None where there are too many to be counted.
      padded: whether all values are written with that many decimals.
      missing: the word for a missing value in a CSV file; None where no value is missing.
      categories: in order, as they are written.
      low: the least number that training saw.
      high: the greatest.
      modes: of the mixture.
      knots: of the quantiles, in place of modes: pairs of a scalar and a value, both rising.
      label: whether it is the label, which has no place in the encoded row.
      counts: of the rows of training that have each of the categories, and of those without a
        value last where there is `missing`; empty for a number, whose modes have weights.
    """

    name: str
    kind: str
    type: str = "string"
    format: str = ""
    unit: str = ""
    decimals: int | None = None
    padded: bool = False
    missing: str | None = None
    categories: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    modes: tuple[Mode, ...] = ()
    knots: tuple[tuple[float, float], ...] = ()
    label: bool = False
    counts: tuple[int, ...] = ()

    @property
    def has_scalar(self) -> bool:
        """Whether the column has a scalar of its own."""
        return len(self.knots) > 1 or any(mode.reach for mode in self.modes)

    @property
    def choices(self) -> int:
        """Between how many entries the column chooses: categories or modes, and missing."""
        return max(len(self.categories), len(self.modes), 1) + (self.missing is not None)

    def to_json(self) -> dict[str, Any]:
        """The column in lists, strings and numbers only; `from_json` gives it back."""
        saved = {name: _lists(value) for name, value in self._asdict().items()}
        # What came later is left out where there is none of it, as in a spec.
        return {name: value for name, value in saved.items() if name not in LATER or value}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Column:
        """The column that `to_json` saved; a TypeError where it did not."""
        fields = {name: _tuples(value) for name, value in saved.items()}
        return cls(**fields | {"modes": tuple(Mode(*mode) for mode in fields["modes"])})


def blocks(columns: Iterable[Column]) -> tuple[tuple[Block, ...], ...]:
    """The blocks of every column in an encoded row, in the order of the columns.

    >>> blocks([Column("sex", "categorical", categories=("f", "m")), Column("x", "continuous",
    ...     modes=(Mode(1.0, 0.0, 1.0, 4.0),))])
    ((Block(kind='choice', start=0, stop=2),), (Block(kind='scalar', start=2, stop=3),))
    """
    laid, start = [], 0
    for column in columns:
        own = []
        for kind, width in _widths(column):
            own.append(Block(kind, start, start + width))
            start += width
        laid.append(tuple(own))
    return tuple(laid)


def width(columns: Sequence[Column]) -> int:
    """How many numbers an encoded row has."""
    return max((block.stop for own in blocks(columns) for block in own), default=0)


def _widths(column: Column) -> list[tuple[str, int]]:
    if column.label:
        return []
    choice = [("choice", column.choices)] if column.choices > 1 else []
    return [("scalar", 1)] * column.has_scalar + choice


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
