"""`--resume-from STEP`: from exactly that checkpoint, and nothing is lost."""

import os
import shutil

import pytest

from tests.command import files, hashes, rows, train, write_experiment
from tests.test_recovery import FLAGS, damage


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("back")
    experiment, run = write_experiment(place), place / "whole"
    assert train(experiment, run, *FLAGS, "--steps", 30, "--keep", 3) == 0
    return run


@pytest.fixture
def run(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


def go_on(run, step, *flags):
    flags = (*FLAGS, "--keep", 3, "--steps", 30, "--resume-from", step, *flags)
    return train(run / "experiment.py", run, *flags)


@pytest.mark.slow
def test_what_is_later_is_put_aside_and_comes_again_to_the_same_bits(run, whole, capsys):
    before, metrics = hashes(run), (run / "metrics.jsonl").read_bytes()
    ledger = (run / "ledger.jsonl").read_bytes()
    assert go_on(run, 10) == 0
    later = run / "later" / "10.0"
    said = f"Going back to step 10: later checkpoints and all rows are in {later}."
    assert said in capsys.readouterr().out
    assert {"20", "30", "evaluation.json"} <= set(os.listdir(later))
    assert (later / "metrics.jsonl").read_bytes() == metrics
    assert (hashes(run), rows(run)) == (before, rows(whole))
    assert (run / "ledger.jsonl").read_bytes() == ledger
    assert go_on(run, 20, "--minutes", 1e-9) == 0
    assert sorted(os.listdir(run / "later")) == ["10.0", "20.0"]


def test_from_the_newest_nothing_is_put_aside(run, capsys):
    assert go_on(run, 30) == 0
    assert "from step 30 to 30" in capsys.readouterr().out
    assert not (run / "later").exists()


@pytest.mark.parametrize("step", [0, 15, -10])
def test_a_step_without_a_checkpoint(run, capsys, step):
    before = files(run)
    assert go_on(run, step) == 4
    assert f"no checkpoint of step {step}; there are: 10, 20, 30." in capsys.readouterr().err
    assert files(run) == before


def test_a_damaged_one_is_refused_though_others_are_sound(run, capsys):
    damage(run / "checkpoints", 20)
    assert go_on(run, 20) == 4
    assert "step 20" in capsys.readouterr().err
    assert sorted(os.listdir(run / "checkpoints")) == ["10", "20", "30"]
    assert len(rows(run)) == 3 and not (run / "later").exists()


def test_no_run_has_no_checkpoint(run, tmp_path, capsys):
    assert train(run / "experiment.py", tmp_path / "none", *FLAGS, "--resume-from", 10) == 4
    assert "there are: none." in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
