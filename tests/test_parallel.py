"""A run on four devices is the run on one to rounding, and each goes on with the other's state."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from gan_jax import parallel
from gan_jax.loading import load
from gan_jax.train import train
from tests.command import process, write_experiment
from tests.test_replicas import check_close, in_double, make, on_devices, points

ROOT = Path(__file__).resolve().parents[1]
FOUR = "--xla_backend_optimization_level=0 --xla_force_host_platform_device_count=4"


def train_on(flags: str, experiment: Path, run: Path, *words: object) -> str:
    """What `gan-jax train` says, in a process with these flags of XLA."""
    before = os.environ["XLA_FLAGS"]
    os.environ["XLA_FLAGS"] = flags
    try:
        job = process("train", experiment, "--run", run, *words)
    finally:
        os.environ["XLA_FLAGS"] = before
    said, complaint = job.communicate()
    assert job.returncode == 0, complaint
    return said


@pytest.mark.slow
def test_four_devices_and_one_go_on_with_one_another(tmp_path):
    experiment, one, four = write_experiment(tmp_path), tmp_path / "one", tmp_path / "four"
    train_on(os.environ["XLA_FLAGS"], experiment, one, "--steps", 3)
    train_on(FOUR, experiment, four, "--steps", 3)
    samples = [load(run).sample(4)["samples"] for run in (one, four)]
    np.testing.assert_allclose(*samples, atol=1e-4)
    train_on(os.environ["XLA_FLAGS"], experiment, four, "--steps", 5, "--resume")
    said = train_on(FOUR, experiment, one, "--steps", 5, "--resume")
    assert "Maybe not bit for bit what it would have been: devices: 4 x cpu, before 1 x cpu" in said
    later = json.loads((one / "environment.json").read_text())["later"]
    assert [(note["step"], len(note["devices"])) for note in later] == [(3, 4)]
    assert int(load(one).state.step) == int(load(four).state.step) == 5


def ten_steps(**given):
    """The state after them in float64."""
    with jax.enable_x64(True):
        *_, (state, _) = train(in_double(make({})), points(), steps=10, batch_size=16, **given)
        return jax.device_get(state)


@pytest.mark.slow
@pytest.mark.parametrize("spread", ["pmap", "shard_map"])
def test_two_devices_train_as_one_in_float64(spread):
    code = f"""
from tests.test_parallel import parallel, ten_steps
assert jax.device_count() == 2
np.savez("{spread}.npz", *jax.tree.leaves(ten_steps(spread=parallel.{spread})))
"""
    folder, alone = on_devices(2, code), ten_steps()
    with np.load(folder / f"{spread}.npz") as found:
        check_close(jax.tree.unflatten(jax.tree.structure(alone), found.values()), alone)


def test_a_batch_that_devices_do_not_divide_is_refused_with_those_that_fit():
    code = "from gan_jax import parallel; parallel.check_batch(10)"
    environment = os.environ | {"XLA_FLAGS": FOUR, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert "UsageError" in done.stderr
    assert "use a batch of 8 or 12" in done.stderr


@pytest.mark.parametrize("size", [1, 10, 64])
def test_one_device_divides_every_batch(size):
    parallel.check_batch(size)
