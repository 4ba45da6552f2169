import os

import numpy as np
import pytest
from PIL import Image

from gan_jax import writing
from gan_jax.data import Spec
from gan_jax.data.columns import Column
from gan_jax.errors import RunError, UsageError

COLUMN = Column("size", "categorical", categories=("S", "M"))
IMAGES = Spec(shape=(2, 3, 1), scale=1.0, offset=0.0)


def test_arrays_come_back_as_they_were(tmp_path):
    out = tmp_path / "out.npz"
    samples = np.random.default_rng(0).uniform(-1, 1, (5, 2, 3, 1)).astype(np.float32)
    drawn = {"samples": samples, "labels": np.arange(5, dtype=np.int32)}
    writing.write(drawn, IMAGES, out)
    with np.load(out, allow_pickle=False) as read:
        assert sorted(read) == ["labels", "samples"]
        for name, array in drawn.items():
            assert read[name].dtype == array.dtype
            np.testing.assert_array_equal(read[name], array)
    assert os.listdir(tmp_path) == ["out.npz"]


def test_no_labels_where_there_are_none(tmp_path):
    writing.write({"samples": np.zeros((1, 2, 3, 1), np.float32)}, IMAGES, tmp_path / "out.npz")
    assert list(np.load(tmp_path / "out.npz")) == ["samples"]


def test_a_picture_by_its_suffix(tmp_path):
    out = tmp_path / "out.png"
    writing.write({"samples": np.ones((4, 2, 3, 1), np.float32)}, IMAGES, out)
    with Image.open(out) as image:
        assert image.format == "PNG"
    assert os.listdir(tmp_path) == ["out.png"]


@pytest.mark.parametrize(
    "name", ["out", "out.jpg", "out.npy", "out.PNG", ".npz", "npz", "out.npz "]
)
def test_a_suffix_that_names_no_form(tmp_path, name):
    with pytest.raises(UsageError, match=r"ends in none of \.npz, \.png"):
        writing.check(tmp_path / name, overwrite=True)


def kind(*shape, **fields):
    return Spec(shape=shape, scale=1.0, offset=0.0, **fields)


@pytest.mark.parametrize(
    ("spec", "fitting"),
    [
        (IMAGES, {".npz", ".png", ".gif", ".webp"}),
        (kind(2), {".npz", ".png"}),
        (kind(30, 1), {".npz", ".png"}),
        (kind(30, 2, vocabulary=("a", "b")), {".npz", ".txt"}),
        (kind(3, 4, 4, 1), {".npz"}),
        (kind(2, columns=(COLUMN,)), {".npz", ".png", ".csv", ".parquet"}),
    ],
)
def test_each_kind_of_data_has_its_suffixes(tmp_path, spec, fitting):
    samples = np.random.default_rng(0).uniform(-1, 1, (4, *spec.shape)).astype(np.float32)
    for suffix in writing.FORMS:
        out = tmp_path / f"out{suffix}"
        if suffix in fitting:
            writing.check(out, spec, overwrite=False)
            writing.write({"samples": samples}, spec, out)
            assert out.stat().st_size
            continue
        with pytest.raises(UsageError, match=f"{out}: a {suffix} cannot hold") as caught:
            writing.check(out, spec, overwrite=False)
        said = str(caught.value).partition("those that can: ")[2].removesuffix(".")
        assert set(said.split(", ")) == fitting


@pytest.mark.parametrize(
    ("spec", "suffix"),
    [
        (IMAGES, ".png"),
        (kind(2), ".png"),
        (kind(3, 4, 4, 1), ".npz"),
        (kind(30, 2, vocabulary=("a", "b")), ".txt"),
        (kind(2, columns=(COLUMN,)), ".csv"),
    ],
)
def test_the_suffix_that_is_proposed(spec, suffix):
    assert writing.suited(spec) == suffix


def test_text_in_lines(tmp_path):
    spec = kind(2, 2, vocabulary=("a", "b"))
    samples = spec.decode(np.uint8([[0, 1], [1, 1]]))
    writing.write({"samples": samples, "labels": np.arange(2)}, spec, tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == "ab\nbb\n"


def test_what_exists_is_replaced_only_on_demand(tmp_path):
    out = tmp_path / "out.npz"
    assert writing.check(out, overwrite=False) == out
    out.write_text("mine")
    with pytest.raises(RunError, match="exists: replace it by --overwrite"):
        writing.check(out, overwrite=False)
    assert writing.check(out, overwrite=True) == out
    assert out.read_text() == "mine"


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "out.png").mkdir()
    with pytest.raises(RunError, match="exists"):
        writing.check(tmp_path / "out.png", overwrite=True)


def test_the_folder_must_be_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere does not exist: make it"):
        writing.check(tmp_path / "nowhere" / "out.npz", overwrite=False)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileNotFoundError, match="file does not exist: make it"):
        writing.check(tmp_path / "file" / "out.npz", overwrite=False)


def test_a_bare_name_lies_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(writing.check(writing.Path("out.npz"), overwrite=False)) == "out.npz"
