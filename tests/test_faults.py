"""Faults of the machine, injected: each is one line with its exit code; what was saved lives."""

import json
import os
import shutil
import subprocess

import numpy as np
import pytest

from gan_jax.cli import main
from gan_jax.loading import load
from tests.command import files, hashes, process, rows, train, write_experiment

FLAGS = ("--data", "ring", "--sample-every", 10_000, "--checkpoint-every", 10)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 8 MB of its own, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    call = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(call, capture_output=True).returncode:
        pytest.skip("this user cannot mount a tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def complaint(capfd):
    """The one line that a command ended with."""

    def read():
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err and err.count("\n") == 1, err
        return err

    return read


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    place = tmp_path_factory.mktemp("faults")
    assert train(write_experiment(place), place / "run", *FLAGS, "--steps", 10) == 0
    return place / "run"


@pytest.mark.slow
def test_a_full_disk_and_on_when_there_is_room(trained, small_disk, tmp_path, complaint):
    experiment, run, whole = trained / "experiment.py", small_disk / "run", tmp_path / "whole"
    shutil.copytree(trained, run)
    before = hashes(run)
    with open(small_disk / "filler", "wb", 0) as filler, pytest.raises(OSError):  # noqa: PT012
        while True:
            filler.write(bytes(512))
    words = ("train", experiment, "--run", run, *FLAGS, "--steps", 30, "--resume")
    with process(*words) as child:
        err = child.communicate(timeout=300)[1]
    assert child.returncode == 7 and err.count("\n") == 1 and "bytes are free" in err, err
    assert hashes(run) == before
    (small_disk / "filler").unlink()
    assert main([str(word) for word in words]) == 0
    assert train(experiment, whole, *FLAGS, "--steps", 30) == 0
    assert hashes(run) == hashes(whole) and rows(run) == rows(whole)


def test_a_disk_that_cannot_be_written(trained, small_disk, complaint):
    experiment, run = trained / "experiment.py", small_disk / "run"
    shutil.copytree(trained, run)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    before = files(small_disk)
    for place, flags in ((run, ("--resume",)), (small_disk / "deep" / "new", ())):
        assert train(experiment, place, *FLAGS, "--data", "nothing of the kind", *flags) == 7
        assert "cannot be written to" in complaint()  # before the data are looked for
    assert files(small_disk) == before
    assert int(load(run).state.step) == 10  # reading needs no writing


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_in_the_data_that_are_not_finite(trained, tmp_path, complaint, value):
    array = np.zeros((50, 2), np.float32)
    array[17, 1] = value
    np.save(tmp_path / "points.npy", array)
    flags = ("--data", f"npy:{tmp_path}/points.npy")
    assert train(trained / "experiment.py", tmp_path / "run", *flags) == 3
    said = complaint()
    assert "17" in said and "points" in said
    assert not (tmp_path / "run").exists()


def test_every_changed_field_is_listed(trained, complaint):
    before = files(trained)
    changed = ("--learning-rate", 0.1, "--batch-size", 8, "--widths", 4, "--seed", 2)
    assert train(trained / "experiment.py", trained, *FLAGS, "--resume", *changed) == 2
    said = complaint()
    for field in ("learning_rate was 0.001 and is now 0.1", "batch_size was 16 and is now 8"):
        assert field in said
    assert "widths was [16] and is now (4,)" in said and "seed was 0 and is now 2" in said
    assert files(trained) == before


@pytest.mark.slow
def test_determinism_is_told_to_the_compiler(trained, tmp_path, monkeypatch, complaint):
    monkeypatch.setenv("XLA_FLAGS", os.environ["XLA_FLAGS"])
    flags = (*FLAGS, "--steps", 10, "--deterministic")
    assert train(trained / "experiment.py", tmp_path / "run", *flags) == 0
    environment = json.loads((tmp_path / "run" / "environment.json").read_text())
    assert "--xla_gpu_deterministic_ops=true" in environment["flags"]["XLA_FLAGS"]
    assert hashes(tmp_path / "run") == hashes(trained)
    monkeypatch.setenv("XLA_FLAGS", "--xla_gpu_deterministic_ops=false")
    assert train(trained / "experiment.py", tmp_path / "other", *flags) == 2
