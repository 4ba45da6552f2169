"""The contract on 1, 2, 4 and 8 devices: the same examples, the same noise, the same gradients."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from gan_jax import history
from gan_jax.runs import surroundings
from tests.command import process, rows, train, write_experiment
from tests.contract.rows import BATCH
from tests.contract.table import FEW, ROWS

ROOT = Path(__file__).resolve().parents[2]

OTHERS = tuple(name for name in ROWS if name not in FEW)


@cache
def on_devices(double: bool, *names: str) -> dict:
    """What `devices.py` measures, in one process for all these rows."""
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=8"
    environment = os.environ | {"JAX_ENABLE_X64": str(int(double)), "XLA_FLAGS": flags}
    command = [sys.executable, "-m", "tests.contract.devices", *names]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def check_single(name: str, found: dict) -> None:
    row = ROWS[name]()
    assert found["draws"] == (row.game.moves + row.draws) * BATCH
    for devices in ("2", "4", str(row.devices)):
        assert found[devices]["same"], "other keys, other examples, or not those of one another"
        assert found[devices]["gradient"] < 1e-5


def check_double(found: dict) -> None:
    ways = ("2 False", "2 True", "4 False", "4 True")  # pmap, and shard_map with its checks
    assert max(found[f"gradient {way}"] for way in ways) < 1e-11
    assert 0 < max(apart for name, apart in found.items() if name.startswith("steps")) < 1e-8


@pytest.mark.parametrize("name", FEW)
def test_devices_see_the_same_and_agree(name):
    check_single(name, on_devices(False, *FEW, "mean_of_the_shard")[name])


@pytest.mark.parametrize("counts", [(2, 4), pytest.param((8,), marks=pytest.mark.slow)], ids=str)
def test_the_command_sees_the_same(tmp_path, monkeypatch, counts):
    """The ledger says the same examples and noise of every step; nearly the losses that follow.

    It says what follows from seed and step, on any number of devices: those that each device
    plays are held by `check_single`.
    """
    experiment = write_experiment(tmp_path, "small", "[metrics.suited(spec)]", "[]")
    flags = ("--data", "ring", "--steps", 3, "--log-every", 1, "--ledger-every", 1)
    runs, jobs, usual = [tmp_path / "1"], [], os.environ["XLA_FLAGS"]
    for count in counts:
        monkeypatch.setenv("XLA_FLAGS", f"{usual} --xla_force_host_platform_device_count={count}")
        runs.append(tmp_path / str(count))
        jobs.append(process("train", experiment, "--run", runs[-1], *flags))
    monkeypatch.undo()
    assert train(experiment, runs[0], *flags) == 0
    ended = [(job.communicate()[1], job.returncode) for job in jobs]
    assert all(code == 0 for _, code in ended), ended
    assert [len(surroundings(run)[0]["devices"]) for run in runs] == [1, *counts]
    seen = [
        [(row["step"], row["examples"], row["noise"]) for row in history.rows(run, history.LEDGER)]
        for run in runs
    ]
    assert len(set(seen[0])) == 3 and seen == [seen[0]] * len(runs)
    alone, *others = (rows(run) for run in runs)
    for other in others:
        for one, same in zip(alone, other, strict=True):
            assert same == pytest.approx(one, rel=1e-3, abs=1e-5)


def test_devices_catch_a_mean_of_the_shard():
    found = on_devices(False, *FEW, "mean_of_the_shard")["mean_of_the_shard"]
    assert found["2"]["gradient"] > 1e-3
    assert found["4"]["gradient"] > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_so_do_all_others(name):
    check_single(name, on_devices(False, *OTHERS)[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_they_agree_in_float64(name):
    check_double(on_devices(True, *ROWS)[name])
