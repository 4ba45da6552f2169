import io
import re
import warnings
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

import gan_jax.data
from gan_jax.data.columns import blocks
from tests.data.zoo import refused

ROWS = 60
RANDOM = np.random.default_rng(0)
PEOPLE = {
    "id": [f"p{row}" for row in range(ROWS)],
    "age": [str(value) for value in RANDOM.integers(18, 80, ROWS)],
    "height": [f"{value:.2f}" for value in RANDOM.normal(1.7, 0.1, ROWS)],
    "size": RANDOM.choice(["S", "M", "L"], ROWS).tolist(),
    "member": RANDOM.choice(["true", "false"], ROWS).tolist(),
    "since": [str(day) for day in np.datetime64("2020-01-01") + RANDOM.integers(0, 999, ROWS)],
    "town": RANDOM.choice(["Ulm", "Köln", "?"], ROWS).tolist(),
    "job": RANDOM.choice(["cook", "nurse"], ROWS).tolist(),
}


def text(columns, delimiter=","):
    rows = zip(*columns.values(), strict=True)
    return "".join(delimiter.join(row) + "\n" for row in [columns, *rows]).encode()


def changed(name, row, word):
    """The people with another word in one place, row 1 being the first."""
    words = list(PEOPLE[name])
    words[row - 1] = word
    return text(PEOPLE | {name: words})


def as_parquet(table):
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()


def arrow(**columns):
    return as_parquet(pyarrow.table(columns))


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(text(PEOPLE))
    return path


