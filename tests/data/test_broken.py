"""Generated broken inputs, the same ones every time: each is refused in one line, with code 3.

Beside those of the zoos, which are made by hand; each test says how many it has refused.
"""

import io
from functools import partial

import numpy as np
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data import test_idx
from tests.data.test_files import BYTES, LABELS, POINTS, dumped, saved
from tests.data.test_tabular import PEOPLE, as_parquet, text
from tests.data.zoo import NOISE, complaint, encoded, plant, snapshot, tarred, zipped

COUNTS = (40, pytest.param(400, marks=pytest.mark.slow))
TABLE = text(PEOPLE)
ARROW = as_parquet(pyarrow.csv.read_csv(io.BytesIO(TABLE)))
TYPES = b'id = "drop"\nage = "continuous"\n"size" = ["S", "M", "L"]\njob = "label"\n'
VERSE = "the quick brown föx\njumps over the lazy dog\n".encode() * 3
PICTURES = {
    "cat/1.png": encoded(NOISE),
    "cat/2.jpg": encoded(NOISE, "JPEG"),
    "dog/1.bmp": encoded(NOISE, "BMP"),
    "dog/2.webp": encoded(NOISE, "WEBP", lossless=True),
}
SINGLE = {
    "set.csv": TABLE,
    "set.parquet": ARROW,
    "set.npy": dumped(BYTES),
    "set.npz": saved(real=POINTS, label=LABELS),
    "set.txt": VERSE,
}


def only(*names):
    """What plants some of the single files."""
    return lambda folder: plant(folder, {name: SINGLE[name] for name in names})


SETS = {
    "csv": ("csv:set.csv?encoding=quantiles&drop=id", only("set.csv")),
    "parquet": ("parquet:set.parquet?encoding=quantiles&drop=id", only("set.parquet")),
    "toml": (
        "csv:../set.csv?encoding=quantiles&types=types.toml",
        lambda folder: plant(folder, {"../set.csv": TABLE, "types.toml": TYPES}),
    ),
    "npy": ("npy:set.npy", only("set.npy")),
    "npz": ("npz:set.npz", only("set.npz")),
    "text": ("text:set.txt?window=8", only("set.txt")),
    "idx": ("idx:.", test_idx.write),
    "idx.gz": ("idx:.", partial(test_idx.write, compress=True)),
    "folder": ("folder:.", lambda folder: plant(folder, PICTURES)),
    "zip": ("folder:set.zip", lambda folder: zipped(folder / "set.zip", PICTURES)),
    "tar": ("folder:set.tar", lambda folder: tarred(folder / "set.tar", PICTURES)),
    "tgz": ("folder:set.tgz", lambda folder: tarred(folder / "set.tgz", PICTURES, mode="w:gz")),
}
"""Sound sets: a spec, and what writes the files to a folder."""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to be in; the home is there too, and the cache beside it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "here"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "here"


def count_refused(count, strategy, here, prepared):
    """How many of `count` values are refused; `prepared` writes the files and gives the spec."""
    found = {}

    def check(value):
        found[repr(value)] = complaint(here.parent, prepared(value))

    fixed = settings(max_examples=count, derandomize=True, deadline=None, database=None)
    fixed(given(strategy)(check))()
    refused = sum(map(bool, found.values()))
    print(f"{refused} of {len(found)} are refused, in {len(set(found.values()))} ways")
    return refused


# --- files that are damaged

NOISES = (b"\0", b"\xff", b'"', b",", b"\n", b"-1e999", b"x" * 99, bytes(range(256)))


@st.composite
def damages(draw, contents):
    """One of some files, by its name, cut, with a part taken out or doubled, or noise in it."""
    name = draw(st.sampled_from(sorted(contents)))
    whole = contents[name]
    start = draw(st.integers(0, len(whole) - 1))
    stop = draw(st.integers(start + 1, min(start + 64, len(whole))))
    noise = draw(st.sampled_from(NOISES) | st.binary(min_size=1, max_size=8))
    ways = {
        "cut": whole[:start],
        "less": whole[:start] + whole[stop:],
        "more": whole[:stop] + whole[start:],
        "noise": whole[:start] + noise + whole[stop:],
        "noise of its length": whole[:start] + noise + whole[start + len(noise) :],
    }
    return name, ways[draw(st.sampled_from(sorted(ways)))]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", SETS)
@pytest.mark.filterwarnings("ignore:.*(constant|identifier|held.out|float32|no sound)")
def test_damaged_files(here, name, count):
    spec, write = SETS[name]
    write(here)
    contents = {path: content for path, content in snapshot(here).items() if content}
    assert not complaint(here.parent, spec)

    def prepared(damage):
        plant(here, contents | dict([damage]))
        return spec

    assert count_refused(count, damages(contents), here, prepared) > count // 8


