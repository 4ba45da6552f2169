"""A run that is replaced is lost when the new one has saved something, and not before."""

import os
import shutil
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest

from gan_jax import locks, memory, replaced, runs
from gan_jax.errors import RunError
from tests.command import files, process, rows, train, write_experiment

ABOUT = {"experiment": "small", "config": {"steps": 3}, "seed": 0, "fingerprint": "", "spec": {}}
FLAGS = ("--data", "ring", "--sample-every", 10_000)


class Killed(BaseException):
    """What ends a process in the middle of anything."""


@pytest.fixture
def run(tmp_path):
    """A run that has saved something, and holds links."""
    run, other = tmp_path / "run", tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("kept")
    with locks.locked(run):
        runs.create(run, ABOUT, b"# an experiment\n")
        (run / "checkpoints" / "5").mkdir(parents=True)
        (run / "checkpoints" / "5" / "state").write_text("weights")
        (run / "checkpoints" / "link").symlink_to(other, target_is_directory=True)
        (run / "link").symlink_to(other, target_is_directory=True)
        (run / "dangling").symlink_to(tmp_path / "nowhere")
        yield run
    assert (other / "precious").read_text() == "kept"


def held(run):
    """What lies in the folder, but for its lock."""
    return {name: what for name, what in files(run).items() if name != ".lock"}


def begin(run):
    """A new run in the place of the old."""
    replaced.put_aside(run)
    runs.create(run, ABOUT | {"seed": 1}, b"# another\n")


def save(run):
    (run / "checkpoints" / "3").mkdir(parents=True)


def dying(patch, instant):
    """Of all that changes a folder, what comes at this instant ends the process before it."""
    left = [instant]

    def deadly(usual):
        def call(*rest, **more):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return usual(*rest, **more)

        return call

    for name in ("rename", "mkdir", "unlink", "rmdir", "write_bytes"):
        patch.setattr(Path, name, deadly(getattr(Path, name)))
    patch.setattr(shutil, "rmtree", deadly(shutil.rmtree))


def killed(act, run):
    """The folder as it is after a kill at each instant of what is done with it."""
    whole, instant, done = run.with_name("whole"), 0, False
    shutil.copytree(run, whole, symlinks=True)
    while not done:
        with pytest.MonkeyPatch.context() as patch:
            dying(patch, instant)
            try:
                act(run)
                done = True
            except Killed:
                pass
        yield instant
        for path in run.iterdir():
            if path.name != ".lock":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(whole, run, symlinks=True, dirs_exist_ok=True)
        instant += 1
    assert instant > 3


@pytest.fixture
def free(monkeypatch):
    """The lock of the folder, which the test holds, counts as nobody's."""
    monkeypatch.setattr(replaced.locks, "locked", lambda run: nullcontext())


def test_the_old_run_is_put_back_or_dropped(run):
    old = held(run)
    begin(run)
    assert replaced.lies(run) == run / "replaced"
    assert held(run / "replaced") == old
    replaced.drop(run)  # nothing is saved: it stays
    replaced.put_back(run)
    assert held(run) == old
    begin(run)
    begin(run)  # that in between had saved nothing
    assert held(run / "replaced") == old
    save(run)
    replaced.drop(run)
    assert replaced.lies(run) is None
    assert set(os.listdir(run)) == {
        ".lock", "checkpoints", "config.json", "environment.json", "experiment.py", "samples",
    }  # fmt: skip


@pytest.mark.parametrize("between", ["begin", "put_back"])
def test_killed_at_any_instant_the_old_run_is_whole(run, between, free):
    old, begun = held(run), begin if between == "begin" else replaced.put_back
    if between == "put_back":
        begin(run)
    for instant in killed(begun, run):
        replaced.mend(run)
        if replaced.lies(run):
            assert runs.about(run)["seed"] == 1  # the new one has begun
            replaced.put_back(run)
        assert held(run) == old, instant


def test_killed_at_any_instant_the_new_run_is_whole(run, free):
    begin(run)
    save(run)
    for _ in killed(replaced.drop, run):
        replaced.mend(run)
        assert not (run / "replaced").exists()
        assert runs.about(run)["seed"] == 1
        assert (run / "checkpoints" / "3").is_dir()


def test_what_is_no_folder_of_a_run_is_not_mended(tmp_path, run):
    (tmp_path / "mine" / "replaced").mkdir(parents=True)
    (tmp_path / "mine" / "replaced" / "thesis.tex").write_text("years of work")
    before = files(tmp_path / "mine")
    replaced.mend(tmp_path / "mine")
    assert files(tmp_path / "mine") == before
    begin(run)
    with pytest.raises(RunError, match="in use"):
        replaced.mend(run)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An experiment, and its run."""
    place = tmp_path_factory.mktemp("replaced")
    assert train(write_experiment(place), place / "run", *FLAGS, "--steps", 2) == 0
    return place


def test_what_is_refused_for_memory_replaces_nothing(whole, monkeypatch, capsys):
    run, before = whole / "run", files(whole / "run")
    monkeypatch.setattr(memory, "available", lambda: 2**10)
    assert train(run / "experiment.py", run, *FLAGS, "--steps", 4, "--overwrite") == 2
    assert "of memory on a device" in capsys.readouterr().err
    assert files(run) == before


@pytest.mark.slow
def test_killed_before_it_saves_it_has_replaced_nothing(whole, tmp_path, capsys):
    run = shutil.copytree(whole / "run", tmp_path / "run")
    old = held(run)
    kill = 'on_chunk=lambda *seen: __import__("os").kill(__import__("os").getpid(), 9))'
    deadly = write_experiment(tmp_path, "deadly", '{"gap": "critic/gap"})', f"{{}}, {kill}")
    words = ("--run", run, *FLAGS, "--steps", 20)
    with process("train", deadly, *words, "--overwrite") as child:
        child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL
    assert held(run / "replaced") == old
    assert train(whole / "small.py", run, *FLAGS, "--steps", 20) == 6
    assert f"What it was to replace, before it saved, is {run / 'replaced'}" in (
        capsys.readouterr().err
    )
    assert train(whole / "small.py", run, *FLAGS, "--steps", 20, "--overwrite") == 0
    assert not (run / "replaced").exists()
    assert [row["step"] for row in rows(run)] == [10, 20]


def test_what_diverges_before_it_saves_stands_beside_what_it_was_to_replace(
    whole, tmp_path, capsys
):
    run = shutil.copytree(whole / "run", tmp_path / "run")
    old, jump = held(run), "lambda count: 1e-3 + 3e38 * (count == 5)"
    wild = write_experiment(tmp_path, "wild", "config.learning_rate", jump)
    assert train(wild, run, *FLAGS, "--steps", 20, "--overwrite") == 5
    assert f"The run that was there lies in {run / 'replaced'} until" in capsys.readouterr().out
    assert held(run / "replaced") == old
