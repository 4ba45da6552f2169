import datetime

import numpy as np
import pytest

from gan_jax.data.cells import Cells
from gan_jax.data.dates import FORMATS
from gan_jax.data.kinds import typed
from gan_jax.errors import DataError


def cells(*words, **about):
    known = list(dict.fromkeys(word for word in words if word is not None))
    index = np.array([-1 if word is None else known.index(word) for word in words])
    return Cells("c", known, index, **about)


@pytest.mark.parametrize(
    "words, kind, type",
    [
        (["true", "false"], "boolean", "bool"),
        (["TRUE", "False", None], "boolean", "bool"),
        (["true", "yes"], "categorical", "string"),
        (["1", "2", "-3"], "integer", "int64"),
        (["+1", "0", "12"], "integer", "int64"),
        (["0", "1"], "categorical", "int64"),
        (["7"], "categorical", "int64"),
        (["007", "010", "200"], "categorical", "string"),
        (["1", "2", "9" * 20], "categorical", "string"),
        (["1.5", "2", "3"], "continuous", "double"),
        (["1.0", "2.0"], "continuous", "double"),
        ([".5", "5.", "-1e-3"], "continuous", "double"),
        (["2026-01-31", "1999-12-01"], "date", "date32[day]"),
        (["31.01.2026", "01.12.1999"], "date", "date32[day]"),
        (["01/31/2026", "12/01/1999"], "date", "date32[day]"),
        (["2026-01-31 10:30", "1999-12-01 00:00"], "date", "timestamp[s]"),
        (["2026-01-31T10:30:05.250000", "1999-12-01T00:00:00.000000"], "date", "timestamp[ms]"),
        (["2026-01-31", "1999-12"], "categorical", "string"),
        (["2026-13-31", "1999-12-01"], "categorical", "string"),
        (["2026-1-3", "1999-2-1"], "categorical", "string"),
        (["a", "1", "2"], "categorical", "string"),
        (["\u0663", "\u0664", "\u0665"], "categorical", "string"),
    ],
)
def test_a_guess(words, kind, type):
    column = typed(cells(*words), None, "t").column
    assert (column.kind, column.type) == (kind, type)


@pytest.mark.parametrize(
    "words, type, kind",
    [
        (["1", "2", "3"], "string", "categorical"),
        (["2026-01-31"], "large_string", "categorical"),
        (["true", "false"], "bool", "boolean"),
        (["1", "2", "3"], "int16", "integer"),
        (["1", "0"], "uint8", "categorical"),
        (["1", "2", "3"], "double", "integer"),
        (["1.5", "2"], "float", "continuous"),
        (["1.50", "2.25"], "decimal128(5, 2)", "continuous"),
        (["2026-01-31"], "date32[day]", "date"),
        (["2026-01-31 10:30:00.000"], "timestamp[ms, tz=UTC]", "date"),
    ],
)
def test_the_type_of_a_parquet_file_counts(words, type, kind):
    column = typed(cells(*words, type=type), None, "t").column
    assert (column.kind, column.type) == (kind, type)


def test_numbers():
    found = typed(cells("1.50", "-2.25", None, "1e2"), "continuous", "t")
    assert found.values.tolist() == [1.5, -2.25, 100] and found.index.tolist() == [0, 1, -1, 2]
    assert found.column.decimals is None
    for words, decimals, padded in ((["1.50", "2.25"], 2, True), (["1.5", "2.25", "3"], 2, False)):
        column = typed(cells(*words), None, "t").column
        assert (column.decimals, column.padded) == (decimals, padded)


@pytest.mark.parametrize("form", FORMATS)
def test_dates_of_every_format(form):
    moments = [datetime.datetime(2026, 11, 23, 4, 5, 6, 789), datetime.datetime(1903, 2, 28)]
    words = [moment.strftime(form) for moment in moments]
    found = typed(cells(*words), None, "t")
    assert found.column.kind == "date" and found.column.format == form
    stamps = found.values.astype(f"M8[{found.column.unit}]").astype("M8[us]").tolist()
    assert [stamp.strftime(form) for stamp in stamps] == words
    assert (found.column.unit == "D") == ("%H" not in form)


def test_an_ordinal_column_has_its_order():
    found = typed(cells("mid", "low", "high"), ("low", "mid", "high"), "t")
    assert found.column.categories == ("low", "mid", "high") and found.column.kind == "ordinal"
    found = typed(cells("b", "a", type="string", ordered=True), None, "t")
    assert found.column.categories == ("b", "a") and found.column.kind == "ordinal"


def test_categories_are_sorted_as_numbers_or_words():
    order = lambda *words: typed(cells(*words), "categorical", "t").column.categories
    assert order("10", "9", "1") == ("1", "9", "10")
    assert order("b", "a", "10", "9") == ("10", "9", "a", "b")


@pytest.mark.parametrize(
    "words, asked, said",
    [
        ([None, None], None, "no value in any row: leave it out by drop=c"),
        (["1", None, "x"], "integer", "holds 'x' in row 3, expected whole numbers"),
        (["1", "1.5"], "integer", "holds '1.5' in row 2, expected whole numbers"),
        (["9" * 19], "integer", "expected whole numbers"),
        (["1", "x"], "continuous", "holds 'x' in row 2, expected finite numbers"),
        (["1", "2", "3.5", "-inf"], None, "holds '-inf' in row 4, expected finite numbers"),
        (["1", "2", "3.5", "1e999"], None, "holds '1e999' in row 4, expected finite numbers"),
        (["1", "2", "3.5", "1e39"], None, "holds '1e39' in row 4, expected finite numbers"),
        ([*map(str, range(20)), "x2"], None, "holds numbers, but 'x2' in row 21: mend it"),
        (["a", "b"], "boolean", "holds 'a', 'b', expected as a boolean true and false"),
        (["true", "no"], "boolean", "expected as a boolean"),
        (["2026-01-31", "x"], "date", "holds 'x' in row 2, expected dates in one format"),
        (["2026-01-31", "31.01.2026"], "date", "holds dates of several formats"),
        (["01/02/2026", "03/04/2026"], None, "'01/02/2026', whose day and month cannot be told"),
        (["low", "huge"], ("low", "high"), "holds 'huge' in row 2, expected low < high"),
    ],
)
def test_what_is_not_of_the_kind_is_refused(words, asked, said):
    with pytest.raises(DataError, match=f"t: column `c`.*{said}") as caught:
        typed(cells(*words), asked, "t")
    assert "\n" not in str(caught.value)
