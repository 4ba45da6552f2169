import json
import os

import pytest

from gan_jax import locks, runs
from gan_jax.errors import RunError

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
        runs.create(run, ABOUT, experiment.read_bytes())
    return run


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
