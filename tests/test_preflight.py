"""Going on to another number of steps: refused where a step of the run would not be what it was."""

import json

import pytest

from gan_jax import game
from gan_jax.loading import load
from tests.command import files, train, write_experiment


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose learning rate is one number."""
    folder = tmp_path_factory.mktemp("preflight")
    assert train(write_experiment(folder), folder / "run", "--steps", 2) == 0
    return folder


@pytest.mark.slow
def test_more_steps_of_the_same_program(run):
    assert train(run / "small.py", run / "run", "--steps", 4, "--resume") == 0
    assert int(load(run / "run").state.step) == 4
    assert json.loads((run / "run/config.json").read_text())["config"]["steps"] == 4


@pytest.mark.slow
def test_a_rate_that_falls_to_the_last_step(tmp_path, capsys):
    falling = "optax.adam(optax.linear_schedule(config.learning_rate, 0.0, config.steps))"
    old = "generator_optimizer=optax.adam(config.learning_rate)"
    experiment = write_experiment(tmp_path, "falling", old, f"generator_optimizer={falling}")
    assert train(experiment, tmp_path / "run", "--steps", 2) == 0
    before = files(tmp_path / "run")
    assert train(experiment, tmp_path / "run", "--steps", 4, "--resume") == 2
    assert "--steps was 2 and is now 4, and what this experiment does" in capsys.readouterr().err
    assert files(tmp_path / "run") == before
    assert train(experiment, tmp_path / "run", "--steps", 2, "--resume") == 0


def test_what_is_checked_is_not_traced_anew_to_be_played(tmp_path, monkeypatch):
    turns, usual = [], game.turn
    monkeypatch.setattr(game, "turn", lambda *given: turns.append(given[1]) or usual(*given))
    path = write_experiment(tmp_path)
    assert train(path, tmp_path / "run", "--data", "ring", "--steps", 2) == 0
    assert turns == ["critic", "generator"]
