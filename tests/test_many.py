"""`gan-jax train --seeds`, and what the other commands do with such a run."""

import json

import numpy as np
import pytest

from gan_jax import memory
from gan_jax.cli import main
from gan_jax.errors import UsageError
from gan_jax.loading import load, load_all
from tests.command import files, rows, train, write_experiment

pytestmark = pytest.mark.usefixtures("fused")

SEEDS = ("--seeds", "0..2", "--steps", 20, "--replicas", "map")


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    return write_experiment(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def run(experiment):
    assert train(experiment, experiment.parent / "run", *SEEDS) == 0
    return experiment.parent / "run"


def test_each_replica_is_the_run_of_its_seed(experiment, run, tmp_path):
    assert train(experiment, tmp_path, "--seed", 1, "--steps", 20) == 0
    replica, alone = load(run, replica=1), load(tmp_path)
    for drawn in (replica.sample(9, seed=4), replica.sample(9, seed=4, average=False)):
        assert drawn["samples"].shape == (9, 8, 8, 1)
    np.testing.assert_array_equal(replica.sample(9)["samples"], alone.sample(9)["samples"])
    assert rows(run / "seed-1") == rows(tmp_path)
    one, other = (folder / "evaluation.json" for folder in (run / "seed-1", tmp_path))
    assert json.loads(one.read_text()) == json.loads(other.read_text())


@pytest.mark.slow
def test_a_run_of_an_earlier_version_is_read_and_goes_on_by_its_own_names(experiment, tmp_path):
    given = ("--seeds", "1000000", "--replicas", "map")
    assert train(experiment, tmp_path, *given, "--steps", 10) == 0
    (tmp_path / "seed-1000000").rename(tmp_path / "seed-1e+06")
    about = json.loads((tmp_path / "config.json").read_text())
    about["replicas"][0]["name"] = "seed-1e+06"
    (tmp_path / "config.json").write_text(json.dumps(about))
    assert load(tmp_path, replica="seed-1e+06").folder == tmp_path / "seed-1e+06"
    assert train(experiment, tmp_path, *given, "--steps", 20, "--resume") == 0
    assert rows(tmp_path / "seed-1e+06")[-1]["step"] == 20
    assert not (tmp_path / "seed-1000000").exists()


def test_the_run_holds_the_means_and_each_replica_its_own(run):
    each = [rows(run / f"seed-{seed}")[-1]["critic/gap"] for seed in range(3)]
    last = rows(run)[-1]
    assert (last["step"], last["replicas"]) == (20, 3)
    assert last["critic/gap"] == pytest.approx(np.mean(each))
    summary = json.loads((run / "evaluation.json").read_text())
    assert (summary["replicas"], summary["diverged"]) == (3, [])
    for seed in range(3):
        assert (run / f"seed-{seed}" / "samples" / "0000020.png").is_file()
    assert not (run / "samples").exists()


@pytest.mark.slow
def test_a_run_cut_in_two_is_the_whole(experiment, run, tmp_path):
    cut = [*SEEDS, "--steps", 10]
    assert train(experiment, tmp_path, *cut) == 0
    assert train(experiment, tmp_path, *SEEDS, "--resume") == 0
    for seed in range(3):
        assert rows(tmp_path / f"seed-{seed}") == rows(run / f"seed-{seed}")
    one, other = (load_all(folder) for folder in (run, tmp_path))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.sample(5)["samples"], b.sample(5)["samples"])


def test_the_commands_take_all_or_one(run, tmp_path, capsys):
    assert main(["sample", str(run), "--n", "3", "--out", str(tmp_path / "all.npz")]) == 0
    assert sorted(files(tmp_path)) == [f"all-seed-{seed}.npz" for seed in range(3)]
    one = ["--replica", "seed-2", "--n", "3", "--out", str(tmp_path / "one.npz")]
    assert main(["sample", str(run), *one]) == 0
    with np.load(tmp_path / "one.npz") as a, np.load(tmp_path / "all-seed-2.npz") as b:
        np.testing.assert_array_equal(a["samples"], b["samples"])
    before = files(run)
    assert main(["evaluate", str(run)]) == 0
    assert "3 replicas, 0 diverged" in capsys.readouterr().out
    assert files(run) == before
    assert main(["evaluate", str(run), "--replica", "1"]) == 0
    assert "Step 20, seed 1" in capsys.readouterr().out
    assert main(["runs", str(run.parent)]) == 0
    assert "3 replicas  step 20 of 20" in capsys.readouterr().out


def test_what_is_no_replica(run, tmp_path, capsys):
    with pytest.raises(UsageError, match="holds several replicas, seed-0, seed-1, seed-2"):
        load(run)
    assert main(["evaluate", str(run), "--replica", "7"]) == 2
    assert "has not one replica '7'; there are: seed-0" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags, said",
    [
        (("--seeds", "0..1"), "replicas was"),
        (("--seed", "1"), "replicas was"),
    ],
)
def test_other_replicas_are_another_run(experiment, run, capsys, flags, said):
    assert train(experiment, run, "--steps", 20, "--resume", *flags) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_all_diverged(tmp_path, capsys):
    old, new = "learning_rate: float = 1e-3", "learning_rate: float = 1e38"
    path = write_experiment(tmp_path, "wild", old, new)
    assert train(path, tmp_path / "run", "--seeds", "0,4", "--steps", 20) == 5
    assert "All 2 replicas have diverged before step" in capsys.readouterr().err


@pytest.mark.slow
def test_more_than_memory_holds_is_said_before_training(experiment, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(memory, "available", lambda: 2**20)
    assert train(experiment, tmp_path, "--seeds", "0..63", "--steps", 20) == 2
    assert "GiB of memory on a device, and there are 0.0" in capsys.readouterr().err
    assert not rows(tmp_path)
    monkeypatch.undo()
    assert train(experiment, tmp_path, "--seed", 0, "--steps", 2) == 0  # the folder is free


@pytest.mark.slow
def test_a_profile_is_written(experiment, tmp_path, capsys):
    flags = ("--steps", 40, "--log-every", 5, "--profile", 8)
    assert train(experiment, tmp_path, *flags) == 0
    assert "Wrote a trace of steps 6 to 15" in capsys.readouterr().out
    assert list((tmp_path / "profile").rglob("*.xplane.pb"))
