import os

import numpy as np
import pytest
from PIL import Image

from gan_jax import writing
from gan_jax.data import Spec
from gan_jax.errors import RunError, UsageError

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
