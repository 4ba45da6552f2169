"""Examples that need not be in memory: rows by number, as of a file mapped into memory."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gan_jax.errors import DataError

WHOLE = 2**30
"""Bytes up to which an array is read whole to be checked and told apart from others."""
SAMPLE, BLOCK = 4096, 2**26
"""Rows that are read of a larger one, and bytes that are read at a time."""


class Source(Protocol):
    """What a part of a data set may hold instead of an array: it is read when it is asked.

    Many threads read at once. What has `__array__` is no source but read whole at the beginning.
    """

    shape: tuple[int, ...]  # [N, ...]
    dtype: np.dtype

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray: ...  # integers [n] -> [n, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of an array or a source, by their numbers: as `array[rows]`, but nothing is copied.

    >>> rows = Rows(np.arange(10) ** 2, np.array([3, 1, 2]))
    >>> len(rows), rows[:2].tolist(), rows[np.array([2, 0])].tolist()
    (3, [9, 1], [4, 9])
    """

    source: Any
    numbers: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """[N, ...]."""
        return len(self.numbers), *self.source.shape[1:]

    @property
    def dtype(self) -> np.dtype:
        """Of the source."""
        return self.source.dtype

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        return self.source[self.numbers[rows]]


def is_source(array: Any) -> bool:
    """Whether it is to be left where it is, and read row by row."""
    has = lambda *names: all(hasattr(array, name) for name in names)
    return has("shape", "dtype", "__len__", "__getitem__") and not has("__array__")


def size(array: Any) -> int:
    """Bytes of all rows, of an array or a source."""
    return math.prod(array.shape) * np.dtype(array.dtype).itemsize


def blocks(array: Any) -> Iterator[tuple[Sequence[int], np.ndarray]]:
    """`(numbers, rows)`: the rows, some at a time, of `SAMPLE` places where it is over `WHOLE`.

    The places are spread evenly from the first row to the last, and follow from the number of
    rows: so what is found out about an array does not depend on where it lies.
    """
    count, chosen = len(array), range(len(array))
    if size(array) > WHOLE:
        chosen = np.unique(np.linspace(0, count - 1, SAMPLE).astype(np.int64))
    step = max(1, BLOCK * count // max(1, size(array)))
    for first in range(0, len(chosen), step):
        numbers = chosen[first : first + step]
        rows = slice(numbers.start, numbers.stop) if isinstance(numbers, range) else numbers
        yield numbers, array[rows]


def some(array: Any, count: int) -> np.ndarray:
    """The same `count` rows every time, from all over: their order may mean something."""
    return array[chosen(len(array), count)]


def chosen(size: int, count: int) -> np.ndarray:
    """The numbers of the rows that `some` takes of an array of this size."""
    return np.random.Generator(np.random.PCG64(0)).permutation(size)[:count]


def extremes(*arrays: Any) -> tuple[Any, Any]:
    """The least and the largest value in the `blocks` of all the arrays, which hold some."""
    found = [(rows.min(), rows.max()) for array in arrays for _, rows in blocks(array)]
    return min(low for low, _ in found), max(high for _, high in found)


def check_memory(needed: int, what: str) -> None:
    """A DataError where `needed` bytes are more than the machine has."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > there:
        raise DataError(
            f"{what} take {needed / 1e9:.1f} GB of memory, more than the {there / 1e9:.1f} GB of "
            "this machine: make them smaller (images by size=N), or give fewer"
        )
