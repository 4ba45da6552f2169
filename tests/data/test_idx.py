import gzip
import hashlib
import math
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from gan_jax.data.idx import idx
from gan_jax.errors import DataError

RANDOM = np.random.default_rng(0)
IMAGES = {
    part: RANDOM.integers(0, 256, (count, 5, 4), dtype=np.uint8)
    for part, count in (("train", 12), ("t10k", 6))
}
LABELS = {"train": np.arange(12, dtype=np.uint8), "t10k": np.arange(6, dtype=np.uint8)}
TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def encoded(array, magic=None, shape=None):
    shape = array.shape if shape is None else shape
    magic = (2048 + array.ndim) if magic is None else magic
    return struct.pack(f">{1 + len(shape)}I", magic, *shape) + array.tobytes()


def write(folder, compress=False):
    """The four good files."""
    for part in ("train", "t10k"):
        for kind, array in (("images-idx3", IMAGES[part]), ("labels-idx1", LABELS[part])):
            content = gzip.compress(encoded(array)) if compress else encoded(array)
            (folder / f"{part}-{kind}-ubyte{'.gz' if compress else ''}").write_bytes(content)
    return folder


@pytest.mark.parametrize("compress", [False, True])
def test_reads_plain_and_gzipped(tmp_path, compress):
    data = idx(write(tmp_path, compress))
    for arrays, part in ((data.train, "train"), (data.held_out, "t10k")):
        np.testing.assert_array_equal(arrays["real"], IMAGES[part][..., None])
        np.testing.assert_array_equal(arrays["label"], LABELS[part])
        assert arrays["real"].dtype == np.uint8 and arrays["label"].dtype == np.int32
    assert data.spec.shape == (5, 4, 1) and data.name == tmp_path.name
    assert (data.spec.scale, data.spec.offset) == (2 / 255, -1.0)
    assert data.spec.classes == tuple(map(str, range(12)))  # labels above 9 are as good


def test_compression_is_seen_in_the_bytes_not_in_the_name(tmp_path):
    write(tmp_path, compress=True)
    for file in tmp_path.iterdir():
        file.rename(file.with_suffix(""))
    (tmp_path / TEST_LABELS).rename(tmp_path / f"{TEST_LABELS}.gz")
    (tmp_path / f"{TEST_LABELS}.gz").write_bytes(encoded(LABELS["t10k"]))
    assert idx(tmp_path).fingerprint == idx(write(tmp_path)).fingerprint


def test_the_plain_file_is_taken_where_there_are_two(tmp_path):
    write(write(tmp_path))
    (tmp_path / f"{TRAIN_IMAGES}.gz").write_bytes(b"not read")
    assert len(idx(str(tmp_path)).train["real"]) == 12


def test_classes_are_the_labels_that_occur(tmp_path):
    (write(tmp_path) / TEST_LABELS).write_bytes(encoded(LABELS["t10k"] + 200))
    data = idx(tmp_path)
    assert data.spec.classes == tuple(map(str, [*range(12), *range(200, 206)]))
    np.testing.assert_array_equal(data.held_out["label"], range(12, 18))
    np.testing.assert_array_equal(data.train["label"], range(12))


