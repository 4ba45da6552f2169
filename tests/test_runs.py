import json
import os

import pytest

from gan_jax import locks, runs
from gan_jax.errors import RunError
from tests.command import files

ABOUT = {"experiment": "small", "config": {"steps": 3}, "seed": 0, "fingerprint": "", "spec": {}}


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "small.py"
    path.write_text("# an experiment\n")
    return path


@pytest.fixture
def run(tmp_path, experiment):
    run = tmp_path / "deep" / "run"
    with locks.locked(run):
        runs.create(run, ABOUT, experiment)
    return run


def free(run, resume=False, overwrite=False):
    runs.check_free(run, resume=resume, overwrite=overwrite)


def test_layout(run, experiment):
    assert set(os.listdir(run)) == {
        ".lock", "config.json", "environment.json", "experiment.py", "samples",
    }  # fmt: skip
    assert (run / "experiment.py").read_bytes() == experiment.read_bytes()
    known = runs.about(run)
    assert ABOUT.items() <= known.items()
    assert runs.began(run)
    environment = json.loads((run / "environment.json").read_text())
    assert environment["versions"]["jax"].count(".") >= 2
    assert environment["backend"]


def test_a_changed_experiment_is_refused(run):
    with open(run / "experiment.py", "a") as file:
        file.write("# changed\n")
    with pytest.raises(RunError, match="not the file that the run began with"):
        runs.about(run)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "3", "\0" * 40])
def test_a_damaged_configuration_is_named(run, content):
    (run / "config.json").write_text(content)
    with pytest.raises(RunError, match=r"config\.json is damaged"):
        runs.about(run)


@pytest.mark.parametrize(
    "replicas",
    [
        None,
        5,
        {},
        [5],
        [{}],
        [{"name": "../mine", "seed": 3, "values": {}}],
        [{"name": "../mine-1-seed-3", "seed": 3, "values": {"../mine": 1.0}}],
        [{"name": "rate-a-seed-3", "seed": 3, "values": {"rate": "a"}}],
        [{"name": "seed-1", "seed": True, "values": {}}],
    ],
)
def test_damaged_replicas_are_named(run, replicas):
    known = json.loads((run / "config.json").read_text())
    runs.write_json(run / "config.json", {**known, "replicas": replicas})
    with pytest.raises(RunError, match=r"config\.json is damaged: its replicas"):
        runs.about(run)


@pytest.mark.parametrize("name", ["config.json", "experiment.py"])
def test_a_folder_without_its_files_is_no_run(run, name):
    (run / name).unlink()
    with pytest.raises(RunError, match=f"is no run: it has no {name}"):
        runs.about(run)


def test_a_new_or_empty_folder_is_free(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new", "new/deep"):
        for flags in ({}, {"resume": True}, {"overwrite": True}):
            free(tmp_path / name, **flags)
    assert files(tmp_path) == {"empty": ""}


def test_a_run_needs_a_word(run):
    with pytest.raises(RunError, match=r"exists: go on with it by --resume"):
        free(run)
    with pytest.raises(RunError, match="give one of them"):
        free(run, resume=True, overwrite=True)
    free(run, resume=True)
    free(run, overwrite=True)


def test_a_run_killed_at_its_start_is_free(run):
    (run / "config.json").rename(run / ".config.json.0123456789abcdef")
    (run / "seed-3" / "samples").mkdir(parents=True)
    assert not runs.began(run)
    free(run)
    free(run, resume=True)


@pytest.mark.parametrize("below", ["", "run", "deep/run"])
def test_a_file_in_the_place_is_refused(tmp_path, below):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotADirectoryError, match="is a file; a run needs a folder"):
        free(tmp_path / "file" / below, overwrite=True)


@pytest.mark.parametrize("name", ["a[1]", "a*", "a?", "a\\b"])
def test_a_pattern_is_refused_since_checkpoints_would_be_lost(tmp_path, name):
    with pytest.raises(RunError, match="Orbax"):
        free(tmp_path / name)


@pytest.mark.parametrize("flags", [{}, {"resume": True}, {"overwrite": True}])
def test_another_folder_is_not_touched(tmp_path, flags):
    (tmp_path / "thesis.tex").write_text("years of work")
    before = files(tmp_path)
    with pytest.raises(RunError, match=r"is no run \(it has no \.lock\)"):
        free(tmp_path, **flags)
    assert files(tmp_path) == before


@pytest.mark.parametrize("name", ["thesis.tex", "chapters/one.tex", "chapters/experiment.py", "to"])
def test_what_no_killed_run_left_is_not_removed(tmp_path, name):
    (tmp_path / "chapters").mkdir()
    (tmp_path / ".lock").write_text("of another program")
    if name == "to":
        (tmp_path / "to").symlink_to(tmp_path / "nowhere")
    else:
        (tmp_path / name).write_text("years of work")
    before = files(tmp_path)
    for flags in ({}, {"resume": True}):
        with pytest.raises(RunError, match=f"would remove {name.partition('/')[0]}: "):
            free(tmp_path, **flags)
    free(tmp_path, overwrite=True)
    assert files(tmp_path) == before


def test_overwriting_follows_no_link(tmp_path, run, experiment):
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("kept")
    (run / "link").symlink_to(other, target_is_directory=True)
    (run / "dangling").symlink_to(tmp_path / "nowhere")
    (run / "checkpoints" / "5").mkdir(parents=True)
    (run / "checkpoints" / "link").symlink_to(other, target_is_directory=True)
    with locks.locked(run):
        runs.create(run, ABOUT, experiment)
    assert (other / "precious").read_text() == "kept"
    assert not {"link", "dangling", "checkpoints"} & set(os.listdir(run))


def test_a_run_can_be_begun_again_from_its_own_copy(run):
    source = (run / "experiment.py").read_bytes()
    with locks.locked(run):
        runs.create(run, ABOUT, run / "experiment.py")
    assert (run / "experiment.py").read_bytes() == source


def test_lists_runs_and_nothing_else(tmp_path, run):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    assert runs.listed(tmp_path) == [run]
    assert runs.listed(tmp_path / "nowhere") == []


def test_what_a_run_goes_on_with_is_compared_and_noted(run, monkeypatch):
    assert runs.go_on(run, 3) == []
    usual, noted = runs.environment(), lambda: runs.read_json(run / "environment.json")
    more = usual | {"devices": ["cpu"] * 4}
    on = lambda found: monkeypatch.setattr(runs, "environment", lambda: found)
    on(more)
    assert runs.go_on(run, 50) == ["devices: 4 x cpu, before 1 x cpu"]
    assert noted() == usual | {"later": [{"step": 50, **more}]}
    assert runs.go_on(run, 70) == []  # as the last time
    assert runs.go_on(run, 20) == ["devices: 4 x cpu, before 1 x cpu"]  # nothing of 50 is left
    assert [note["step"] for note in noted()["later"]] == [20]
    on(usual)
    assert runs.go_on(run, 20) == [] and noted() == usual  # nor of this
    on(more)
    assert runs.go_on(run, 0) == [] and noted() == more  # it begins here


@pytest.mark.parametrize("content", ["{", "{}", '{"later": 3}', '{"later": [3, {"step": "x"}]}'])
def test_nothing_depends_on_the_notes_of_what_it_went_on_with(run, content):
    (run / "environment.json").write_text(content)
    assert runs.go_on(run, 9) == []