# --- files that are whole, and say what makes no sense

CELLS = ("", "?", "0", "1", "007", "-3", "2.50", "1e5", "inf", "true", "x", "é", "02/03/2020")
CELLS += ("2020-01-31", "2020-02-30", "9" * 25, '"', "a b", "NA", "1,5")
ASKED = ("", "label=a", "integer=a", "date=b", "boolean=a", "continuous=b", "ordinal=a:0<1")


@st.composite
def tables(draw):
    """The content of a CSV file, and an option."""
    height, columns = draw(st.integers(0, 12)), []
    for name in draw(st.sampled_from(["a", "ab", "abc", "aba", "a "])):
        cells = st.sampled_from(draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=3)))
        columns.append([name, *draw(st.lists(cells, min_size=height, max_size=height))])
    lines = map(",".join, zip(*columns, strict=True))
    return "\n".join(lines).encode(), draw(st.sampled_from(ASKED))


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.filterwarnings("ignore:.*(constant|identifier|held.out|float32)")
def test_random_tables(here, count):
    def prepared(table):
        plant(here, {"set.csv": table[0]})
        return f"csv:set.csv?encoding=quantiles{'&' * bool(table[1])}{table[1]}"

    assert count_refused(count, tables(), here, prepared) > count // 3


KINDS = ("?", "u1", "i4", ">f4", "f8", "c8", "S3", "U3", "O", "M8[s]", "V3", "f4,i4")


@st.composite
def arrays(draw):
    """The name of a file, its content, and options."""
    shape = tuple(draw(st.lists(st.sampled_from([0, 1, 2, 3, 5, 8]), max_size=5)))
    kind, fill = draw(st.sampled_from(KINDS)), draw(st.sampled_from([0, -1, 1e39, np.nan]))
    real = np.full(shape, fill) if kind == "f8" else np.zeros(shape, kind)
    label = np.zeros(shape[:1], draw(st.sampled_from(["i4", "f4", "S3", "O"])))
    options = draw(st.sampled_from(["sequences=1", "range=0,1", "held_out=0"]))
    files = {"npy": dumped(real), "npz": saved(real=real, label=label)}
    form = draw(st.sampled_from(sorted(files)))
    return form, files[form], options


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.filterwarnings("ignore:.*constant")
def test_random_arrays(here, count):
    def prepared(array):
        form, content, options = array
        plant(here, {f"set.{form}": content})
        return f"{form}:set.{form}?{options}"

    assert count_refused(count, arrays(), here, prepared) > count // 2


# --- specs

WORDS = ("", "0", "1", "-1", "3", "0.5", "1e999", "nan", "9" * 30, "0,1", "1,0", "nan,inf", "(0,2)")
WORDS += ("crop", "pad", "modes", "quantiles", "age", "size", "id,job", "a,,b", "size:S<M<L")
WORDS += ("size:S", "x", "é", "%s", "{0}", "=", "$x", "~", "a b", "\0", "1_0", "٣", "set.npy")
PATHS = (".", "", "none", "$NO_SUCH", "~", "cat", "cat/1.png", "a\0b", "x" * 300, *SINGLE)
TABLES = ("label", "drop", "categorical", "integer", "ordinal", "types", "encoding", "held_out")
OPTIONS = {
    "digits": ("size",),
    "waves": ("count", "steps", "frequency", "amplitude", "seed", "held_out"),
    "idx:": ("held_out",),
    "folder:": ("size", "resize", "skip_corrupt", "held_out"),
    "stacked_mnist:": ("count", "held_out", "seed"),
    "tfds:": ("data_dir", "split", "held_out", "size", "resize"),
    "npy:": ("range", "held_out", "sequences"),
    "npz:": ("range", "held_out", "sequences"),
    "text:": ("window", "stride", "lines", "length", "held_out"),
    "csv:": TABLES,
    "parquet:": TABLES,
    "cvs:": (*TABLES, "sise"),
}


@st.composite
def specs(draw):
    """A form, often with a file of its own, and some of its options."""
    form = draw(st.sampled_from(sorted(OPTIONS)))
    own = f"set.{'txt' if form == 'text:' else form[:-1]}"
    path = draw(st.sampled_from(PATHS) | st.just(own)) if form.endswith(":") else ""
    names = draw(st.lists(st.sampled_from(OPTIONS[form]), max_size=3))
    words = [draw(st.sampled_from(WORDS)) for _ in names]
    return f"{form}{path}{'?' * bool(names)}" + "&".join(
        map("=".join, zip(names, words, strict=True))
    )


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.filterwarnings("ignore:.*(constant|identifier|held.out|float32|no sound)")
def test_random_specs(here, count):
    plant(here, PICTURES | SINGLE)
    test_idx.write(here)
    assert count_refused(count, specs(), here, lambda spec: spec) > count // 2
