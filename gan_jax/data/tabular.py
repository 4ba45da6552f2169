"""Tables in CSV and Parquet files: typed columns, encoded for a network and decoded again."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from gan_jax.data import doubts, overrides
from gan_jax.data.arrays import check_fraction, frequencies, split
from gan_jax.data.cells import Cells
from gan_jax.data.columns import Column, width
from gan_jax.data.csv_cells import read_csv
from gan_jax.data.dataset import Dataset
from gan_jax.data.encoding import encode, fit, places
from gan_jax.data.kinds import Typed, typed
from gan_jax.data.parquet_cells import read_parquet
from gan_jax.data.query import hint, names, orders
from gan_jax.data.source import check_memory
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError

READERS = {"csv": read_csv, "parquet": read_parquet}
OPTIONS = dict.fromkeys(("drop", "categorical", "continuous", "integer", "boolean", "date"), names)
OPTIONS |= {"label": str, "ordinal": orders, "types": str, "encoding": str, "held_out": float}


def tabular(
    path: str | os.PathLike[str],
    form: Literal["csv", "parquet"],
    *,
    label: str | None = None,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    continuous: Sequence[str] = (),
    integer: Sequence[str] = (),
    boolean: Sequence[str] = (),
    date: Sequence[str] = (),
    ordinal: Mapping[str, Sequence[str]] | None = None,
    types: str | os.PathLike[str] | None = None,
    encoding: Literal["modes", "quantiles"] = "modes",
    held_out: float = 0.2,
) -> Dataset:
    """A table as rows [N, D] of float32, and `spec.columns`, which lead back to the table.

    What kind a column is, see `typed`, and how it is written, is seen in all rows; everything else
    (categories, ranges, modes, quantiles) is fitted to the training part, see `fit` and `encode`.
    A category, or a missing value, that only held-out rows have becomes zeros there, with a
    warning. There are warnings of constant columns, of what looks like an identifier, and of whole
    numbers and dates whose range is too wide for float32 to bring all of them back.

    Args:
      path: of the file; a CSV file is in UTF-8, with the names of the columns in its first row.
      form: of the file.
      label: a column that becomes the label, with its values as classes: it is then left out of the
        encoded rows, as networks receive it separately. A table is written with it where the
        samples have labels. By default there is no label, and all columns are generated.
      drop: columns to leave out, such as identifiers.
      categorical: columns that are of this kind, whatever they seem to be.
      continuous: likewise.
      integer: likewise.
      boolean: likewise.
      date: likewise.
      ordinal: the categories, from the lowest to the highest, of columns that have an order.
      types: a TOML file of all this, see `overrides.with_file`; the arguments beside it win.
      encoding: of numbers: "modes" of a Gaussian mixture, or their place among the "quantiles".
      held_out: the share of the rows to split off, in [0, 1), see `split`.

    Raises:
      DataError: a file that is no such table; the column, and the first row, are named.
      ValueError: options that make no sense.
    """
    _check_options(encoding, held_out)
    kinds = {"categorical": categorical, "continuous": continuous, "integer": integer}
    kinds |= {"boolean": boolean, "date": date}
    asked = overrides.by_options(kinds, ordinal or {}, drop, label)
    path = Path(path)
    cells = READERS[form](path)
    known = [column.name for column in cells]
    _check_known(path, known, [*asked, *filter(None, [label])])
    if types:
        asked, label = overrides.with_file(Path(types), known, asked, label)
    kept = [column for column in cells if asked.get(column.name) != "drop"]
    columns = [_column(path, column, asked.get(column.name), label) for column in kept]
    numbers = {"row": np.arange(len(cells[0].index))}
    train, rest = (part["row"] for part in split(numbers, held_out, name=str(path)))
    fitted = []
    for column in columns:
        doubts.check_trained(path, column, train)
        fitted.append(fit(column, train, encoding))
        doubts.check_fitted(path, column, fitted[-1], train, rest)
    return _dataset(path, columns, fitted, {"train": train, "held_out": rest})


def _check_options(encoding: str, held_out: float) -> None:
    if encoding not in ("modes", "quantiles"):
        raise ValueError(f"encoding={encoding}, expected modes or quantiles")
    check_fraction("held_out", held_out)


def _check_known(path: Path, names: Sequence[str], wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in names:
            raise DataError(
                f"{path} has no column `{name}`: {hint(name, names)}it has {', '.join(names)}"
            )


def _column(
    path: Path, cells: Cells, asked: str | tuple[str, ...] | None, label: str | None
) -> Typed:
    if cells.fault:
        where = f"{path}: column `{cells.name}`"
        raise DataError(f"{where} {cells.fault}: leave it out by drop={cells.name}")
    column = typed(cells, asked, str(path))
    if cells.name != label:
        if asked is None:
            doubts.check_guessed(path, column)
        return column
    doubts.check_label(path, cells, column.column.kind)
    if column.column.kind == "integer":
        column = typed(cells, "categorical", str(path))
    return column._replace(column=column.column._replace(label=True))


def _dataset(
    path: Path, columns: Sequence[Typed], fitted: Sequence[Column], parts: Mapping[str, np.ndarray]
) -> Dataset:
    count = _width(path, fitted)
    check_memory(4 * count * sum(map(len, parts.values())), f"{path}: its {count} encoded columns")
    arrays: dict[str, dict[str, np.ndarray]] = {"train": {}, "held_out": {}}
    classes: tuple[str, ...] = ()
    pairs = list(zip(columns, fitted, strict=True))
    for part, rows in parts.items():
        encoded = [encode(*pair, rows, part) for pair in pairs]  # a label takes no room
        arrays[part]["real"] = np.concatenate(encoded, axis=1)
        for column, own in pairs:
            if own.label:
                label = places(column, own)[column.index[rows]].astype(np.int32)
                arrays[part]["label"], classes = label, own.categories
    shares = frequencies(arrays["train"]["label"], len(classes)) if classes else ()
    spec = Spec((count,), 1.0, 0.0, classes, shares, columns=tuple(fitted))
    return Dataset(arrays["train"], arrays["held_out"], spec, path.name)


def _width(path: Path, fitted: Sequence[Column]) -> int:
    """How many numbers a row has; refuses a table of one column, where nothing belongs together."""
    kept = [column for column in fitted if column.label or width([column])]
    if not (count := width(fitted)):
        raise DataError(f"{path}: no column but constant ones and the label: nothing to generate")
    if len(kept) == 1:
        raise DataError(
            f"{path}: no column but `{kept[0].name}` that is not constant: a table to generate has "
            "two or more, or one and a label; keep another, or draw from the values of this one"
        )
    return count
