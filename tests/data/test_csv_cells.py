import csv
import io
import random

import pyarrow
import pyarrow.csv
import pytest

from gan_jax.data.csv_cells import read_csv
from tests.data.zoo import words_of


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "t.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return words_of(read_csv(path))

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


def test_what_is_quoted_delimits_nothing(read):
    assert read('"a;b;c;d",e\n"x",1\n') == {"a;b;c;d": ["x"], "e": ["1"]}
    assert read('"a,b,c";d\nx;1\n') == {"a,b,c": ["x"], "d": ["1"]}


def test_missing_values(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n?,,1\nNA,,2\n?,x,3\nNone,null,4\n")
    a, b, c = read_csv(path)
    assert words_of([a, b, c]) == {"a": [None] * 3 + ["None"], "b": [None, None, "x", None]} | {
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
