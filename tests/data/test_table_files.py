import csv
import io
import warnings
from decimal import Decimal

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

import gan_jax.data
from gan_jax.data.spec import Spec
from gan_jax.data.table_files import csv_content, parquet_content, table

RANDOM = np.random.default_rng(0)
ROWS = 80


def read(path, options=""):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gan_jax.data.open(f"{path.suffix[1:]}:{path}?held_out=0{options}")


def lost(words, word):
    return [word if row % 7 == 3 else kept for row, kept in enumerate(words)]


moments = np.datetime64("2020-01-01T00:00:00") + RANDOM.integers(0, 9**6, ROWS)
days = moments.astype("M8[D]").tolist()
CSV = {
    "whole": [str(value) for value in RANDOM.integers(-900, 900, ROWS)],
    "codes": [f"{value:03}" for value in RANDOM.integers(0, 40, ROWS)],
    "flags": [str(value) for value in RANDOM.integers(0, 2, ROWS)],
    "cents": [f"{value:.2f}" for value in RANDOM.normal(0, 300, ROWS)],
    "short": [f"{value:.3f}".rstrip("0").rstrip(".") for value in RANDOM.normal(0, 9, ROWS)],
    "gaps": lost([f"{value:.1f}" for value in RANDOM.normal(0, 9, ROWS)], "NA"),
    "spike": [str(value) for value in RANDOM.poisson(9, ROWS) * (RANDOM.random(ROWS) < 0.3)],
    "days": [day.strftime("%d.%m.%Y") for day in days],
    "moments": lost([stamp.strftime("%Y-%m-%d %H:%M:%S") for stamp in moments.tolist()], ""),
    "words": RANDOM.choice(["a, b", 'say "no"', "two\nlines", "ü", "?"], ROWS).tolist(),
    "truth": RANDOM.choice(["TRUE", "FALSE"], ROWS).tolist(),
    "constant": ["x"] * ROWS,
}


@pytest.mark.parametrize("encoding", ["modes", "quantiles"])
def test_every_word_of_a_csv_file_comes_back(tmp_path, encoding):
    path = tmp_path / "t.csv"
    rows = np.array([list(row) for row in zip(*CSV.values(), strict=True)])
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([list(CSV), *rows.tolist()])
    data = read(path, f"&encoding={encoding}")
    back = csv_content({"samples": data.train["real"]}, data.spec).decode()
    found = list(csv.reader(io.StringIO(back, newline="")))
    assert found == [list(CSV), *rows.tolist()]
    again = tmp_path / "again.csv"
    again.write_bytes(csv_content({"samples": data.train["real"]}, data.spec))
    kinds = [[(c.kind, c.type, c.format) for c in read(p).spec.columns] for p in (path, again)]
    assert kinds[0] == kinds[1]


NUMBERS = RANDOM.integers(0, 100, ROWS)
FRACTIONS = RANDOM.normal(0, 9, ROWS).round(3)
stamps = pyarrow.array(moments.astype("M8[us]"))
WORDS = pyarrow.array(RANDOM.choice(["a", "b ", "", "ü\n"], ROWS))
PARQUET = {
    "int8": pyarrow.array(NUMBERS - 50, "int8"),
    "uint64": pyarrow.array(NUMBERS, "uint64"),
    "int64 and null": pyarrow.array(lost(NUMBERS.tolist(), None)),
    "two values": pyarrow.array(NUMBERS % 2, "int32"),
    "double": pyarrow.array(FRACTIONS),
    "whole double": pyarrow.array(lost(NUMBERS.astype(float).tolist(), None)),
    "float": pyarrow.array(FRACTIONS.round(1), "float32"),
    "halffloat": pyarrow.array((NUMBERS / 4).astype(np.float16)),
    "decimal": pyarrow.array([Decimal(f"{value:.2f}") for value in FRACTIONS]),
    "fine decimal": pyarrow.array(FRACTIONS.round(3).astype(str)).cast(pyarrow.decimal128(38, 18)),
    "long decimal": pyarrow.array(FRACTIONS.round(3).astype(str)).cast(pyarrow.decimal256(50, 20)),
    "bool": pyarrow.array(lost((NUMBERS > 30).tolist(), None)),
    "string": WORDS,
    "large_string": WORDS.cast("large_string"),
    "string and null": pyarrow.array(lost(WORDS.to_pylist(), None)),
    "date32": pyarrow.array(days),
    "timestamp s": stamps.cast(pyarrow.timestamp("s")),
    "timestamp us": stamps,
    "timestamp ns in Tokyo": stamps.cast(pyarrow.timestamp("ns", "Asia/Tokyo")),
    "days as timestamp": pyarrow.array(moments.astype("M8[D]").astype("M8[ms]")),
    "constant": pyarrow.array([2.5] * ROWS),
}


