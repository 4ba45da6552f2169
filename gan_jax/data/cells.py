"""The cells of a CSV or a Parquet file, as words, column by column."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax.data.images import check_memory
from gan_jax.errors import DataError

MISSING = ("", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null")
"""The words that stand for a missing value in a CSV file."""

DELIMITERS = ",;\t|"
PARQUET = b"PAR1"
BEGINNINGS = {
    b"\x1f\x8b": "a gzip file: unpack it first",
    b"PK": "an archive or a spreadsheet: save the table as CSV",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}


class Cells(NamedTuple):
    """One column as it was read.

    Args:
      name: of the column.
      words: the distinct values as they are written, in the order in which they come.
      index: [N], which of the words each row has; -1 where the value is missing.
      type: of Arrow; "" in a CSV file, which does not say.
      missing: the word that most often stands for a missing value; None where none is missing.
      ordered: whether the file itself has an order of categories: that of the words.
    """

    name: str
    words: list[str]
    index: np.ndarray
    type: str = ""
    missing: str | None = None
    ordered: bool = False

    def first(self, wanted: Callable[[str], bool]) -> str | None:
        """The first value that is as wanted, and its row: `'abc' in row 3`; None if there is none.

        Row 1 is the first below the header.
        """
        which = np.array([wanted(word) for word in self.words], bool)
        rows = np.flatnonzero(which[self.index] & (self.index >= 0)) if which.any() else ()
        return f"{self.words[self.index[rows[0]]]!r} in row {rows[0] + 1}" if len(rows) else None


def read_csv(path: Path) -> list[Cells]:
    """The columns of a CSV file in UTF-8, whose first row names them.

    The delimiter is the one of `,`, `;`, tab and `|` that the first row has most of. Spaces around
    a cell are no part of it, cells are quoted by `"`, and rows without any cell are passed over.

    Raises:
      DataError: a file that cannot be read, is no table, or is empty.
    """
    with reported(path):
        text = _text(path)
        header, *rows = _rows(path, text) or [[]]
        _check_names(path, header)
        _check_filled(path, len(rows))
        return [_cells(*column) for column in zip(header, zip(*rows, strict=True), strict=True)]


def read_parquet(path: Path) -> list[Cells]:
    """The columns of a Parquet file.

    Raises:
      DataError: a file that cannot be read, is no Parquet file, is empty, or has columns of types
        that are no single values.
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
        _check_names(path, names)
        _check_filled(path, whole.metadata.num_rows)
        table = whole.read()
    return [_typed(path, name, table.column(i)) for i, name in enumerate(names)]


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """What goes wrong in reading a file, in one line."""
    try:
        yield
    except DataError:
        raise
    except (OSError, ValueError, NotImplementedError, csv.Error, MemoryError) as error:
        said = " ".join(str(getattr(error, "strerror", None) or error).split()) or repr(error)
        raise DataError(
            f"{path}: cannot be read ({said}): see that it is whole, and that you may read it"
        ) from error


def _text(path: Path) -> str:
    check_memory(os.path.getsize(path), f"{path}: its cells")
    content = path.read_bytes()
    if content.startswith(PARQUET):
        raise DataError(f"{path}: a Parquet file, no CSV: give it as --data parquet:{path}")
    for beginning, kind in BEGINNINGS.items():
        if content.startswith(beginning):
            raise DataError(f"{path}: {kind}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}: line {line} is not UTF-8 (byte {content[error.start]:#04x}): save the table "
            "as UTF-8"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"{path}: line {line} holds a zero byte: this is no text")
    return text


def _rows(path: Path, text: str) -> list[list[str]]:
    head = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row and len(row) != len(rows[0] if rows else row):
                raise DataError(
                    f"{path}: row {len(rows)} (line {reader.line_num}) has {len(row)} cells, the "
                    f"header {len(rows[0])}: mend it, or quote a cell that holds {delimiter!r}"
                )
            if row:
                rows.append([cell.strip() for cell in row])
    except csv.Error as error:
        raise DataError(f"{path}: row {max(len(rows), 1)} breaks off ({error}): mend it") from error
    return rows


def _check_names(path: Path, names: Sequence[str]) -> None:
    if not names:
        raise DataError(f"{path}: empty, expected a row of names and rows of values below it")
    if "" in names:
        raise DataError(
            f"{path}: column {list(names).index('') + 1} has no name (an index?): name it in the "
            "file, or write the table without it"
        )
    seen = set()
    for name in names:
        if name in seen:
            raise DataError(f"{path}: two columns are called `{name}`: rename one of them")
        seen.add(name)


def _check_filled(path: Path, count: int) -> None:
    if not count:
        raise DataError(f"{path}: names of columns, and no row of values: fill it")


def _cells(name: str, words: Sequence[str]) -> Cells:
    import pyarrow

    return _indexed(name, pyarrow.array(words, pyarrow.string()), MISSING)


def _typed(path: Path, name: str, column: Any) -> Cells:
    """A column of Arrow, every value written so that it can be read again exactly."""
    import pyarrow.compute as compute
    from pyarrow import string, timestamp, types

    type, ordered = column.type, False
    if types.is_dictionary(type):
        ordered, type = type.ordered, type.value_type
        categories = column.combine_chunks() if ordered else None
        column = column.cast(type)
    if not any(is_kind(type) for is_kind in _readable(types)):
        raise DataError(
            f"{path}: column `{name}` is {type}, expected numbers, words, booleans or dates: leave "
            f"it out by drop={name}"
        )
    if types.is_floating(type):
        column = column.cast("float32") if types.is_float16(type) else column
        column = compute.if_else(compute.is_nan(column), None, column)
    if types.is_timestamp(type):
        column = column.cast(timestamp(type.unit))  # as UTC, where there is a time zone
    cells = _indexed(name, column.cast(string()), ())
    cells = cells._replace(type=str(type))
    return _in_order(cells, categories.dictionary.to_pylist()) if ordered else cells


def _readable(types) -> tuple[Callable, ...]:
    numbers = (types.is_integer, types.is_floating, types.is_decimal)
    others = (types.is_boolean, types.is_date, types.is_timestamp)
    return (*numbers, *others, types.is_string, types.is_large_string, types.is_string_view)


def _indexed(name: str, words: Any, missing: Sequence[str]) -> Cells:
    import pyarrow

    if isinstance(words, pyarrow.ChunkedArray):
        words = words.combine_chunks()
    coded = words.dictionary_encode()
    known = coded.dictionary.to_pylist()
    index = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    counts = np.bincount(index + 1, minlength=len(known) + 1)[1:]
    lost = [place for place, word in enumerate(known) if word in missing]
    kept = [place for place, word in enumerate(known) if word not in missing]
    number = np.full(len(known) + 1, -1)
    number[kept] = np.arange(len(kept))
    word = known[max(lost, key=lambda place: counts[place])] if lost else None
    word = "" if word is None and (index < 0).any() else word
    return Cells(name, [known[place] for place in kept], number[index], missing=word)


def _in_order(cells: Cells, categories: Sequence[str]) -> Cells:
    """The words in the order of the file's own categories, those without a row left out."""
    place = {word: number for number, word in enumerate(categories)}
    order = sorted(range(len(cells.words)), key=lambda number: place[cells.words[number]])
    number = np.append(np.argsort(order), -1)
    words = [cells.words[old] for old in order]
    return cells._replace(words=words, index=number[cells.index], ordered=True)