def opened(path, options=""):
    """The data, without their warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gan_jax.data.open(f"{path.suffix[1:]}:{path}{options}")


# --- what is read


def test_columns_have_their_kinds(people):
    data = opened(people, "?drop=id")
    assert {column.name: column.kind for column in data.spec.columns} == {
        "age": "integer",
        "height": "continuous",
        "size": "categorical",
        "member": "boolean",
        "since": "date",
        "town": "categorical",
        "job": "categorical",
    }
    assert data.name == "people.csv" and data.train["real"].dtype == np.float32
    assert (len(data.train["real"]), len(data.held_out["real"])) == (48, 12)
    assert data.train.keys() == {"real"} and not data.spec.classes


def test_kinds_can_be_given(people):
    options = "?drop=id,since,height&categorical=age,town&ordinal=size:S<M<L,job:nurse<cook"
    columns = {column.name: column for column in opened(people, options).spec.columns}
    assert [column.kind for column in columns.values()] == [
        *("categorical", "ordinal", "boolean", "categorical", "ordinal")
    ]
    assert columns["size"].categories == ("S", "M", "L")
    assert columns["job"].categories == ("nurse", "cook") and columns["age"].type == "int64"
    columns = opened(people, "?drop=id&continuous=age").spec.columns
    assert columns[0].kind == "continuous" and columns[0].decimals == 0


def test_the_label_is_left_out_of_the_row(people):
    data, without = opened(people, "?drop=id&label=job"), opened(people, "?drop=id,job")
    assert data.spec.classes == ("cook", "nurse") and data.spec.columns[-1].label
    np.testing.assert_array_equal(data.train["real"], without.train["real"])
    order = np.random.Generator(np.random.PCG64(0)).permutation(ROWS)
    labels = np.concatenate([data.train["label"], data.held_out["label"]])
    assert [data.spec.classes[label] for label in labels] == [PEOPLE["job"][row] for row in order]
    share = np.mean(data.train["label"] == 1)
    assert data.spec.frequencies == pytest.approx((1 - share, share))


def test_one_column_and_a_label_are_a_table(people):
    data = opened(people, "?drop=id,age,height,member,since,town&label=job")
    assert data.train["real"].shape == (48, 3) and data.spec.classes == ("cook", "nurse")


def test_a_label_of_numbers(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(text(PEOPLE | {"job": [str(row % 11) for row in range(ROWS)]}))
    data = opened(path, "?drop=id&label=job&held_out=0")
    assert data.spec.classes == tuple(map(str, range(11)))
    assert data.spec.columns[-1].type == "int64"


@pytest.mark.parametrize("encoding", ["modes", "quantiles"])
def test_csv_and_parquet_are_the_same_rows(people, tmp_path, encoding):
    table = pyarrow.csv.read_csv(
        people,
        convert_options=pyarrow.csv.ConvertOptions(null_values=["?"], strings_can_be_null=True),
    )
    (tmp_path / "people.parquet").write_bytes(as_parquet(table))
    read = [
        opened(tmp_path / f"people.{s}", f"?drop=id&encoding={encoding}")
        for s in ("csv", "parquet")
    ]
    for part in ("train", "held_out"):
        rows = [getattr(data, part)["real"] for data in read]
        np.testing.assert_array_equal(*rows)


def test_only_the_training_part_is_fitted_to(people):
    data = opened(people, "?drop=id")
    held_out = np.random.Generator(np.random.PCG64(0)).permutation(ROWS)[48:]
    content = {name: list(words) for name, words in PEOPLE.items()}
    for row in held_out:
        strange = ("99", "9.99", "XL", "true", "2099-01-01", "Rom", "judge")
        for name, word in zip(data.spec.columns, strange, strict=True):
            content[name.name][row] = word
    people.write_bytes(text(content))
    again = opened(people, "?drop=id")
    assert again.spec == data.spec
    np.testing.assert_array_equal(again.train["real"], data.train["real"])
    assert (again.held_out["real"] != data.held_out["real"]).any()


def test_a_file_has_one_fingerprint_and_a_change_another(people, tmp_path):
    options = "?drop=id&encoding=quantiles"
    prints = {opened(people, options).fingerprint for _ in range(2)}
    other = tmp_path / "other.csv"
    other.write_bytes(text(PEOPLE))
    prints.add(opened(other, options).fingerprint)
    assert len(prints) == 1
    for row in range(1, ROWS, 7):
        other.write_bytes(changed("height", row, "1.75"))
        prints.add(opened(other, options).fingerprint)
    prints |= {
        opened(people, f"{options}{more}").fingerprint for more in ("&label=job", "&held_out=0")
    }
    assert len(prints) == 12


# --- what is doubtful


def said(content, tmp_path, options="", suffix="csv"):
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gan_jax.data.open(f"{suffix}:{path}{options}")
    assert all("\n" not in str(one.message) for one in caught)
    return [str(one.message).partition("t.csv: ")[2] for one in caught]


def test_nothing_is_said_where_nothing_is_doubtful(tmp_path):
    assert said(text(PEOPLE), tmp_path, "?drop=id") == []


def test_identifiers(tmp_path):
    asked = "looks like an identifier, with 60 distinct values in 60 rows: leave it out by drop="
    held = "and in no training row: encoded as zeros (12 such rows)"
    first, second = said(text(PEOPLE), tmp_path)
    assert first == f"column `id` {asked}id" and second.endswith(held)
    assert len(said(text(PEOPLE), tmp_path, "?categorical=id")) == 1
    for numbers in (range(7, 67), reversed(range(60)), (row * row for row in range(60))):
        content = text(PEOPLE | {"id": [str(number) for number in numbers]})
        assert said(content, tmp_path) == [f"column `id` {asked}id"]
    content = text(PEOPLE | {"id": [str(row * row % 61) for row in range(60)]})
    assert said(content, tmp_path) == []


def test_constant_columns(tmp_path):
    for word in ("x", "3", "1.50", "2020-01-01", "true"):
        content = text(PEOPLE | {"id": [word] * ROWS})
        (one,) = said(content, tmp_path)
        assert one == "column `id` is constant in the training part: leave it out by drop=id"


def test_what_only_held_out_rows_have(tmp_path):
    row = np.random.Generator(np.random.PCG64(0)).permutation(ROWS)[50] + 1
    held = "which is held out, and in no training row: encoded as zeros (1 such rows)"
    found = said(changed("size", row, "XL"), tmp_path, "?drop=id")
    assert found == [f"column `size` has 'XL' in row {row}, {held}"]
    found = said(changed("age", row, ""), tmp_path, "?drop=id")
    assert found == [f"column `age` has a missing value in row {row}, {held}"]


def test_numbers_that_float32_cannot_hold(tmp_path):
    numbers = [str(10**12 + number**5) for number in range(ROWS)]
    (one,) = said(text(PEOPLE | {"id": numbers}), tmp_path, "?integer=id&encoding=quantiles")
    assert one.startswith("column `id` has too wide a range for float32: ") and "comes back" in one
    moments = [f"20{10 + row % 60}-01-31 00:00:00.{row:06}" for row in range(ROWS)]
    (one,) = said(text(PEOPLE | {"id": moments}), tmp_path)
    assert re.fullmatch(r"column `id` .* 20\S+T00:00:00.0000.. in row \d+ comes back as 20.*", one)
    values = [f"{np.exp(row / 5):.2f}" for row in range(ROWS)]
    assert said(text(PEOPLE | {"id": values}), tmp_path) == []
    (one,) = said(text(PEOPLE | {"id": [f"1e{row - 30}" for row in range(ROWS)]}), tmp_path)
    assert one.startswith("column `id` has too wide a range for float32: ")


def test_decimal_commas(tmp_path):
    content = b"a;b\n" + b"".join(b"%d,5;%d\n" % (row % 7, row % 5) for row in range(ROWS))
    (one,) = said(content, tmp_path)
    assert one.startswith("column `a` looks like numbers with a decimal comma")
    assert said(content, tmp_path, "?categorical=a") == []


# --- what is refused

HEAD = b"a,b\n"
SOME = b"1,x\n2,y\n3,x\n4,y\n5,z\n"
MANY = "".join(f"{row},{row % 3}.5\n" for row in range(30)).encode()
TABLE = arrow(a=[1, 2, 3, 4, 5], b=["x", "y", "x", "y", "z"])
CSV = {
    "empty": (b"", "t.csv: empty, expected a row of names"),
    "blank lines only": (b"\n\n\r\n", "empty, expected a row of names"),
    "a mark only": (b"\xef\xbb\xbf", "empty, expected a row of names"),
    "header only": (HEAD, "names of columns, and no row of values"),
    "header without an end": (b"a,b", "names of columns, and no row of values"),
    "one row": (HEAD + b"1,x\n", "1 examples leave none for training"),
    "a row too long": (HEAD + SOME + b"6,x,7\n", r"row 6 \(line 7\) has 3 cells, the header 2"),
    "a row too short": (HEAD + b"1\n" + SOME, r"row 1 \(line 2\) has 1 cells, the header 2"),
    "a comma too many": (HEAD + b"1,x,\n", r"row 1 \(line 2\) has 3 cells"),
    "a decimal comma": (HEAD + b"1,5,x\n", "has 3 cells.*quote a cell that holds ','"),
    "another delimiter below": (HEAD + b"1;x\n", r"row 1 \(line 2\) has 1 cells"),
    "after a cell of lines": (HEAD + b'1,"x\ny"\n2\n', r"row 2 \(line 4\) has 1 cells"),
    "a quote left open": (HEAD + SOME + b'6,"x\n7,y\n', "row 6 breaks off .*end of data"),
    "text after a quote": (HEAD + b'1,"x"y\n', "row 1 breaks off .*expected after"),
    "a quote left open at once": (b'"a,b\n1,x\n', "row 1 breaks off"),
    "a huge cell": (HEAD + b"1," + b"x" * 200_000 + b"\n", "row 1 breaks off .*field larger"),
    "two columns of one name": (b"a,b,a\n1,2,3\n", "two columns are called `a`: rename"),
    "names alike but for spaces": (b"a, a\n1,2\n", "two columns are called `a`"),
    "a name of two lines": (b'"a\nb",c\n1,2\n', "a column is called 'a.nb': name it by words"),
    "no name": (b",a\n0,1\n1,2\n", "column 1 has no name .an index.*: name it"),
    "no name at the end": (b"a,b,\n0,1,\n", "column 3 has no name"),
    "Latin-1": (HEAD + "1,Köln\n".encode("latin-1"), "line 2 is not UTF-8 .byte 0xf6.: save"),
    "UTF-16": ("a,b\n1,x\n".encode("utf-16"), "t.csv: UTF-16: save it as UTF-8"),
    "UTF-16 without a mark": ("a,b\n1,x\n".encode("utf-16-le"), "line 1 holds a zero byte"),
    "zero bytes": (HEAD + b"1,\0\n", "line 2 holds a zero byte: this is no text"),
    "gzip": (b"\x1f\x8b\x08\0", "a gzip file: unpack it first"),
    "a spreadsheet": (b"PK\x03\x04", "an archive or a spreadsheet: save the table as CSV"),
    "Parquet": (TABLE, "a Parquet file, no CSV: give it as --data parquet:"),
    "infinite": (HEAD + MANY + b"7,-inf\n", "column `b` holds '-inf' in row 31, expected finite"),
    "too large": (HEAD + MANY + b"7,1e400\n", "column `b` holds '1e400' in row 31"),
    "a word among numbers": (HEAD + MANY + b"x7,1.5\n", "`a` holds numbers, but 'x7' in row 31"),
    "no value": (HEAD + b"1,\n2,?\n3,NA\n", "column `b` has no value in any row: .*drop=b"),
    "one column": (b"a\n1\n2\n3\n4\n5\n", "no column but `a` that is not constant: .*keep another"),
    "one beside a constant": (
        HEAD + b"".join(b"%d,x\n" % n for n in range(9)),
        "no column but `a`",
    ),
    "all constant": (HEAD + b"1,x\n" * 9, "no column but constant ones"),
    "ambiguous dates": (HEAD + b"1,02/03/2020\n2,04/05/2020\n", "whose day and month cannot"),
}
PARQUET = {
    "empty": (b"", "t.parquet: empty: fill it"),
    "text": (HEAD + SOME, "no Parquet file: give a CSV file as --data csv:"),
    "its beginning": (b"PAR1", "cannot be read"),
    "cut": (TABLE[:-9], "cannot be read .*see that it is whole"),
    "without its beginning": (TABLE[9:], "no Parquet file"),
    "without its middle": (TABLE[:40] + TABLE[60:], "cannot be read"),
    "no columns": (as_parquet(pyarrow.table({})), "empty, expected a row of names"),
    "no rows": (arrow(a=pyarrow.array([], "int64")), "no row of values: fill it"),
    "two of one name": (
        as_parquet(pyarrow.table([[1, 2], [3, 4]], ["a", "a"])),
        "two columns are called `a`",
    ),
    "no name": (as_parquet(pyarrow.table([[1, 2]], [""])), "column 1 has no name"),
    "lists": (arrow(a=[[1], [2]]), r"column `a` is list<.*drop=a"),
    "bytes": (arrow(a=[b"x", b"y"]), "column `a` is binary, expected numbers.*drop=a"),
    "nothing": (arrow(a=[1, 2], b=pyarrow.nulls(2)), "column `b` is null"),
    "one column": (arrow(a=[1.5, 2, 3, 4]), "no column but `a` that is not constant"),
    "no value": (arrow(a=[1, 2], b=pyarrow.nulls(2, "int8")), "`b` has no value in any row"),
    "NaN only": (arrow(a=[1, 2], b=[np.nan] * 2), "`b` has no value in any row"),
    "infinite": (arrow(a=[1.5, None, np.inf]), "column `a` holds 'inf' in row 3, expected finite"),
    "a date far off": (
        arrow(a=pyarrow.array([0, 10**7], "int32").cast("date32")),
        "`a` holds '29349-01-26' in row 2, expected dates of the years 1 to 9999",
    ),
    "large": (arrow(a=[1.5, -1e300]), "column `a` holds '-1e[+]?300' in row 2"),
}
ZOO = {f"csv: {name}": ("csv", *row) for name, row in CSV.items()}
ZOO |= {f"parquet: {name}": ("parquet", *row) for name, row in PARQUET.items()}


@pytest.mark.filterwarnings("ignore:.*constant")
@pytest.mark.parametrize("suffix, content, words", ZOO.values(), ids=ZOO)
def test_what_is_no_table_is_refused(tmp_path, suffix, content, words):
    (tmp_path / f"t.{suffix}").write_bytes(content)
    refused(tmp_path, f"{suffix}:{tmp_path}/t.{suffix}", words)


@pytest.mark.parametrize(
    "spec, words",
    [
        ("csv:{0}/none.csv", "none.csv: there is no such file"),
        ("parquet:{0}/none.parquet", "none.parquet: there is no such file"),
        ("csv:{0}", "cannot be read .Is a directory"),
        ("parquet:{0}", "cannot be read .Is a directory"),
        ("csv:{0}/p.csv?label=jop", "has no column `jop`: did you mean job"),
        ("csv:{0}/p.csv?drop=id,Age", "has no column `Age`: did you mean age"),
        ("csv:{0}/p.csv?drop=x", "no column `x`: it has id, age, height, size"),
        ("csv:{0}/p.csv?label=height", "label `height` is continuous, with .* names classes"),
        ("csv:{0}/p.csv?label=since", "the label `since` is date"),
        ("csv:{0}/p.csv?label=id", "label `id` is categorical, with 60 values in 60 rows"),
        ("csv:{0}/p.csv?label=town", r"label `town` is missing in row \d+ .*such rows in all"),
        ("csv:{0}/p.csv?label=job&drop=job", "label=job, which is drop"),
        ("csv:{0}/p.csv?label=age&continuous=age", "label=age, which is continuous"),
        ("csv:{0}/p.csv?drop=age&integer=age", "the column age is asked to be two things"),
        ("csv:{0}/p.csv?integer=size", "column `size` holds '.' in row 1, expected whole numbers"),
        ("csv:{0}/p.csv?continuous=since", "column `since` holds '20.*' in row 1, expected finite"),
        ("csv:{0}/p.csv?boolean=size", "expected as a boolean true and false"),
        ("csv:{0}/p.csv?date=age", "column `age` holds '..' in row 1, expected dates"),
        ("csv:{0}/p.csv?ordinal=size:S<M", "column `size` holds 'L' in row .*expected S < M: add"),
        ("csv:{0}/p.csv?ordinal=size", "ordinal=size, expected columns and their categories"),
        ("csv:{0}/p.csv?ordinal=size:S<<L", "expected columns and their categories in order"),
        ("csv:{0}/p.csv?drop=", "drop=, expected names A,B,C"),
        ("csv:{0}/p.csv?drop=a,,b", "expected names A,B,C"),
        ("csv:{0}/p.csv?encoding=bins", "encoding=bins, expected modes or quantiles"),
        ("csv:{0}/p.csv?held_out=1", "held_out=1.0, expected 0 <= held_out < 1"),
        ("csv:{0}/p.csv?lable=job", "unknown option `lable`: did you mean label"),
        ("csv:{0}/p.csv?size=8", "unknown option `size`"),
        ("csv", "did you mean csv:PATH"),
        ("csv:", "give one of .*csv:PATH, parquet:PATH"),
        (
            "csv:{0}/p.csv?label=job&drop=id,age,height,size,member,since,town",
            "and the label: nothing",
        ),
        ("csv:{0}/p.csv?drop=id,height,size,member,since,town,job", "no column but `age` that"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*identifier")
def test_specs_that_make_no_sense_are_refused(tmp_path, spec, words):
    (tmp_path / "p.csv").write_bytes(text(PEOPLE))
    refused(tmp_path, spec.format(tmp_path), words)


def test_what_training_rows_lack_altogether_is_refused(tmp_path):
    row = np.random.Generator(np.random.PCG64(0)).permutation(ROWS)[50] + 1
    (tmp_path / "t.csv").write_bytes(changed("job", row, "judge"))
    words = f"`job` has 'judge' in row {row}, which is held out, and in no training row: hold out"
    refused(tmp_path, f"csv:{tmp_path}/t.csv?label=job&drop=id", words)
    column = [""] * ROWS
    column[row - 1] = "x"
    (tmp_path / "t.csv").write_bytes(text(PEOPLE | {"town": column}))
    words = "column `town` has no value in the 48 rows of the training part: leave it out by drop"
    refused(tmp_path, f"csv:{tmp_path}/t.csv?drop=id", words)


# --- real data


def test_adult(real_data):
    path = Path(real_data, "adult", "adult.csv")
    data = opened(path, "?encoding=quantiles")
    kinds = {column.name: column.kind for column in data.spec.columns}
    numbers = ["age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"]
    assert [name for name, kind in kinds.items() if kind == "integer"] == numbers
    words = [name for name, kind in kinds.items() if kind == "categorical"]
    assert len(words) == 9 and words[-1] == "Salary" and len(kinds) == 15
    missing = {column.name for column in data.spec.columns if column.missing}
    assert missing == {"workclass", "occupation", "native-country"}
    assert (len(data.train["real"]), len(data.held_out["real"])) == (26_048, 6_513)
    for own in blocks(data.spec.columns):
        for part in (data.train["real"][:, block.start : block.stop] for block in own):
            assert part.shape[1] == 1 or ((part.sum(1) == 1).all() and part.any(0).all())
    salary = data.train["real"][:, -2:].mean(0)
    np.testing.assert_allclose(salary, [0.7592, 0.2408], atol=0.01)  # 7,841 of 32,561 earn more
