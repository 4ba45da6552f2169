"""Streamed or on the device: the same minibatches and the same state, bit for bit."""

import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import jax
import numpy as np
import pytest

from gan_jax import feed, order
from gan_jax.data import from_arrays
from gan_jax.data.source import Rows
from gan_jax.errors import UsageError
from gan_jax.keys import stream
from gan_jax.train import train
from tests.command import hashes, process, rows, write_experiment
from tests.command import train as command
from tests.contract.checks import digest
from tests.contract.rows import BATCH
from tests.contract.table import ROWS
from tests.test_processes import begun
from tests.test_processes import ended as ended_jobs

ROOT = Path(__file__).resolve().parents[1]
KEY = jax.random.key(3)
RANDOM = np.random.default_rng(0)
DATA = {
    "real": RANDOM.integers(0, 256, (97, 4, 4, 1), dtype=np.uint8),
    "label": np.arange(97, dtype=np.int32),
}


@pytest.fixture(scope="module")
def row():
    return ROWS["conditional"]()


def ended(row, **given):
    """The last state, on the host, since the next chunk may reuse its buffers."""
    given = {"steps": 7, "batch_size": BATCH, "seed": 5, "chunk": 3} | given
    return [jax.device_get(state) for state, _ in train(row.game, row.data, **given)][-1]


@pytest.mark.parametrize("begin", [0, 7])
def test_a_stream_is_what_the_device_gathers(begin):
    chosen = np.asarray(order.minibatches(stream(KEY, "data"), 0, 42, 10, 97))
    steps = range(begin, 19)
    parts = list(feed.chunks(DATA, KEY, 2, 10, steps, 5))
    assert len(parts) == (4 if begin == 0 else 3)
    first = begin // 5 * 5
    for number, part in enumerate(parts):
        assert part["real"].shape == (5, 2, 10, 4, 4, 1)
        for step in range(5):
            moves = chosen[2 * (first + 5 * number + step) :][:2]
            for name, array in DATA.items():
                np.testing.assert_array_equal(part[name][step], array[moves])


def test_two_domains_have_an_order_each_and_it_is_the_same_from_device_and_host():
    """Over 400 minibatches an example stands beside nearly all of the other domain, not one."""
    number = np.arange(41, dtype=np.float32)[:, None]
    data = {"real": number, "source": number + 100, "label": np.arange(41, dtype=np.int32)}
    (part,) = feed.chunks(data, KEY, 2, 8, range(200), 200)
    chosen = lambda name: order.minibatches(stream(KEY, name), 0, 400, 8, 41)
    whole = jax.jit(lambda given: feed.gathered(given, 0, chosen))(data)
    for name, array in whole.items():
        np.testing.assert_array_equal(part[name].reshape(array.shape), array)
    alone = feed.gathered({"real": number}, 0, chosen)
    np.testing.assert_array_equal(whole["real"], alone["real"])
    real, source = (np.asarray(whole[name])[..., 0] for name in ("real", "source"))
    np.testing.assert_array_equal(whole["label"], real)
    assert all(len(np.unique(epoch)) == 40 for epoch in source.reshape(-1, 40))
    beside = (source - 100)[real == 0]
    assert len(beside) > 70 and len(np.unique(beside)) > 25 and np.mean(beside == 0) < 0.1


@pytest.mark.parametrize("limit", [0, 1])
def test_a_game_of_two_domains_sees_them_in_these_orders(limit):
    seen, row = [], ROWS["cycle"]()

    def watched(nets, keys, batch):
        jax.debug.callback(lambda *x: seen.append(x), batch["real"], batch["source"], ordered=True)
        return row.game.players["critic"].loss(nets, keys, batch)

    critic = dataclasses.replace(row.game.players["critic"], loss=watched)
    game = dataclasses.replace(row.game, players=row.game.players | {"critic": critic})
    size, key = len(row.data.train["real"]), jax.random.key(5)
    for _ in train(game, row.data, steps=3, batch_size=BATCH, seed=5, device_data=limit):
        pass
    jax.effects_barrier()
    for place, name in enumerate(("real", "source")):
        chosen = order.minibatches(stream(key, {"real": "data"}.get(name, name)), 0, 6, BATCH, size)
        expected = row.data.train[name][np.asarray(chosen)[::2]]
        found = np.stack([each[place] for each in seen])
        np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
def test_the_state_is_the_same_and_so_it_is_after_a_resume_in_the_middle(row):
    whole = digest(ended(row))
    assert digest(ended(row, device_data=0)) == whole
    middle = ended(row, steps=4, device_data=0)
    assert digest(ended(row, state=middle, device_data=0)) == whole
    assert digest(ended(row, state=middle, device_data=0, chunk=10)) == whole
    assert digest(ended(row, state=middle)) == whole
    assert not list(train(row.game, row.data, steps=4, batch_size=BATCH, state=middle))


