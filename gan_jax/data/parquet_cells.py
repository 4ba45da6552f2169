"""The cells of a Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_jax.data.cells import PARQUET, Cells, check_filled, check_names, indexed, reported
from gan_jax.data.source import check_memory
from gan_jax.errors import DataError


def read_parquet(path: Path) -> list[Cells]:
    """The columns of a Parquet file.

    Raises:
      DataError: a file that cannot be read, is no Parquet file, or is empty.
    """
    with reported(path), open(path, "rb") as file:
        if (beginning := file.read(4)) != PARQUET:
            kind = "no Parquet file: give a CSV file as --data csv:" if beginning else "empty: fill"
            raise DataError(f"{path}: {kind}{path if beginning else ' it'}")
        import pyarrow.parquet

        whole = pyarrow.parquet.ParquetFile(file)
        groups = (whole.metadata.row_group(group) for group in range(whole.num_row_groups))
        check_memory(sum(group.total_byte_size for group in groups), f"{path}: its columns")
        names = whole.schema_arrow.names
        check_names(path, names)
        check_filled(path, whole.metadata.num_rows)
        table = whole.read()
    return [_typed(name, table.column(i)) for i, name in enumerate(names)]


def _typed(name: str, column: Any) -> Cells:
    """A column of Arrow, every value written so that it can be read again exactly."""
    import pyarrow.compute as compute
    from pyarrow import string, timestamp, types

    type, ordered = column.type, False
    if types.is_dictionary(type):
        ordered, type = type.ordered, type.value_type
        categories = column.combine_chunks() if ordered else None
        column = column.cast(type)
    if not any(is_kind(type) for is_kind in _readable(types)):
        expected = "expected numbers, words, booleans or dates"
        return Cells(name, [], np.full(len(column), -1), fault=f"is {type}, {expected}")
    if types.is_floating(type):
        column = column.cast("float32") if types.is_float16(type) else column
        column = compute.if_else(compute.is_nan(column), None, column)
    if types.is_timestamp(type):
        column = column.cast(timestamp(type.unit))  # as UTC, where there is a time zone
    cells = indexed(name, column.cast(string()), ())
    if types.is_decimal(type):  # which are written with all the digits that there is room for
        short = lambda word: word.rstrip("0").rstrip(".") if "." in word else word
        cells = cells._replace(words=list(map(short, cells.words)))
    cells = cells._replace(type=str(type))
    return _in_order(cells, categories.dictionary.to_pylist()) if ordered else cells


def _readable(types) -> tuple[Callable, ...]:
    numbers = (types.is_integer, types.is_floating, types.is_decimal)
    others = (types.is_boolean, types.is_date, types.is_timestamp)
    return (*numbers, *others, types.is_string, types.is_large_string, types.is_string_view)


def _in_order(cells: Cells, categories: Sequence[str]) -> Cells:
    """The words in the order of the file's own categories, those without a row left out."""
    place = {word: number for number, word in enumerate(categories)}
    order = sorted(range(len(cells.words)), key=lambda number: place[cells.words[number]])
    number = np.append(np.argsort(order), -1)
    words = [cells.words[old] for old in order]
    return cells._replace(words=words, index=number[cells.index], ordered=True)