GOOD = encoded(IMAGES["train"])
FAULTS = {
    "empty": (TRAIN_IMAGES, b"", "empty"),
    "header cut": (TRAIN_IMAGES, GOOD[:10], "cut short in the header"),
    "labels' header cut": (TEST_LABELS, encoded(LABELS["t10k"])[:7], "cut short in the header"),
    "truncated": (TRAIN_IMAGES, GOOD[:-1], r"fewer bytes than the 240 .*\(12, 5, 4\)"),
    "trailing": (TRAIN_IMAGES, GOOD + b"\0", "more bytes than the 240"),
    "labels trailing": (TEST_LABELS, encoded(LABELS["t10k"]) + b"\0", "more bytes than the 6"),
    "wrong magic": (TRAIN_IMAGES, encoded(IMAGES["train"], 2052), "number 2052, expected 2051"),
    "labels for images": (TRAIN_IMAGES, encoded(np.zeros(99, np.uint8)), "2049, expected 2051"),
    "images for labels": (TRAIN_LABELS, GOOD, "2051, expected 2049"),
    "text": (TEST_IMAGES, b"<!DOCTYPE html><html>", "magic number"),
    "no images": (TEST_IMAGES, encoded(IMAGES["t10k"][:0]), "no data"),
    "no pixels": (TEST_IMAGES, encoded(IMAGES["t10k"][:, :0]), "no data"),
    "counts differ": (TRAIN_LABELS, encoded(LABELS["train"][:-1]), "11 labels for the 12 images"),
    "sizes differ": (TEST_IMAGES, encoded(IMAGES["t10k"][:, :4]), r"\(4, 4\) pixels, .*\(5, 4\)"),
    "huge promise": (TRAIN_IMAGES, encoded(IMAGES["train"], shape=(2**32 - 1,) * 3), "fewer"),
}


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name, content, words", FAULTS.values(), ids=FAULTS)
def test_refuses_a_bad_file_and_names_it(tmp_path, name, content, words, compress):
    file = write(tmp_path, compress) / (name + ".gz" * compress)
    file.write_bytes(gzip.compress(content) if compress else content)
    with pytest.raises(DataError, match=f"{file}: .*{words}") as caught:
        idx(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good[:-20],
        lambda good: good[:-8] + bytes(8),
        lambda good: good[:12] + bytes([good[12] ^ 255]) + good[13:],
        lambda good: good[:40] + bytes([good[40] ^ 255]) + good[41:],
        lambda good: good[:5],
        lambda good: good + b"garbage",
        lambda good: b"\x1f\x8b",
    ],
)
def test_refuses_a_damaged_gzip_file(tmp_path, damage):
    file = write(tmp_path, compress=True) / f"{TRAIN_IMAGES}.gz"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DataError, match=str(file)):
        idx(tmp_path)


@pytest.mark.parametrize("promised", [(12, 5, 4), (2**10, 2**8, 2**8), (2**32 - 1,) * 3])
def test_a_gzip_bomb_does_not_go_off(tmp_path, promised):
    bomb = encoded(np.zeros((0, 5, 4), np.uint8), shape=promised) + bytes(40 << 20)
    file = write(tmp_path, compress=True) / f"{TRAIN_IMAGES}.gz"
    file.write_bytes(gzip.compress(bomb, 9))
    del bomb
    tracemalloc.start()
    with pytest.raises(
        DataError, match=f"{file}: (more|fewer) bytes than the {math.prod(promised)} "
    ):
        idx(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS])
def test_says_which_file_is_missing_and_what_was_found(tmp_path, name):
    (write(tmp_path) / name).unlink()
    (tmp_path / "notes.txt").touch()
    words = f"{tmp_path}: no file {name}; .*four files .*found "
    with pytest.raises(DataError, match=words) as caught:
        idx(tmp_path)
    assert "notes.txt" in str(caught.value)


def test_a_directory_in_the_place_of_a_file(tmp_path):
    (write(tmp_path) / TEST_LABELS).unlink()
    (tmp_path / TEST_LABELS).mkdir()
    with pytest.raises(DataError, match=f"no file {TEST_LABELS}; .*{TEST_LABELS}/"):
        idx(tmp_path)


def test_a_folder_that_is_missing_empty_or_a_file(tmp_path):
    for path, words in (
        (tmp_path / "nowhere", "not found, expected .*four files"),
        (tmp_path, "found nothing"),
    ):
        with pytest.raises(DataError, match=words):
            idx(path)
    file = write(tmp_path) / TRAIN_IMAGES
    with pytest.raises(DataError, match=f"{file}: is a file, expected a folder"):
        idx(file)


def test_a_long_listing_is_cut(tmp_path):
    for index in range(30):
        (tmp_path / f"{index:02}").touch()
    with pytest.raises(DataError, match=r"found 00, .*07, \.\.\.$"):
        idx(tmp_path)


@pytest.mark.skipif(not os.environ.get("GAN_JAX_DATA"), reason="GAN_JAX_DATA is not set")
def test_the_real_mnist():
    data = idx(Path(os.environ["GAN_JAX_DATA"]) / "mnist")
    assert data.train["real"].shape == (60_000, 28, 28, 1) and data.name == "mnist"
    assert data.held_out["real"].shape == (10_000, 28, 28, 1)
    assert data.spec.classes == tuple("0123456789")
    # The checksums are of the uncompressed files as first published.
    sums = [
        ("6bbc9ace898e44ae57da46a324031adb", data.train["real"][..., 0]),
        ("a25bea736e30d166cdddb491f175f624", data.train["label"].astype(np.uint8)),
        ("2646ac647ad5339dbf082846283269ea", data.held_out["real"][..., 0]),
        ("27ae3e4e09519cfbb04c329615203637", data.held_out["label"].astype(np.uint8)),
    ]
    for expected, array in sums:
        assert hashlib.md5(encoded(array)).hexdigest() == expected
