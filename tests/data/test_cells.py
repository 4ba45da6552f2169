import csv
import datetime
import io
import random

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

from gan_jax.data.cells import read_csv, read_parquet
from gan_jax.errors import DataError


def back(columns):
    """The words of all rows, None where one is missing, by the columns' names."""
    return {
        cells.name: [cells.words[place] if place >= 0 else None for place in cells.index]
        for cells in columns
    }


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "t.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return back(read_csv(path))

    return read


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,x\n2,y\n",
        "a,b\r\n1,x\r\n2,y",
        "\ufeffa,b\n1,x\n2,y\n",
        "a, b\n 1, x \n2 ,\ty\n",
        "\na,b\n\n1,x\n\n\n2,y\n\n",
        "a;b\n1;x\n2;y\n",
        "a\tb\n1\tx\n2\ty\n",
        "a|b\n1|x\n2|y\n",
        '"a", "b"\n"1", "x"\n2,y\n',
    ],
)
def test_one_table_in_many_forms(read, text):
    assert read(text) == {"a": ["1", "2"], "b": ["x", "y"]}


def test_cells_with_delimiters_quotes_and_lines(read):
    assert read('a,b\n"x, y","say ""no"""\n"two\nlines",;\n') == {
        "a": ["x, y", "two\nlines"],
        "b": ['say "no"', ";"],
    }


def test_missing_values(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n?,,1\nNA,,2\n?,x,3\nNone,null,4\n")
    a, b, c = read_csv(path)
    assert back([a, b, c]) == {"a": [None] * 3 + ["None"], "b": [None, None, "x", None]} | {
        "c": ["1", "2", "3", "4"]
    }
    assert (a.missing, b.missing, c.missing) == ("?", "", None)


def test_random_tables_against_arrow_and_csv(read):
    """Whatever a writer of CSV writes is read as Arrow reads it, spaces around cells apart."""
    r = random.Random(0)
    letters = ["a", "b", "7", ".", "-", ",", ";", '"', "\n", "ü", "€", "'", "\\"]
    for _ in range(30):
        width = r.randint(2, 5)
        rows = [["x" + "".join(r.choices(letters, k=3)) for _ in range(width)] for _ in range(9)]
        file = io.StringIO()
        names = [f"n{i}" for i in range(width)]
        csv.writer(file, quoting=r.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])).writerows(
            [names, *rows]
        )
        content = file.getvalue().encode()
        expected = pyarrow.csv.read_csv(
            io.BytesIO(content),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.string())
            ),
        ).to_pydict()
        found = read(content)
        assert found == {n: [word.strip() for word in words] for n, words in expected.items()}


def test_first_names_value_and_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,x\n?,y\n2,z\n")
    (cells, _) = read_csv(path)
    assert cells.first(lambda word: word != "1") == "'2' in row 3"
    assert cells.first(lambda word: word == "3") is None


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
    assert back([cells]) == {"c": words} and cells.type == type
    assert cells.missing == ("" if None in words else None) and not cells.ordered


def test_an_ordered_dictionary_keeps_its_order(tmp_path):
    codes = pyarrow.array([2, 0, None, 2])
    array = pyarrow.DictionaryArray.from_arrays(codes, ["low", "mid", "high"], ordered=True)
    pyarrow.parquet.write_table(pyarrow.table({"c": array}), tmp_path / "t.parquet")
    (cells,) = read_parquet(tmp_path / "t.parquet")
    assert cells.ordered and cells.words == ["low", "high"]
    assert back([cells]) == {"c": ["high", "low", None, "high"]}


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
    pyarrow.parquet.write_table(pyarrow.table({"c": array}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"`c` is .*, expected numbers, words.*drop=c"):
        read_parquet(tmp_path / "t.parquet")
