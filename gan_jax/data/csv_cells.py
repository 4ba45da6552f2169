"""The cells of a CSV file."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from pathlib import Path

from gan_jax.data.cells import PARQUET, Cells, check_filled, check_names, indexed, reported
from gan_jax.data.source import check_memory
from gan_jax.errors import DataError

MISSING = ("", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null")
"""The words that stand for a missing value in a CSV file."""

DELIMITERS = ",;\t|"
HEAD = 2**16
"""Characters in which the delimiter is looked for."""
BEGINNINGS = {
    b"\x1f\x8b": "a gzip file: unpack it first",
    b"PK": "an archive or a spreadsheet: save the table as CSV",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}


def read_csv(path: Path) -> list[Cells]:
    """The columns of a CSV file in UTF-8, whose first row names them.

    The delimiter is the one of `,`, `;`, tab and `|` that the first row has most of. Spaces around
    a cell are no part of it, cells are quoted by `"`, and rows without any cell are passed over. A
    value is missing where nothing is written, or one of `MISSING`: ?, NA, NaN, null, ...

    Raises:
      DataError: a file that cannot be read, is no table, or is empty.
    """
    with reported(path):
        text = _text(path)
        header, *rows = _rows(path, text) or [[]]
        check_names(path, header)
        check_filled(path, len(rows))
        return [_cells(*column) for column in zip(header, zip(*rows, strict=True), strict=True)]


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
    bare = re.sub(r'"[^"]*"', "", text[:HEAD])  # what is quoted delimits nothing
    head = bare.lstrip().partition("\n")[0]
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


def _cells(name: str, words: Sequence[str]) -> Cells:
    import pyarrow

    return indexed(name, pyarrow.array(words, pyarrow.string()), MISSING)