def test_any_source_gives_the_same(row, tmp_path):
    """A file mapped into memory, and some rows of it: as data too large for the memory would be."""
    real, label = row.data.train["real"], row.data.train["label"]
    np.save(tmp_path / "real.npy", real[::-1])
    mapped = np.load(tmp_path / "real.npy", mmap_mode="r")
    source = Rows(mapped, np.arange(len(real))[::-1])
    held_out = row.data.held_out["real"], row.data.held_out["label"]
    data = from_arrays(source, label, held_out=held_out)
    assert data.fingerprint == row.data.fingerprint
    given = {"steps": 3, "batch_size": BATCH, "seed": 5}
    states = [
        digest(jax.device_get(state))
        for limit in (0, 1)
        for state, _ in train(row.game, data, **given, device_data=limit)
    ]
    assert states == [digest(ended(row, steps=3))] * 2


def test_reading_is_a_chunk_ahead_and_ends_with_the_training():
    seen = []

    class Watched:
        """An array that notes who reads it."""

        shape, dtype = DATA["real"].shape, DATA["real"].dtype
        __len__ = lambda self: len(DATA["real"])

        def __getitem__(self, rows):
            seen.append(threading.current_thread().name)
            return DATA["real"][rows]

    before = threading.active_count()
    parts = feed.chunks({"real": Watched()}, KEY, 2, 10, range(1000), 5)
    next(parts)
    deadline = time.monotonic() + 60
    while len(seen) < 10 and time.monotonic() < deadline:  # it goes on by itself
        time.sleep(0.01)
    assert len(seen) >= 10
    assert all(name.startswith("grain") for name in seen)
    parts.close()
    for thread in threading.enumerate():
        if thread.name.startswith("grain"):
            thread.join(10)
    assert threading.active_count() <= before
    assert len(seen) < 100


def test_what_cannot_be_read_ends_the_training_with_its_error():
    class Torn:
        shape, dtype = DATA["real"].shape, DATA["real"].dtype
        __len__ = lambda self: len(DATA["real"])

        def __getitem__(self, rows):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        next(feed.chunks({"real": Torn()}, KEY, 2, 10, range(20), 5))


def test_limits():
    size = sum(array.nbytes for array in DATA.values()) / 1e9
    assert feed.streams(DATA, 0) and feed.streams(DATA, size * 0.99)
    assert not feed.streams(DATA, size)
    with pytest.raises(UsageError, match="steps take .* log every"):
        next(feed.chunks(DATA, KEY, 2, 10, range(10**9), 10**9))


DEVICES = """
import json, sys
import jax
from gan_jax import parallel
from tests.contract.checks import digest
from tests.test_feed import ended
from tests.contract.table import ROWS
row = ROWS["conditional"]()
ends = {}
for spread in (parallel.pmap, parallel.shard_map):
    given = {"spread": spread, "steps": 4}
    end = lambda **more: digest(ended(row, **given, **more))
    middle = ended(row, **given | {"steps": 2}, device_data=0)
    ends[spread.__name__] = [end(), end(device_data=0), end(state=middle, device_data=0)]
print(json.dumps([jax.device_count(), ends]))
"""


@pytest.mark.slow
def test_two_devices_each_read_their_own_part():
    flags = "--xla_backend_optimization_level=0 --xla_force_host_platform_device_count=2"
    environment = os.environ | {"XLA_FLAGS": flags}
    command = [sys.executable, "-c", DEVICES]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    devices, ends = json.loads(done.stdout.splitlines()[-1])
    assert devices == 2
    assert all(len(set(found)) == 1 for found in ends.values()), ends


@pytest.mark.slow
def test_the_command_streams_and_goes_on(tmp_path):
    experiment, one, other = write_experiment(tmp_path), tmp_path / "one", tmp_path / "other"
    assert command(experiment, one, "--steps", 15) == 0
    assert command(experiment, other, "--steps", 7, "--device-data", 0) == 0
    assert command(experiment, other, "--steps", 15, "--device-data", 0, "--resume") == 0
    assert hashes(one) == hashes(other)


@pytest.mark.slow
def test_two_processes_each_read_their_own_part(tmp_path, monkeypatch):
    experiment, one, two = write_experiment(tmp_path), tmp_path / "one", tmp_path / "two"
    words = ("--steps", 20, "--device-data", 0)
    codes, said = ended_jobs(begun(experiment, two, *words))
    assert codes == [0, 0], said
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=2"
    monkeypatch.setenv("XLA_FLAGS", flags)
    codes, said = ended_jobs([process("train", experiment, "--run", one, "--steps", 20)])
    assert codes == [0], said
    assert hashes(one) == hashes(two)
    assert rows(one) == rows(two)
