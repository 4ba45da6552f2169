"""The cells of a table as words, column by column; what all readers of tables need."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax.errors import DataError, missing

PARQUET = b"PAR1"
"""How a Parquet file begins."""

DAMAGE = (OSError, ValueError, NotImplementedError, csv.Error, MemoryError, RecursionError)


class Cells(NamedTuple):
    """One column as it was read.

    Args:
      name: of the column.
      words: the distinct values as they are written, in the order in which they come.
      index: [N], which of the words each row has; -1 where the value is missing.
      type: of Arrow; "" in a CSV file, which does not say.
      missing: the word that most often stands for a missing value; None where none is missing.
      ordered: whether the file itself has an order of categories: that of the words.
      fault: why the column, which was not read, cannot be used.
    """

    name: str
    words: list[str]
    index: np.ndarray
    type: str = ""
    missing: str | None = None
    ordered: bool = False
    fault: str = ""

    def first(self, wanted: Callable[[str], bool]) -> str | None:
        """The first value that is as wanted, and its row: `'abc' in row 3`; None if there is none.

        Row 1 is the first below the header.
        """
        which = np.array([wanted(word) for word in self.words], bool)
        rows = np.flatnonzero(which[self.index] & (self.index >= 0)) if which.any() else ()
        return f"{self.words[self.index[rows[0]]]!r} in row {rows[0] + 1}" if len(rows) else None


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """What goes wrong in reading a file, in one line."""
    try:
        yield
    except DataError:
        raise
    except FileNotFoundError as error:
        raise missing(path) from error
    except DAMAGE as error:
        said = " ".join(str(getattr(error, "strerror", None) or error).split()) or repr(error)
        raise DataError(
            f"{path}: cannot be read ({said}): see that it is whole, and that you may read it"
        ) from error


def check_names(path: Path, names: Sequence[str]) -> None:
    """Refuses a table without columns, and names that are empty or come twice."""
    if not names:
        raise DataError(f"{path}: empty, expected a row of names and rows of values below it")
    if "" in names:
        raise DataError(
            f"{path}: column {list(names).index('') + 1} has no name (an index?): name it in the "
            "file, or write the table without it"
        )
    seen = set()
    for name in names:
        if not name.isprintable():
            raise DataError(f"{path}: a column is called {name!r}: name it by words in one line")
        if name in seen:
            raise DataError(f"{path}: two columns are called `{name}`: rename one of them")
        seen.add(name)


def check_filled(path: Path, count: int) -> None:
    """Refuses a table of no rows."""
    if not count:
        raise DataError(f"{path}: names of columns, and no row of values: fill it")


def indexed(name: str, words: Any, missing: Sequence[str]) -> Cells:
    """A column from an array of strings of Arrow, and the words for a missing value."""
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
