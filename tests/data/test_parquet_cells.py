import datetime

import pyarrow
import pyarrow.parquet
import pytest

from gan_jax.data.parquet_cells import read_parquet
from gan_jax.data.tabular import tabular
from gan_jax.errors import DataError
from tests.data.zoo import words_of

DAY = datetime.date(2026, 1, 31)
PARQUET = {
    "integers": (pyarrow.array([1, None, -3], pyarrow.int8()), ["1", None, "-3"], "int8"),
    "large": (pyarrow.array([2**64 - 1], pyarrow.uint64()), [str(2**64 - 1)], "uint64"),
    "floats": (pyarrow.array([0.1, None, 1e-300]), ["0.1", None, "1e-300"], "double"),
    "NaN": (pyarrow.array([0.1, float("nan")]), ["0.1", None], "double"),
    "infinite": (pyarrow.array([0.1, float("inf")]), ["0.1", "inf"], "double"),
    "singles": (pyarrow.array([0.1, 3], pyarrow.float32()), ["0.1", "3"], "float"),
    "halves": (pyarrow.array([0.5, 3], pyarrow.float16()), ["0.5", "3"], "halffloat"),
    "booleans": (pyarrow.array([True, None, False]), ["true", None, "false"], "bool"),
    "words": (pyarrow.array(["x ", "", "NA", None]), ["x ", "", "NA", None], "string"),
    "long words": (pyarrow.array(["x"], pyarrow.large_string()), ["x"], "large_string"),
    "days": (pyarrow.array([DAY, None]), ["2026-01-31", None], "date32[day]"),
    "zoned": (
        pyarrow.array([0], pyarrow.timestamp("us", "Asia/Tokyo")),
        ["1970-01-01 00:00:00.000000"],
        "timestamp[us, tz=Asia/Tokyo]",
    ),
    "nanoseconds": (
        pyarrow.array([1], pyarrow.timestamp("ns")),
        ["1970-01-01 00:00:00.000000001"],
        "timestamp[ns]",
    ),
    "categories": (pyarrow.array(["b", "a", None, "b"]).dictionary_encode(), ["b", "a", None, "b"]),
}


@pytest.mark.parametrize("array, words, type", [(*row, "string")[:3] for row in PARQUET.values()])
def test_values_of_parquet_are_written_exactly(tmp_path, array, words, type):
    pyarrow.parquet.write_table(pyarrow.table({"c": array}), tmp_path / "t.parquet")
    (cells,) = read_parquet(tmp_path / "t.parquet")
    assert words_of([cells]) == {"c": words} and cells.type == type
    assert cells.missing == ("" if None in words else None) and not cells.ordered


def test_an_ordered_dictionary_keeps_its_order(tmp_path):
    codes = pyarrow.array([2, 0, None, 2])
    array = pyarrow.DictionaryArray.from_arrays(codes, ["low", "mid", "high"], ordered=True)
    pyarrow.parquet.write_table(pyarrow.table({"c": array}), tmp_path / "t.parquet")
    (cells,) = read_parquet(tmp_path / "t.parquet")
    assert cells.ordered and cells.words == ["low", "high"]
    assert words_of([cells]) == {"c": ["high", "low", None, "high"]}


@pytest.mark.parametrize(
    "array",
    [
        pyarrow.array([[1], [2]]),
        pyarrow.array([b"x", b"y"]),
        pyarrow.array([{"x": 1}, {"x": 2}]),
        pyarrow.array([1, 2], pyarrow.time32("s")),
        pyarrow.array([1, 2], pyarrow.duration("s")),
        pyarrow.nulls(2),
    ],
    ids=lambda array: str(array.type),
)
def test_types_that_are_no_single_values_are_refused(tmp_path, array):
    numbers = pyarrow.array([1.5, 2.5])
    table = pyarrow.table({"c": array, "d": numbers, "e": numbers})
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"`c` is .*, expected numbers, words.*drop=c"):
        tabular(tmp_path / "t.parquet", "parquet")
    kept = tabular(tmp_path / "t.parquet", "parquet", drop=["c"], held_out=0.0)
    assert [column.name for column in kept.spec.columns] == ["d", "e"]
