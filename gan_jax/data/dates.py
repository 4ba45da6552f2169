"""Dates: the formats that are known, and dates as whole numbers."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from gan_jax.data.cells import Cells
from gan_jax.data.columns import Column
from gan_jax.errors import DataError

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y")
TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")
FORMATS = (*DAYS, *TIMES, *(form.replace(" ", "T") for form in TIMES), "%Y-%m-%dT%H:%M:%SZ")
UNITS = ("D", "h", "m", "s", "ms", "us", "ns")


def read_dates(cells: Cells, about: Column, where: str) -> tuple[Column, np.ndarray]:
    """The column with its format and unit, and its dates as whole numbers [words] of that unit.

    The unit is the coarsest that loses nothing: days, where no date has a time of day.

    Args:
      cells: of a column whose Arrow type is that of dates, or words in one of `FORMATS`.
      about: what is known of the column.
      where: what messages call it.

    Raises:
      DataError: a word that is no date, dates of several formats, or of a doubtful one.
    """
    if cells.type.startswith(("date", "timestamp")):
        if far := cells.first(lambda word: not re.match(r"\d{4}-", word)):
            raise DataError(f"{where} holds {far}, expected dates of the years 1 to 9999: mend it")
        form, stamps = "", np.array(cells.words, f"M8[{_unit(cells.type)}]")
    else:
        form = common_format(cells, where)
        if not form:
            strange = cells.first(lambda word: not any(_written(word, f) for f in FORMATS))
            raise DataError(
                f"{where} holds {strange or 'dates of several formats'}, expected dates in one "
                "format, such as 2026-01-31: write them so"
            )
        stamps = np.array([datetime.strptime(word, form) for word in cells.words], "M8[us]")
    unit = next(u for u in UNITS if (stamps.astype(f"M8[{u}]") == stamps).all())
    kept = unit if unit in ("ms", "us", "ns") else "s"
    type = cells.type or ("date32[day]" if form in DAYS else f"timestamp[{kept}]")
    values = stamps.astype(f"M8[{unit}]").astype(np.int64)
    return about._replace(type=type, format=form, unit=unit), values


def _unit(type: str) -> str:
    """Of a date in Arrow: "D" for date32[day], "us" for timestamp[us, tz=UTC]."""
    return re.search(r"\[(\w+)", type)[1].replace("day", "D")


def common_format(cells: Cells, where: str) -> str:
    """The format that all words are written in; "" if there is none."""
    likely = [form for form in FORMATS if _written(cells.words[0], form)]
    fitting = [form for form in likely if all(_written(word, form) for word in cells.words)]
    if len(fitting) > 1:
        raise DataError(
            f"{where} holds {cells.words[0]!r}, whose day and month cannot be told apart: write "
            f"dates as 2026-01-31, or give categorical={cells.name}"
        )
    return fitting[0] if fitting else ""


def _written(word: str, form: str) -> bool:
    try:
        return datetime.strptime(word, form).strftime(form) == word
    except ValueError:
        return False
