"""The contract on 1, 2, 4 and 8 devices: the same examples, the same noise, the same gradients."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

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
        assert found[devices]["same"], "other keys or other examples"
        assert found[devices]["gradient"] < 1e-5


def check_double(found: dict) -> None:
    ways = ("2 False", "2 True", "4 True")  # pmap, and shard_map with its checks
    assert max(found[f"gradient {way}"] for way in ways) < 1e-11
    assert 0 < max(apart for name, apart in found.items() if name.startswith("steps")) < 1e-8


@pytest.mark.parametrize("name", FEW)
def test_devices_see_the_same_and_agree(name):
    check_single(name, on_devices(False, *FEW, "mean_of_the_shard")[name])


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
