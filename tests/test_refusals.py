"""Generated mistakes at the command line: one line, an exit code, and no run is changed.

Beside the damaged files of data sets, of which tests/data/test_broken.py makes many more.
"""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gan_jax.cli import main
from tests.command import files, process, train, write_experiment

COUNTS = (12, pytest.param(130, marks=pytest.mark.slow))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A run, its experiment, and a copy of the run to be damaged."""
    place = tmp_path_factory.mktemp("refusals")
    assert train(write_experiment(place), place / "run", "--steps", 3, "--data", "ring") == 0
    shutil.copytree(place / "run", place / "torn")
    (place / "other").mkdir()
    (place / "other" / "thesis.tex").write_text("years of work")
    return place


# What may stand in the arguments of a process: no NUL.
WORDS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=12)
NOISE = st.binary(min_size=1, max_size=6)


@st.composite
def numbers(draw):
    """A flag of the loop or the experiment, with a value that it cannot have."""
    whole = "steps batch-size log-every sample-every ledger-every checkpoint-every keep rewinds"
    number = draw(st.integers(-(10**20), 0))
    flag, value = draw(
        st.one_of(
            st.tuples(st.sampled_from(whole.split()), st.just(number)),
            st.tuples(st.just("seed"), st.integers(max_value=-1) | st.integers(min_value=2**32)),
            st.tuples(
                st.just("seeds"), st.sampled_from(["3..1", "a", "1,1", "-1", "0..9999", ","])
            ),
            st.tuples(st.just("minutes"), st.sampled_from(["nan", "-1", "-inf"])),
            st.tuples(st.just("rewind-factor"), st.sampled_from(["0", "1", "nan", "-2", "inf"])),
            st.tuples(st.just("resume-from"), st.sampled_from([-1, 0, 2, 4, 10**30])),
            st.tuples(st.just("widths"), st.integers(-5, 0)),
            st.tuples(st.just("batch-size"), st.integers(1438, 10**12)),
        )
    )
    return ["train", "small.py", f"--{flag}", str(value)]


@st.composite
def flags(draw):
    """A flag that there is not, or a word where a number must stand."""
    command = draw(
        st.sampled_from(["train small.py", "sample run", "evaluate run", "sweep small.py"])
    )
    name = draw(st.text("abcdefghij-", min_size=3, max_size=9))
    numeric = st.sampled_from(["--steps", "--learning-rate", "--seed"])
    wrong = [f"--x{name}", draw(WORDS)] if draw(st.booleans()) else [draw(numeric), f"x{name}"]
    return [*command.split(), *wrong]


@st.composite
def names(draw):
    """A run, an experiment, a step or a command that there is not."""
    name = draw(WORDS.filter(lambda word: word.strip()))
    return draw(
        st.sampled_from(
            [
                [name],
                ["train", name],
                ["train", f"{name}.py"],
                ["train", "small.py", "--run", f"other/../{name}[*?"],
                ["train", "small.py", "--run", f"small.py/{name}"],
                ["train", "small.py", "--run", "y" * 300],
                ["train", "small.py", "--run", "other"],
                ["train", "small.py", "--run", "run"],
                ["sample", f"x{name}"],
                ["evaluate", f"run/{name}"],
                ["encode", f"x{name}"],
                ["replay", f"x{name}"],
                ["replay", "run"],
                ["diff", "run", f"x{name}"],
                ["runs", f"x{name}"],
                ["sample", "run", "--replica", f"x{name}"],
                ["sample", "run", "--label", f"x{name}"],
                ["sample", "run", "--out", f"nowhere/{name}.npz"],
            ]
        )
    )


@st.composite
def specs(draw):
    """Data that there are not."""
    known = ["digits", "ring", "idx", "npy", "npz", "folder", "csv", "parquet", "text", "domains"]
    form, path = draw(st.sampled_from(known)), draw(WORDS)
    option = draw(st.sampled_from(["size", "held_out", "labelled", "window", "x", "range"]))
    spec = draw(
        st.sampled_from(
            [
                f"x{form}",
                f"{form}:x{path}",
                f"{form}?{option}={path}",
                f"{form}:",
                f"{form}:x?{path}",
            ]
        )
    )
    return ["data", "describe", spec]


@st.composite
def torn(draw):
    """A file of the copied run with another content, and a command that reads it."""
    file, commands = draw(
        st.sampled_from(
            [
                ("config.json", ["sample torn", "evaluate torn", "diff run torn", "train"]),
                ("experiment.py", ["sample torn", "evaluate torn", "train"]),
                ("ledger.jsonl", ["diff run torn", "diff torn run"]),
                ("environment.json", ["diff run torn"]),
                ("metrics.jsonl", ["train"]),
                ("checkpoints/3/about/metadata", ["sample torn", "train"]),
                ("checkpoints/3/state/manifest.ocdbt", ["sample torn", "train"]),
            ]
        )
    )
    command = draw(st.sampled_from(commands))
    resume = "train small.py --run torn --steps 3 --data ring --resume"
    cut, noise, at = draw(st.booleans()), draw(NOISE), draw(st.integers(0, 10**6))
    return file, cut, noise, at, (resume if command == "train" else command).split()


def spoil(place, file, cut, noise, at):
    """Cuts a file of the copied run, or writes noise into it."""
    whole = (place / "run" / file).read_bytes()
    at %= len(whole)
    spoilt = whole[:at] if cut else whole[:at] + noise + whole[at + len(noise) :]
    (place / "torn" / file).write_bytes(spoilt)
    return spoilt != whole


@pytest.fixture
def refuses(place, monkeypatch, capfd):
    """Runs a command, and tells whether it was refused; as it must be, if at all."""
    monkeypatch.chdir(place)

    def refused(words):
        before = files(place)
        capfd.readouterr()
        code = main(words)
        out, err = capfd.readouterr()
        if code in (0, 1):
            return False
        assert code in (2, 3, 4, 6, 7), (words, code, err)
        assert err.strip() and "Traceback" not in out + err, (words, err)
        assert files(place) == before, words
        return True

    return refused


def count(number, strategy, check):
    """How many of so many different examples are refused."""
    found = {}
    quiet = {"deadline": None, "database": None, "derandomize": True}
    fixed = settings(max_examples=number, suppress_health_check=list(HealthCheck), **quiet)
    fixed(given(strategy)(lambda value: found.__setitem__(repr(value), check(value))))()
    print(f"{sum(found.values())} of {len(found)} are refused")
    return sum(found.values()), len(found)


@pytest.mark.parametrize("number", COUNTS)
@pytest.mark.parametrize("kind", [numbers, flags, names, specs], ids=lambda kind: kind.__name__)
@pytest.mark.filterwarnings("ignore")
def test_words(refuses, kind, number):
    refused, made = count(number, kind(), refuses)
    assert refused >= 0.9 * made


@pytest.mark.parametrize("number", COUNTS)
@pytest.mark.filterwarnings("ignore")
def test_files_of_a_run(place, refuses, number):
    def check(value):
        *damage, words = value
        shutil.rmtree(place / "torn")
        shutil.copytree(place / "run", place / "torn")
        return spoil(place, *damage) and refuses(words)

    refused, made = count(number, torn(), check)
    assert refused >= 0.3 * made  # the others do not matter: a digit of a figure, spaces


@pytest.mark.slow
def test_twenty_processes(place):
    mistakes = [
        *(["train", "small.py", "--keep", "0"], ["train", "nowhere.py"], ["sample", "nowhere"]),
        *(["train", "small.py", "--run", "x[1]"], ["data", "describe", "npy:none"], ["replay"]),
        *(["diff", "run"], ["evaluate", "other"], ["sample", "run", "--step", "9"], ["-x"]),
        *(["train", "small.py", "--run", "run", "--resume-from", "2"], ["runs", "nowhere"]),
        *(["train", "small.py", "--data", "x"], ["train", "small.py", "--run", "other"]),
        *(
            ["encode", "run", "--out", "x.doc"],
            ["sample", "run", "--out", "x.doc"],
            ["new", "not-a-name"],
        ),
        *(["sweep", "small.py"], ["list", "all"], ["train", "small.py", "--steps", "x"]),
    ]
    before = files(place)
    for words in mistakes:
        words = [str(place / word) if (place / word).exists() else word for word in words]
        with process(*words) as child:
            out, err = child.communicate(timeout=120)
        assert child.returncode in (2, 3, 4, 6, 7), (words, err)
        assert err.strip() and "Traceback" not in out + err
    assert len(mistakes) == 20 and files(place) == before
