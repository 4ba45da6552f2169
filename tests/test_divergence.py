"""A run that diverges says where, and leaves that step to be replayed."""

import json
import os
import shutil
import signal
from dataclasses import replace

import jax
import numpy as np
import pytest

from gan_jax import experiment as experiments
from gan_jax.cli import main
from gan_jax.errors import DivergedError
from gan_jax.launch import launch
from gan_jax.loading import load
from gan_jax.options import Options
from tests.command import files, hashes, rows, train, write_experiment

FLAGS = ("--data", "ring", "--sample-every", 10_000, "--checkpoint-every", 10)
SUDDEN = "lambda count: 1e-3 + 1e30 * (count > 45)"  # the 47th update of the critic is of step 24


@pytest.fixture(scope="module")
def diverged(tmp_path_factory):
    """A run that has diverged, and what it said."""
    place = tmp_path_factory.mktemp("diverged")
    experiment, run = (
        write_experiment(place, "sudden", "config.learning_rate", SUDDEN),
        place / "run",
    )
    assert train(experiment, run, *FLAGS) == 5
    return run


def test_the_step_the_player_and_the_leaf_are_named(diverged, capsys):
    assert train(diverged / "experiment.py", diverged, *FLAGS, "--resume") == 5  # and once more
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and f"gan-jax replay {diverged}/replay-24" in err
    assert "Not finite at step 24: " in err and "(move " in err
    assert int(load(diverged).state.step) == 20 and [row["step"] for row in rows(diverged)] == [
        10,
        20,
    ]


def test_the_step_can_be_replayed_without_the_data(diverged, tmp_path, capsys):
    bundle = shutil.copytree(diverged / "replay-24", tmp_path / "elsewhere")
    assert int(load(bundle).state.step) == 23
    with np.load(bundle / "batches.npz") as batches:
        assert batches["real"].shape == (3, 16, 2)
    before = files(bundle)
    assert main(["replay", str(bundle)]) == 0
    out = capsys.readouterr().out
    assert "Step 24, seed 0:\n  critic: " in out
    assert files(bundle) == before


@pytest.mark.slow
def test_the_state_before_it_is_that_of_a_run_that_stops_there(diverged, tmp_path):
    stopped = tmp_path / "stopped"
    assert train(diverged / "experiment.py", stopped, *FLAGS, "--steps", 23) == 0
    assert hashes(diverged / "replay-24") == hashes(stopped)


@pytest.mark.parametrize("damage", ["batches.npz", "experiment.py", "config.json", "checkpoints"])
def test_a_damaged_bundle(diverged, tmp_path, capsys, damage):
    bundle = shutil.copytree(diverged / "replay-24", tmp_path / "bundle")
    paths = [path for path in bundle.rglob("*") if path.is_file()]
    for path in (path for path in paths if damage in path.relative_to(bundle).parts):
        path.write_bytes(path.read_bytes()[:-9] + b"x")
    assert main(["replay", str(bundle)]) in (4, 6)
    assert capsys.readouterr().err.count("\n") == 1


def test_objects_in_the_batches_are_not_unpickled(diverged, tmp_path, capsys):
    bundle = shutil.copytree(diverged / "replay-24", tmp_path / "bundle")
    np.savez(bundle / "batches.npz", real=np.array([{}], object), allow_pickle=True)
    assert main(["replay", str(bundle)]) == 4
    assert "batches.npz is damaged" in capsys.readouterr().err


@pytest.mark.slow
def test_it_diverges_before_anything_was_saved(tmp_path, capsys):
    at_once = "lambda count: 1e38"
    experiment = write_experiment(tmp_path, "at_once", "config.learning_rate", at_once)
    assert train(experiment, tmp_path / "run", *FLAGS) == 5
    assert "at step 1" in capsys.readouterr().err
    assert any(name in ("replay-1", "replay-2") for name in os.listdir(tmp_path / "run"))


@pytest.mark.slow
def test_each_replica_that_diverges_leaves_its_own(tmp_path, capsys):
    experiment = write_experiment(tmp_path, "sudden", "config.learning_rate", SUDDEN)
    assert train(experiment, tmp_path / "run", *FLAGS, "--seeds", "0,3") == 5
    for seed in (0, 3):
        bundle = tmp_path / "run" / f"seed-{seed}" / "replay-24"
        assert main(["replay", str(bundle)]) == 0
        assert f"Step 24, seed {seed}:\n  critic: " in capsys.readouterr().out
    bundle.rename(bundle.with_name("replay-9"))  # of another step, and so no reason for none
    assert train(experiment, tmp_path / "run", *FLAGS, "--seeds", "0,3", "--resume") == 5
    assert bundle.is_dir()


@pytest.mark.slow
def test_told_to_stop_it_looks_no_further(tmp_path):
    path = write_experiment(tmp_path, "sudden", "config.learning_rate", SUDDEN)
    config = experiments.load(path).Config(data="ring", widths=(37,))
    options, held = Options(run=str(tmp_path / "run"), checkpoint_every=10), []

    def say(text):
        if "Playing again" in text:
            held.extend(array for array in jax.live_arrays() if 37 in array.shape)
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(DivergedError, match="told to stop before it was found where"):
        launch(path, config, options, say)
    assert not held  # the state is not on the device while it is played again
    assert not list((tmp_path / "run").glob("replay-*"))
    going_on = replace(options, resume=True, on_divergence="rewind", rewind_factor=1e-38)
    assert launch(path, config, going_on, say) == 128 + signal.SIGTERM
    assert "rewinds" in rows(tmp_path / "run")[2]


@pytest.mark.slow
def test_rewound_it_goes_on_and_a_cut_changes_no_bit(tmp_path, capsys):
    steep = "lambda count: 1e-3 + 1.5e38 * (count == 46)"  # half of it is no overflow
    experiment = write_experiment(tmp_path, "steep", "config.learning_rate", steep)
    flags = (*FLAGS, "--steps", 40, "--on-divergence", "rewind", "--rewind-factor", 1e-38)
    assert train(experiment, tmp_path / "whole", *flags) == 0
    assert "Going on from step 20 with all learning rates times 1e-38." in capsys.readouterr().out
    notes = [row for row in rows(tmp_path / "whole") if "rewinds" in row]
    assert notes == [{"step": 20, "rewinds": 1, "rate": 1e-38}]
    assert train(experiment, tmp_path / "cut", *flags, "--steps", 30) == 0
    assert train(experiment, tmp_path / "cut", *flags, "--resume") == 0
    assert hashes(tmp_path / "cut") == hashes(tmp_path / "whole")
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")


@pytest.mark.slow
def test_rewound_too_often_it_stops(tmp_path, capsys):
    experiment = write_experiment(tmp_path, "sudden", "config.learning_rate", SUDDEN)
    flags = (*FLAGS, "--on-divergence", "rewind", "--rewinds", 2)
    assert train(experiment, tmp_path / "run", *flags) == 5
    assert "It was rewound 2 times." in capsys.readouterr().err
    notes = [row["rate"] for row in rows(tmp_path / "run") if "rewinds" in row]
    assert notes == [0.5, 0.25]
    assert "rewinds" not in json.loads((tmp_path / "run" / "config.json").read_text())


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--rewind-factor", 1), "between 0 and 1"),
        (("--rewinds", 0), "--rewinds is 0"),
        (("--on-divergence", "rewind", "--seeds", "0..1"), "for one training"),
    ],
)
def test_what_cannot_be_rewound(tmp_path, capsys, flags, said):
    assert train(write_experiment(tmp_path), tmp_path / "run", *FLAGS, *flags) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "run").exists()
