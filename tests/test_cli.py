import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_jax.cli import main
from tests.command import ROOT, files, train, write_experiment


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a trained run, experiments good and bad, and things that are neither."""
    place = tmp_path_factory.mktemp("place")
    assert train(write_experiment(place), place / "run", "--steps", 3) == 0
    (place / "broken.py").write_text("def build(:\n")
    (place / "empty.py").write_text("")
    write_experiment(place, "clash", "steps: int = 40", "seed: int = 1\n    steps: int = 40")
    write_experiment(place, "latents", "priors.normal(4),\n        c", "priors.normal(0), c")
    write_experiment(place, "bare")
    for name in ("other", "hollow", "idx"):
        (place / name).mkdir()
    (place / "other" / "thesis.tex").write_text("years of work")
    (place / "idx" / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    (place / "torn").mkdir()
    (place / "torn" / ".lock").write_text("")
    (place / "torn" / "config.json").write_text('{"experi')
    (place / "taken.npz").write_text("mine")
    return place


@pytest.fixture
def here(place, monkeypatch):
    monkeypatch.chdir(place)
    return place


WRONG = """
2  nonsense                                            | no command 'nonsense'
2  trian small.py                                      | Did you mean train?
2  -x                                                  | no command '-x'
2  list all                                            | gan-jax list
2  runs a b                                            | gan-jax runs [FOLDER]
2  runs --all                                          | --all
2  new                                                 | Give one name
2  new a b                                             | Give one name
2  new not-a-name                                      | Python identifier
2  new ../up                                           | Python identifier
2  train                                               | Name an experiment: digits
2  train --steps 3                                     | Name an experiment
2  train digits_wgan                                   | did you mean digits_wgan_gp
2  train nowhere.py                                    | no experiment file nowhere.py
2  train other                                         | .py path
2  train broken.py                                     | cannot be imported SyntaxError
2  train empty.py                                      | frozen dataclass `Config`
2  train clash.py                                      | rename seed
2  train latents.py                                    | cannot be built 1 dimension or more
2  train bare.py --steps 0                             | --steps is 0 1 or more
2  train bare.py --batch-size -4                       | --batch-size is -4
2  train bare.py --log-every 0                         | --log-every is 0
2  train bare.py --checkpoint-every 0                  | --checkpoint-every is 0
2  train bare.py --sample-every -1                     | --sample-every is -1
2  train bare.py --keep 0                              | --keep is 0
2  train bare.py --seed -1                             | --seed is -1 4294967295
2  train bare.py --seed 4294967296                     | --seed is 4294967296
2  train bare.py --minutes -1                          | --minutes is -1.0
2  train bare.py --minutes nan                         | --minutes is nan
2  train bare.py --widths -1                           | cannot be built
3  train bare.py --data digit                          | did you mean digits
3  train bare.py --data idx:                           | unknown data
3  train bare.py --data idx:nowhere                    | nowhere not found train-images-idx3-ubyte
3  train bare.py --data idx:small.py                   | is a file
3  train bare.py --data idx:idx                        | idx
3  train bare.py --data idx:$NO_SUCH_FOLDER/x          | NO_SUCH_FOLDER not set
6  train bare.py --resume --overwrite                  | give one of them
6  train bare.py --run other                           | is no run .lock
6  train bare.py --run other --overwrite               | is no run .lock
6  train bare.py --run run                             | --resume --overwrite
6  train bare.py --run x[1]                            | Orbax
6  train bare.py --run torn --resume                   | config.json is damaged
7  train bare.py --run small.py                        | is a file
7  train bare.py --run small.py/deep/run               | small.py is a file
2  train small.py --run run --resume --batch-size 8    | batch_size was 16 and is now 8
2  train small.py --run run --resume --seed 1          | seed was 0 and is now 1
2  train small.py --run run --resume --widths 8 8      | widths was [16] and is now (8, 8)
2  train small.py --run run --resume --data ring       | data was 'digits' and is now 'ring'
2  sample                                              | Name a run
2  sample --n 3                                        | Name a run
2  sample run --n 0                                    | --n is 0
2  sample run --batch-size 0                           | --batch-size is 0
2  sample run --seed -1                                | --seed is -1
2  sample run --out out.jpg                            | .npz .png
2  sample run --out out                                | ends in none
4  sample run --step 2                                 | step 2 cannot be read
4  evaluate run --step -1                              | step -1
6  sample nowhere                                      | is no run config.json
6  sample small.py                                     | is no run
6  sample other                                        | is no run
6  sample torn                                         | config.json is damaged
6  sample run --out taken.npz                          | taken.npz exists --overwrite
7  sample run --out nowhere/out.npz                    | nowhere does not exist
2  evaluate                                            | Name a run
2  evaluate run --seed 4294967296                      | --seed is
6  evaluate hollow                                     | is no run
"""
TABLE = [
    (line.partition("|")[0].split(), line.partition("|")[2]) for line in WRONG.split("\n")[1:-1]
]


@pytest.mark.parametrize(("words", "said"), TABLE, ids=[" ".join(words) for words, _ in TABLE])
def test_what_is_wrong_is_one_line_and_changes_nothing(here, capfd, words, said):
    code, *words = words
    before = files(here)
    assert main(words) == int(code)
    out, err = capfd.readouterr()
    assert err.startswith("gan-jax: ")
    assert err.count("\n") == 1
    assert [word for word in said.split() if word not in err] == []
    assert "Traceback" not in out + err
    assert files(here) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train bare.py --setps 3", "--setps --steps"),
        ("train bare.py --step 3", "--step"),
        ("train bare.py --steps", "--steps"),
        ("train bare.py --steps three", "--steps 'three'"),
        ("train bare.py --learning-rate fast", "--learning-rate 'fast'"),
        ("train bare.py more", "more"),
        ("train bare.py --resum", "--resume"),
        ("sample run --weights best", "'best' --weights 'average'"),
        ("sample run --nn 3", "--nn"),
        ("sample run more", "more"),
        ("evaluate run --sede 1", "--sede --seed"),
        ("evaluate run --n 3", "--n"),
    ],
)
def test_flags_are_refused_by_name(here, capsys, words, said):
    before = files(here)
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert [word for word in said.split() if word not in err] == []
    assert "Traceback" not in out + err
    assert files(here) == before


@pytest.mark.parametrize("words", ["", "--help", "-h", "help", "list --help", "runs -h", "new -h"])
def test_usage(words, capsys):
    assert main(words.split()) == 0
    assert all(f"\n  {name} " in capsys.readouterr().out for name in ("list",))


@pytest.mark.parametrize("words", ["train small.py", "sample run", "sample", "evaluate"])
def test_help(here, words, capsys):
    assert main([*words.split(), "--help"]) == 0
    assert "--seed" in capsys.readouterr().out


def test_help_is_fast_and_starts_no_jax(here):
    code = (
        "import sys; from gan_jax.cli import main\n"
        "assert main(['train', 'small.py', '--help']) == 0\n"
        "assert not {'jax', 'flax', 'optax', 'sklearn', 'matplotlib'} & set(sys.modules)\n"
    )
    times = []
    for _ in range(3):
        start = time.monotonic()
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        times.append(time.monotonic() - start)
    assert min(times) < 1.5


def test_lists_experiments(capsys):
    assert main(["list"]) == 0
    assert "digits_wgan_gp   WGAN-GP on the 1,797" in capsys.readouterr().out


def test_lists_runs(here, capsys):
    assert main(["runs", "."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "run  small  seed 0  step 3 of 3"
    assert lines[1].startswith("torn  ")
    assert "damaged" in lines[1]
    assert main(["runs", "other"]) == 0
    assert capsys.readouterr().out == "There is no run in other.\n"


def test_trains_and_says_so(here, tmp_path, capsys):
    assert train(here / "bare.py", tmp_path / "run", "--steps", 3, "--sample-every", 2) == 0
    out = capsys.readouterr().out
    assert "from step 0 to 3." in out
    assert "n = 360" in out
    assert out.splitlines()[-1].startswith("Next: gan-jax sample ")
    made = files(tmp_path / "run")
    assert {"losses.png", "evaluation.json", "samples/0000003.png", "metrics.jsonl"} <= made.keys()
    assert {name.split("/")[1] for name in made if "checkpoints/" in name} == {"3"}
    assert not any("tmp" in name for name in made)


def test_samples_to_arrays_and_pictures(here, tmp_path, capsys):
    for out, flags in (("a.npz", ""), ("b.npz", "--n 5 --batch-size 2"), ("c.png", "--n 5")):
        assert main(["sample", "run", "--out", str(tmp_path / out), *flags.split()]) == 0
    a, b = (np.load(tmp_path / name)["samples"] for name in ("a.npz", "b.npz"))
    assert (a.shape, a.dtype) == ((64, 8, 8, 1), np.float32)
    np.testing.assert_allclose(a[:5], b, atol=1e-6)
    with Image.open(tmp_path / "c.png") as image:
        assert image.mode == "L"
    assert "Wrote 64 samples to " in capsys.readouterr().out
    (tmp_path / "b.npz").write_text("mine")
    flags = ("--overwrite", "--weights", "last", "--step", "3", "--seed", "7")
    assert main(["sample", "run", "--out", str(tmp_path / "b.npz"), *flags]) == 0
    assert np.abs(np.load(tmp_path / "b.npz")["samples"] - a).max() > 0.01


def test_evaluates_as_training_did(here, capsys):
    before = (here / "run" / "evaluation.json").read_bytes()
    (here / "run" / "evaluation.json").unlink()
    assert main(["evaluate", "run"]) == 0
    assert capsys.readouterr().out.startswith("Step 3, seed 0, average weights, against held-out")
    assert (here / "run" / "evaluation.json").read_bytes() == before
    assert main(["evaluate", "run", "--seed", "1", "--weights", "last"]) == 0
    assert "seed 1, last weights" in capsys.readouterr().out


def test_a_batch_larger_than_the_data(here, tmp_path, capsys):
    assert train(here / "bare.py", tmp_path / "run", "--batch-size", 1438) == 2
    assert "A batch of 1438 does not fit the data: use 1 to 1437." in capsys.readouterr().err


def test_the_new_experiment_trains(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    assert "Next: gan-jax train mine.py" in capsys.readouterr().out
    assert main(["new", "mine"]) == 6
    assert "mine.py exists" in capsys.readouterr().err
    assert main(["train", "mine.py", "--steps", "2"]) == 0
    assert Path("runs/mine/checkpoints/2").is_dir()
