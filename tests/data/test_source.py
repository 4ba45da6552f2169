import dataclasses

import numpy as np
import pytest

from gan_jax.data import Dataset, from_arrays
from gan_jax.data import arrays as arrays_module
from gan_jax.data import source as source_module
from gan_jax.data.arrays import split
from gan_jax.data.files import npy
from gan_jax.data.source import SAMPLE, Rows, blocks, is_source, size
from gan_jax.errors import DataError

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (50, 6, 6, 3), dtype=np.uint8)


@pytest.fixture
def all_is_large(monkeypatch):
    for module in (source_module, arrays_module):
        monkeypatch.setattr(module, "WHOLE", 0)


def test_rows_are_rows():
    numbers = RANDOM.permutation(50)[:20]
    rows, there = Rows(BYTES, numbers), BYTES[numbers]
    assert (rows.shape, rows.dtype, len(rows)) == (there.shape, there.dtype, 20)
    assert size(rows) == there.nbytes and is_source(rows) and not is_source(there)
    for chosen in (slice(None), slice(3, 9), np.array([19, 0, 0]), np.array([], int)):
        np.testing.assert_array_equal(rows[chosen], there[chosen])
    twice = Rows(rows, np.array([1, 0]))
    np.testing.assert_array_equal(twice[:], there[[1, 0]])


@pytest.mark.parametrize("array", [BYTES.tolist(), BYTES, memoryview(BYTES)])
def test_what_numpy_takes_is_no_source(array):
    assert not is_source(array)


def test_blocks_are_all_rows_or_some_from_all_over(monkeypatch):
    monkeypatch.setattr(source_module, "BLOCK", 7 * BYTES[0].nbytes)
    numbers, rows = zip(*blocks(BYTES), strict=True)
    assert [number for some in numbers for number in some] == list(range(50))
    assert [len(some) for some in rows] == [7] * 7 + [1]
    np.testing.assert_array_equal(np.concatenate(rows), BYTES)
    monkeypatch.setattr(source_module, "WHOLE", BYTES.nbytes - 1)
    monkeypatch.setattr(source_module, "SAMPLE", 10)
    numbers, rows = map(np.concatenate, zip(*blocks(BYTES), strict=True))
    assert len(numbers) == 10 and (numbers[0], numbers[-1]) == (0, 49)
    assert set(np.diff(numbers)) <= {5, 6}
    np.testing.assert_array_equal(rows, BYTES[numbers])
    assert not list(blocks(BYTES[:0]))


def test_a_large_set_is_told_apart_wherever_it_lies(tmp_path, all_is_large):
    np.save(tmp_path / "set.npy", BYTES)
    found, known = npy(tmp_path / "set.npy"), from_arrays(BYTES)
    assert isinstance(found.train["real"], Rows)
    assert found.fingerprint == known.fingerprint
    np.testing.assert_array_equal(found.held_out["real"][:], known.held_out["real"][:])
    other = BYTES.copy()
    other[0, 0, 0, 0] ^= 1
    assert from_arrays(other).fingerprint != known.fingerprint


def test_of_a_large_set_little_is_read(all_is_large):
    read = []

    class Counted:
        shape, dtype = (10**7, 4), np.dtype(np.float32)
        __len__ = lambda self: self.shape[0]

        def __getitem__(self, rows):
            numbers = np.arange(len(self))[rows]
            read.append(len(numbers))
            return np.repeat(numbers[:, None] / len(self), 4, 1).astype(np.float32)

    data = from_arrays(Counted(), held_out=np.zeros((1, 4)))
    assert data.fingerprint and 0 < sum(read) <= 4 * SAMPLE
    assert isinstance(data.train["real"], Counted)
    parted = from_arrays(Counted(), held_out_fraction=0.5)
    assert len(parted.train["real"]) == len(parted.held_out["real"]) == 5 * 10**6


def test_nothing_held_out_is_nothing_copied(tmp_path):
    np.save(tmp_path / "set.npy", BYTES)
    mapped = np.load(tmp_path / "set.npy", mmap_mode="r")
    train, rest = split({"real": mapped}, 0)
    assert train["real"] is mapped and rest["real"].shape == (0, 6, 6, 3)
    data = npy(tmp_path / "set.npy", held_out=0)
    assert np.shares_memory(from_arrays(BYTES, held_out_fraction=0).train["real"], BYTES)
    np.testing.assert_array_equal(data.train["real"], BYTES)


def test_a_source_is_held_to_what_an_array_is():
    floats = RANDOM.normal(size=(30, 2))
    every = np.arange(30)
    with pytest.raises(DataError, match="float64, expected uint8 or float32"):
        from_arrays(Rows(floats, every), held_out=floats)
    bad = floats.astype(np.float32)
    bad[7] = np.nan
    with pytest.raises(DataError, match="row 7 holds a NaN"):
        from_arrays(Rows(bad, every), held_out=floats)
    with pytest.raises(DataError, match="values from 0 to 255, expected 0 to 16"):
        from_arrays(Rows(BYTES, np.arange(50)), range=(0, 16))
    data = from_arrays(Rows(floats.astype(np.float32), every), held_out=floats)
    short = {**data.train, "label": np.zeros(3, np.int32)}
    with pytest.raises(DataError, match="different lengths"):
        Dataset(short, short, dataclasses.replace(data.spec, classes=("a",)))
