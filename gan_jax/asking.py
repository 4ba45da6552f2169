"""What a model is asked for by name, as the numbers that `generated.asked` takes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from gan_jax.conditions import Conditions
from gan_jax.data.columns import Column, blocks
from gan_jax.data.encoding import hardened
from gan_jax.data.query import hint
from gan_jax.errors import UsageError

SHOWN = 8
"""Categories that an error names."""


def class_number(label: str, classes: Sequence[str]) -> int:
    """The number of the class of this name.

    Raises:
      UsageError: there is none; the near names are given.
    """
    if label in classes:
        return classes.index(label)
    there = f"{hint(label, classes)}there are {', '.join(classes) or 'none'}"
    raise UsageError(f"There is no class {label!r}: {there}.")


def category_number(given: str, columns: Sequence[Column], known: Conditions) -> int:
    """The number among the conditions of a category, given as COLUMN=CATEGORY.

    Args:
      given: such as "Salary=>50K"; a missing value by its word in the file, such as "town=?".
      columns: of the data's spec.
      known: the conditions of the model.

    Raises:
      UsageError: no condition is on that column, or it has no such category; some are named.

    >>> from gan_jax.conditions import conditions
    >>> column = Column("size", "categorical", categories=("S", "L"), counts=(3, 4))
    >>> category_number("size=L", [column], conditions([column]))
    1
    """
    numbers = {place: number for number, place in enumerate(known.places.tolist())}
    able = [each for each in _categories(columns) if each.place in numbers]
    for each in able:
        if each.said == given:
            return numbers[each.place]
    name, _, word = given.partition("=")
    names = list(dict.fromkeys(each.column for each in able))
    if name not in names:
        raise UsageError(
            f"The model has no condition on a column {name!r}: {hint(name, names)}give "
            f"COLUMN=CATEGORY with one of {', '.join(names)}."
        )
    words = [each.word for each in able if each.column == name]
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    if "=" not in given:
        raise UsageError(f"Of the column {name!r} give COLUMN=CATEGORY, such as {name}={words[0]}.")
    raise UsageError(
        f"The column {name!r} has no category {word!r}: {hint(word, words)}there are "
        f"{', '.join(words[:SHOWN])}{more}."
    )


def obeyed(given: str, samples: np.ndarray, columns: Sequence[Column]) -> str:
    """In how many rows a generator gave the category that it was asked for, in a line.

    Args:
      given: as in `category_number`.
      samples: `[N, D]`, its rows.
      columns: of the data's spec.

    >>> column = Column("size", "categorical", categories=("S", "L"))
    >>> obeyed("size=L", np.array([[0.0, 1.0], [0.4, 0.6], [0.9, 0.1]]), [column])
    'size is L in 2 of 3 rows.'
    """
    each = next(each for each in _categories(columns) if each.said == given)
    count = int(hardened(samples, columns)[:, each.place].sum())
    return f"{each.column} is {each.word} in {count:,} of {len(samples):,} rows."


class _Category(NamedTuple):
    column: str
    word: str
    place: int  # in an encoded row

    @property
    def said(self) -> str:
        return f"{self.column}={self.word}"


def _categories(columns: Sequence[Column]) -> Iterator[_Category]:
    for column, own in zip(columns, blocks(columns), strict=True):
        if own and column.categories:
            words = [*column.categories, column.missing][: column.choices]
            for number, word in enumerate(words):
                yield _Category(column.name, word, own[-1].start + number)
