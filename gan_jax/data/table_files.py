"""Encoded rows back to a table, with the names, types and formats of the file they came from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import TYPE_CHECKING

import numpy as np

from gan_jax.data.columns import Column
from gan_jax.data.encoding import Decoded, decode
from gan_jax.data.kinds import TRUTH
from gan_jax.data.spec import Spec

EXACT = Context(prec=76)
"""Enough for every decimal of Arrow."""

if TYPE_CHECKING:
    import pyarrow


def table(drawn: Mapping[str, np.ndarray], spec: Spec) -> pyarrow.Table:
    """Samples as a table of Arrow, `.to_pandas()` of which pandas takes.

    A category is that of the largest output, and so is a mode; no number leaves the range of the
    training part, whole numbers and dates are rounded, and others have the decimals of the file.

    Args:
      drawn: `samples` [N, D], encoded rows; and `labels` [N], if the label is to have its column.
      spec: of the data.

    Raises:
      ValueError: the data are no table.
    """
    import pyarrow

    columns = _decoded(drawn, spec)
    arrays = [_typed(_words(column, plain=True), column.column.type) for column in columns]
    return pyarrow.table(arrays, [column.column.name for column in columns])


def csv_content(drawn: Mapping[str, np.ndarray], spec: Spec) -> bytes:
    """The table as a CSV file in UTF-8: numbers, dates and missing values as the data have them."""
    file = io.StringIO()
    columns = _decoded(drawn, spec)
    head = [column.column.name for column in columns]
    rows = zip(*map(_words, columns), strict=True)
    csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return file.getvalue().encode()


def parquet_content(drawn: Mapping[str, np.ndarray], spec: Spec) -> bytes:
    """The table as a Parquet file, whose columns have the types of the data."""
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(table(drawn, spec), file)
    return file.getvalue()


def _decoded(drawn: Mapping[str, np.ndarray], spec: Spec) -> list[Decoded]:
    """All columns in the order of the file; the label where there are labels."""
    if not spec.columns:
        raise ValueError("Only what was trained on a table, by --data csv:PATH, becomes a table.")
    found = {decoded.column.name: decoded for decoded in decode(drawn["samples"], spec.columns)}
    for column in spec.columns:
        if column.label and "labels" in drawn:
            labels = np.asarray(drawn["labels"])
            found[column.name] = Decoded(column, labels, np.zeros(len(labels), bool))
    return [found[column.name] for column in spec.columns if column.name in found]


def _words(decoded: Decoded, plain: bool = False) -> list[str | None]:
    """The values as they are written in a CSV file; `plain`, as Arrow reads them."""
    column, values, missing = decoded
    lost = None if plain else column.missing
    words = _dates(column, values, plain) if column.kind == "date" else _written(column, values)
    if plain and column.type == "bool":
        words = [str(word.lower() in TRUTH).lower() for word in words]
    return [lost if none else word for word, none in zip(words, missing, strict=True)]


def _written(column: Column, values: np.ndarray) -> Sequence[str]:
    if column.categories:
        return [column.categories[place] for place in values.tolist()]
    if column.kind == "continuous" and column.decimals is not None:
        words = [f"{value:.{column.decimals}f}" for value in values.tolist()]
        shorter = not column.padded and column.decimals
        return [word.rstrip("0").rstrip(".") for word in words] if shorter else words
    return [repr(value) for value in values.tolist()]


def _dates(column: Column, values: np.ndarray, plain: bool) -> Sequence[str]:
    stamps = values.astype(f"M8[{column.unit}]")
    if column.format and not (plain and column.type.startswith(("date", "timestamp"))):
        return [stamp.strftime(column.format) for stamp in stamps.astype("M8[us]").tolist()]
    day = column.type.startswith("date")
    finer = column.unit if column.unit in ("s", "ms", "us", "ns") else "s"
    return np.datetime_as_string(stamps if day else stamps.astype(f"M8[{finer}]")).tolist()


def _typed(words: Sequence[str | None], type: str) -> pyarrow.Array:
    import pyarrow

    array = pyarrow.array(words, pyarrow.string())
    if zoned := re.fullmatch(r"timestamp\[(\w+), tz=(.+)\]", type):
        unit, zone = zoned.groups()
        return array.cast(pyarrow.timestamp(unit)).cast(pyarrow.timestamp(unit, zone))
    if decimal := re.fullmatch(r"(decimal\d+)\((\d+), (-?\d+)\)", type):
        kind, precision, scale = decimal.groups()
        unit = Decimal(1).scaleb(-int(scale))
        rounded = [word and Decimal(word).quantize(unit, context=EXACT) for word in words]
        return pyarrow.array(rounded, getattr(pyarrow, kind)(int(precision), int(scale)))
    return array.cast(type)