@pytest.mark.parametrize("encoding", ["modes", "quantiles"])
def test_every_value_of_a_parquet_file_comes_back_with_its_type(tmp_path, encoding):
    path = tmp_path / "t.parquet"
    whole = pyarrow.table(PARQUET)
    pyarrow.parquet.write_table(whole, path)
    data = read(path, f"&encoding={encoding}")
    content = parquet_content({"samples": data.train["real"]}, data.spec)
    back = pyarrow.parquet.read_table(io.BytesIO(content))
    expected = pyarrow.parquet.read_table(path)
    for name in whole.column_names:
        assert back[name].type == expected[name].type, name
        assert back[name].to_pylist() == expected[name].to_pylist(), name
    assert back.column_names == whole.column_names


def test_a_dictionary_comes_back_as_words(tmp_path):
    path = tmp_path / "t.parquet"
    words = lost(RANDOM.choice(["low", "high"], ROWS).tolist(), None)
    array = pyarrow.array(words).dictionary_encode()
    pyarrow.parquet.write_table(pyarrow.table({"c": array, "n": range(ROWS)}), path)
    data = read(path)
    back = table({"samples": data.train["real"]}, data.spec)
    assert back["c"].to_pylist() == words


def test_signed_categories_can_be_written_to_parquet(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{'+1' if row % 3 else '-1'},{row}\n" for row in range(99)))
    data = read(path)
    back = table({"samples": data.train["real"]}, data.spec)
    assert set(back["a"].to_pylist()) == {"+1", "-1"}


def test_asked_kinds_keep_the_types(tmp_path):
    path = tmp_path / "t.parquet"
    whole = pyarrow.table({"a": NUMBERS, "b": NUMBERS % 5, "c": FRACTIONS, "d": NUMBERS > 9})
    pyarrow.parquet.write_table(whole, path)
    data = read(path, "&categorical=a,c,d&continuous=b")
    assert [column.kind for column in data.spec.columns][:2] == ["categorical", "continuous"]
    assert table({"samples": data.train["real"]}, data.spec).equals(whole)


def test_the_label_has_its_column_where_samples_have_labels(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{row % 4},{'no' if row % 3 else 'yes'},{row % 5}" for row in range(ROWS)]
    path.write_text("\n".join(["a,b,c", *rows]))
    for options, type in (("&label=b", "string"), ("&label=b&boolean=b", "bool")):
        data = read(path, options)
        drawn = {"samples": data.train["real"], "labels": data.train["label"]}
        back = table(drawn, data.spec)
        assert [str(kind) for kind in back.schema.types] == ["int64", type, "int64"]
        lines = csv_content(drawn, data.spec).decode().splitlines()
        assert lines == ["a,b,c", *rows]
        assert table({"samples": data.train["real"]}, data.spec).column_names == ["a", "c"]


def test_samples_of_a_generator_are_values_of_the_table(tmp_path):
    """Whatever comes out of the networks, each value is one that the column can have."""
    path = tmp_path / "t.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([list(CSV), *zip(*CSV.values(), strict=True)])
    data = read(path)
    samples = RANDOM.normal(0, 3, (500, *data.spec.shape)).astype(np.float32)
    rows = csv.DictReader(io.StringIO(csv_content({"samples": samples}, data.spec).decode()))
    rows = list(rows)
    assert len(rows) == 500
    for name in ("codes", "flags", "words", "truth", "constant"):
        assert {row[name] for row in rows} == set(CSV[name])
    for name in ("whole", "cents", "short", "spike"):
        numbers = [float(row[name]) for row in rows]
        assert min(map(float, CSV[name])) <= min(numbers)
        assert max(numbers) <= max(map(float, CSV[name]))
    assert {len(row["cents"].partition(".")[2]) for row in rows} == {2}
    assert "NA" in {row["gaps"] for row in rows} and "" in {row["moments"] for row in rows}


def test_only_tables_become_tables():
    with pytest.raises(ValueError, match="trained on a table, by --data csv:PATH"):
        table({"samples": np.zeros((1, 2), np.float32)}, Spec((2,), 1.0, 0.0))


@pytest.mark.slow
def test_adult_comes_back_word_for_word(real_data, tmp_path):
    data = gan_jax.data.open(f"csv:{real_data}/adult/adult.csv?held_out=0")
    back = csv_content({"samples": data.train["real"]}, data.spec).decode()
    with open(f"{real_data}/adult/adult.csv") as file:
        head, *rows = (row for row in csv.reader(file, skipinitialspace=True) if row)
    assert list(csv.reader(io.StringIO(back))) == [head, *rows]
