"""Classes and categories by name."""

import numpy as np
import pytest

from gan_jax.asking import category_number, class_number, obeyed
from gan_jax.conditions import conditions
from gan_jax.data.columns import Column, Mode
from gan_jax.errors import UsageError


def column(name, words, **more):
    counts = tuple(range(1, len(words) + 1 + ("missing" in more)))
    return Column(name, "categorical", categories=tuple(words), counts=counts, **more)


COLUMNS = (
    column("colour", ("blue", "red")),
    Column("size", "continuous", modes=(Mode(0.5, 0.0, 1.0, 4.0),) * 2),
    column("constant", ("x",)),
    column("town", [f"t{n}" for n in range(9)], missing="?"),
    column("a=b", ("<5", ">=5")),
)
ASKED = conditions(COLUMNS)


@pytest.mark.parametrize(
    ("given", "number"),
    [("colour=blue", 0), ("colour=red", 1), ("town=t0", 2), ("town=?", 11), ("a=b=>=5", 13)],
)
def test_a_category_has_its_number_among_the_conditions(given, number):
    assert category_number(given, COLUMNS, ASKED) == number
    some = conditions(COLUMNS, ["town", "a=b"])
    if not given.startswith("colour"):
        assert category_number(given, COLUMNS, some) == number - 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("color=red", "no condition on a column 'color': did you mean colour"),
        ("size=1", "no condition on a column 'size': give .* one of colour, town, a=b"),
        ("constant=x", "no condition on a column 'constant'"),
        ("red", "no condition on a column 'red': .*give COLUMN=CATEGORY"),
        ("", "give COLUMN=CATEGORY"),
        ("colour=green", "'colour' has no category 'green': .*there are blue, red"),
        ("colour=", "'colour' has no category ''"),
        ("colour", "'colour' give COLUMN=CATEGORY, such as colour=blue"),
        ("town=tt3", r"no category 'tt3': did you mean t3.* there are t0, .*t7 and 2 more\.$"),
    ],
)
def test_what_there_is_not_is_refused_and_some_is_named(given, said):
    with pytest.raises(UsageError, match=said):
        category_number(given, COLUMNS, ASKED)


def test_a_column_that_training_did_not_ask_for_is_refused():
    with pytest.raises(UsageError, match="'colour': give COLUMN=CATEGORY with one of town"):
        category_number("colour=red", COLUMNS, conditions(COLUMNS, ["town"]))


def test_rows_that_obeyed_are_counted_as_they_are_written():
    rows = np.zeros((2000, ASKED.size + 3))
    rows[:, 0], rows[:1500, 1] = 0.4, 0.6
    assert obeyed("colour=red", rows, COLUMNS) == "colour is red in 1,500 of 2,000 rows."
    rows[:, -1] = 1
    assert obeyed("a=b=>=5", rows, COLUMNS) == "a=b is >=5 in 2,000 of 2,000 rows."


def test_a_class_has_its_number():
    assert class_number("b", ("a", "b")) == 1
    with pytest.raises(UsageError, match="no class 'bb': there are cat, dog"):
        class_number("bb", ("cat", "dog"))
