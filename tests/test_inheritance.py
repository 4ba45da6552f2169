"""`--init-from`: a run that begins with the weights of another."""

import json
import shutil

import jax
import numpy as np
import pytest

from gan_jax import inheritance
from gan_jax.experiment import load
from gan_jax.loading import load as load_run
from gan_jax.loading import load_all
from gan_jax.options import Options
from gan_jax.preparation import prepared
from gan_jax.replicas import Replica
from tests.command import hashes, rows, train, write_experiment

FLAGS = ("--log-every", 2, "--checkpoint-every", 2)
OLD, NEW = "[metrics.suited(spec)]", "[lambda real, other: {'mean': float(other.mean())}]"


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    """The small one, evaluated in no time."""
    return write_experiment(tmp_path_factory.mktemp("inheritance"), "small", OLD, NEW)


@pytest.fixture(scope="module")
def one(experiment):
    """A run by itself."""
    assert train(experiment, experiment.parent / "one", *FLAGS, "--steps", 4) == 0
    return experiment.parent / "one"


@pytest.fixture(scope="module")
def two(experiment):
    """A run of two replicas."""
    assert train(experiment, experiment.parent / "two", *FLAGS, "--steps", 4, "--seeds", "3,4") == 0
    return experiment.parent / "two"


def beginning(experiment, other, seeds=()):
    """The first state of a run that begins with the weights of the other."""
    config = load(experiment).Config()
    given = Options(init_from=str(other)), [Replica(seed) for seed in seeds]
    job, _ = prepared(experiment.parent / "new", experiment, config, *given, print)
    return inheritance.begin(job)


def equal(found, expected):
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_array_equal(a, b)


def check_begun(state, other, index=slice(None)):
    part = jax.tree.map(lambda leaf: leaf[index], state) if state.step.ndim else state
    equal(part[1:3], other[1:3])
    equal(part.average, other.average)
    assert part.step == 0
    assert not any(np.any(leaf) for leaf in jax.tree.leaves(part.opt))


def test_weights_and_averages_are_those_of_the_other_run_and_nothing_else(experiment, one):
    other = load_run(one).state
    assert int(other.step) == 4 and np.any(jax.tree.leaves(other.opt)[0])
    check_begun(beginning(experiment, one), other)


@pytest.mark.slow
def test_one_is_broadcast_and_as_many_go_on_each_by_itself(experiment, one, two):
    wide = beginning(experiment, one, (0, 1, 2))
    for index in range(3):
        check_begun(wide, load_run(one).state, index)
    both, others = beginning(experiment, two, (7, 8)), load_all(two)
    for index in range(2):
        check_begun(both, others[index].state, index)
    check_begun(beginning(experiment, two / "seed-4"), others[1].state)


@pytest.mark.slow
def test_a_run_cut_in_two_is_the_whole_and_reads_the_other_no_more(
    experiment, one, tmp_path, capsys
):
    whole, cut, other = (tmp_path / name for name in ("whole", "cut", "other"))
    shutil.copytree(one, other)
    flags = (*FLAGS, "--init-from", other)
    assert train(experiment, whole, *flags, "--steps", 6) == 0
    assert train(experiment, cut, *flags, "--steps", 4) == 0
    known = json.loads((cut / "config.json").read_text())["init_from"]
    assert known["run"] == str(other) and known["weights"][0]["step"] == 4

    shutil.rmtree(cut / "checkpoints")  # as if it had been stopped before the first
    assert train(experiment, cut, *FLAGS, "--steps", 4, "--resume") == 0
    shutil.rmtree(other)
    assert train(experiment, cut, *flags, "--steps", 6, "--resume") == 0
    assert hashes(cut) == hashes(whole) and rows(cut) == rows(whole)
    assert hashes(whole) != hashes(one)

    shutil.rmtree(cut / "checkpoints")
    shutil.copytree(whole, other)
    assert train(experiment, cut, *flags, "--steps", 6, "--resume") == 6
    assert f"{other} has changed since" in capsys.readouterr().err


def test_weights_of_another_model(experiment, one, tmp_path, capsys):
    new = tmp_path / "new"
    assert train(experiment, new, *FLAGS, "--init-from", one, "--widths", 8) == 2
    said = "average/generator/Dense_0/bias is float32[16] in it and float32[8] in this experiment"
    assert said in capsys.readouterr().err
    assert not new.exists()


@pytest.mark.slow
@pytest.mark.parametrize(("flags", "count"), [(("--seeds", "0..2"), 3), ((), 1)])
def test_weights_of_another_number_of_replicas(experiment, two, tmp_path, capsys, flags, count):
    assert train(experiment, tmp_path / "new", *FLAGS, "--init-from", two, *flags) == 2
    assert f"--init-from has 2 replicas and the run {count}: name one" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_what_is_no_run_or_not_that_of_before(experiment, one, tmp_path, capsys):
    assert train(experiment, tmp_path / "new", "--init-from", tmp_path) == 6
    assert "is no run" in capsys.readouterr().err
    flags = (*FLAGS, "--steps", 6, "--resume", "--init-from")
    assert train(experiment, one, *flags, tmp_path / "two") == 2
    assert "and the run began with weights of its own" in capsys.readouterr().err
