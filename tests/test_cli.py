import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_jax.cli import main
from gan_jax.commands import COMMANDS
from tests.command import ROOT, files, train, write_experiment


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a trained run, another that is damaged, and what is no run."""
    place = tmp_path_factory.mktemp("place")
    assert train(write_experiment(place), place / "run", "--steps", 3) == 0
    write_experiment(place, "bare")
    for name in ("other", "torn"):
        (place / name).mkdir()
    (place / "torn" / ".lock").write_text("")
    (place / "torn" / "config.json").write_text('{"experi')
    return place


@pytest.fixture
def here(place, monkeypatch):
    monkeypatch.chdir(place)
    return place


@pytest.mark.parametrize("words", ["", "--help", "-h", "help", "list --help", "runs -h", "new -h"])
def test_usage(words, capsys):
    assert main(words.split()) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("words", ["train small.py", "sample run", "sample", "evaluate"])
def test_help(here, words, capsys):
    assert main([*words.split(), "--help"]) == 0
    assert "--seed" in capsys.readouterr().out


def test_a_preset_is_where_flags_begin(here, capsys):
    Path("wider.py").write_text(Path("small.py").read_text() + "\nWIDE = Config(widths=(7,))\n")
    assert main(["train", "wider.py", "--preset", "WIDE", "--steps", "1", "--run", "wide"]) == 0
    config = json.loads(Path("wide/config.json").read_text())["config"]
    assert (config["steps"], config["widths"]) == (1, [7])
    capsys.readouterr()
    assert main(["train", "wider.py", "--preset", "NARROW"]) == 2
    assert "has no preset 'NARROW'; there is QUICK, WIDE." in capsys.readouterr().err
    assert main(["train", "wider.py", "--preset"]) == 2
    assert "--preset lacks its value" in capsys.readouterr().err


def test_help_starts_no_jax(here):
    code = (
        "import sys; from gan_jax.cli import main\n"
        "assert main(['train', 'small.py', '--help']) == 0\n"
        "assert not {'jax', 'flax', 'optax', 'sklearn', 'matplotlib'} & set(sys.modules)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["--help", "list"])
def test_who_reads_no_more_is_told_where_it_stopped(words, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    said = "gan-jax: stopped, since nobody reads what it says\n"
    assert alone(words, unbuffered, writer) == (141, said)
    assert alone(words, unbuffered, writer, errors=writer) == (141, None)
    os.close(writer)


def test_no_output_is_none_and_a_full_one_an_error():
    with open("/dev/full", "w") as full:
        code, said = alone("list", "", full)
    assert code == 7 and said.startswith("gan-jax: [Errno 28]") and said.count("\n") == 1
    code = "import sys; sys.stdout = None; from gan_jax.cli import run; run()"
    assert alone("list", "", subprocess.DEVNULL, code) == (0, "")


def alone(
    words, unbuffered, out, code="from gan_jax.cli import run; run()", errors=subprocess.PIPE
):
    """Exit code and errors of a command in a process of its own."""
    given = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-c", code, *words.split()]
    done = subprocess.run(command, stdout=out, stderr=errors, text=True, env=given)
    return done.returncode, done.stderr


def test_lists_experiments(capsys):
    assert main(["list"]) == 0
    assert f"{'digits_wgan_gp':20} WGAN-GP on the 1,797" in capsys.readouterr().out


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
    assert "from step 0 to 3.\nCompiling first: " in out
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


def test_the_new_experiment_trains(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    assert "Next: gan-jax train mine.py" in capsys.readouterr().out
    assert main(["new", "mine"]) == 6
    assert "mine.py exists" in capsys.readouterr().err
    assert main(["train", "mine.py", "--steps", "2"]) == 0
    assert Path("runs/mine/checkpoints/2").is_dir()
