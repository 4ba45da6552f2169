"""Runs that must not go on, or cannot."""

import os
import shutil

import numpy as np
import pytest

from gan_jax.cli import main
from gan_jax.loading import load
from tests.command import files, process, rows, train, write_experiment

FLAGS = ("--data", "ring", "--sample-every", 10_000)


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    return write_experiment(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def whole(experiment):
    run = experiment.parent / "whole"
    assert train(experiment, run, *FLAGS, "--steps", 20) == 0
    return run


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


def go_on(experiment, run, *flags):
    return train(experiment, run, *FLAGS, "--steps", 30, "--resume", *flags)


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (("--learning-rate", 0.5), 2, "learning_rate was 0.001 and is now 0.5"),
        (("--seed", 4), 2, "seed was 0 and is now 4"),
        (("--data", "grid", "--widths", 8), 2, "data was 'ring' and is now 'grid'; widths was"),
        (("--no-resume",), 6, "go on with it by --resume"),
        (("--overwrite",), 6, "give one of them"),
    ],
)
def test_what_may_not_differ(experiment, whole, capsys, flags, code, said):
    before = files(whole)
    assert go_on(experiment, whole, *flags) == code
    assert said in capsys.readouterr().err
    assert files(whole) == before


def test_damaged_checkpoints_and_other_data_are_refused(experiment, whole, run, capsys):
    shutil.copytree(whole, run)
    known = (run / "config.json").read_text()
    (run / "config.json").write_text(known.replace('"fingerprint": "', '"fingerprint": "0'))
    assert go_on(experiment, run) == 3
    assert "is not the data that" in capsys.readouterr().err
    (run / "config.json").write_text(known)
    for path in (run / "checkpoints" / "20" / "state" / "d").iterdir():
        path.write_bytes(path.read_bytes()[:50])
    with process("evaluate", run) as child:  # what its threads say at the end is seen, too
        out, err = child.communicate(timeout=120)
    assert child.returncode == 4
    assert "step 20 in" in err
    assert "Traceback" not in out + err


def test_overwriting_begins_again(experiment, whole, run):
    shutil.copytree(whole, run)
    assert train(experiment, run, *FLAGS, "--overwrite", "--steps", 10) == 0
    assert [row["step"] for row in rows(run)] == [10]
    assert os.listdir(run / "checkpoints") == ["10"]


def test_other_data_are_not_evaluated(experiment, whole, run, capsys):
    shutil.copytree(whole, run)
    known = (run / "config.json").read_text()
    (run / "config.json").write_text(known.replace('"fingerprint": "', '"fingerprint": "0'))
    assert main(["evaluate", str(run)]) == 3
    assert "bring those back" in capsys.readouterr().err


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_the_run_goes_on_later(experiment, run, monkeypatch):
    words = ("train", experiment, "--run", run, *FLAGS, "--steps", 30, "--checkpoint-every", 10)
    words = [str(word) for word in (*words, "--widths", 3000)]
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    with process(*words, "--no-cache", limit=100) as child:  # no file may be over 100 kB
        out, err = child.communicate(timeout=120)
    assert child.returncode == 7, err
    assert "Saving to" in err
    assert "Traceback" not in out + err
    assert err.count("\n") == 1
    assert main([*words, "--resume"]) == 0
    assert [row["step"] for row in rows(run)] == [10, 20, 30]


def test_what_is_not_finite_is_not_saved(tmp_path, run, capsys):
    jump = "lambda count: 1e-3 + 3e38 * (count == 19)"  # the last move of the critic, step 10
    experiment = write_experiment(tmp_path, "jump", "config.learning_rate", jump)
    assert train(experiment, run, "--data", "ring", "--steps", 10) == 5
    assert "not finite" in capsys.readouterr().err.lower()
    assert not any(path.name.isdigit() for path in (run / "checkpoints").iterdir())


def test_figures_of_ones_own_join_the_metrics(tmp_path, run):
    own = 'on_chunk=lambda state, metrics: {"own": state.step * 2})'
    experiment = write_experiment(tmp_path, "own", '{"gap": "critic/gap"})', f"{{}}, {own}")
    assert train(experiment, run, "--data", "ring", "--steps", 20) == 0
    assert [row["own"] for row in rows(run)] == [20.0, 40.0]


def test_diverged(tmp_path, run, capsys):
    sudden = "lambda count: 1e-3 + 1e30 * (count > 45)"  # the critic's 45th move is of step 23
    experiment = write_experiment(tmp_path, "sudden", "config.learning_rate", sudden)
    assert train(experiment, run, "--data", "ring", "--checkpoint-every", 10) == 5
    err = capsys.readouterr().err
    assert "Not finite at step 24: critic's loss is nan (move 2 of critic)" in err
    assert "Lower the learning rates" in err
    assert [row["step"] for row in rows(run)] == [10, 20]
    state = load(run).state
    assert int(state.step) == 20
    for leaf in state.params["generator"]["Dense_0"].values():
        assert np.isfinite(leaf).all()
