import subprocess
import sys

import numpy as np
import pytest

import gan_jax.data
from gan_jax.errors import DataError


@pytest.mark.parametrize("name", ["digits", "ring", "grid", "swiss_roll"])
def test_opens_by_name(name):
    assert gan_jax.data.open(name).name == name


@pytest.fixture
def folder(tmp_path):
    """A folder `set` with four small files in MNIST's format."""
    (tmp_path / "set").mkdir()
    for part in ("train", "t10k"):
        images = np.array([2051, 2, 3, 3], ">u4").tobytes() + bytes(range(18))
        (tmp_path / "set" / f"{part}-images-idx3-ubyte").write_bytes(images)
        labels = np.array([2049, 2], ">u4").tobytes() + bytes(range(2))
        (tmp_path / "set" / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    return tmp_path


@pytest.mark.parametrize("path", ["$SOME_FOLDER/set", "${SOME_FOLDER}/set", "~/set", "$SOME/$SET"])
def test_expands_paths(folder, monkeypatch, path):
    for name, value in dict(SOME_FOLDER=folder, HOME=folder, SOME=folder, SET="set").items():
        monkeypatch.setenv(name, str(value))
    data = gan_jax.data.open(f"idx:{path}")
    assert data.name == "set" and data.spec.shape == (3, 3, 1)


@pytest.mark.parametrize("path", ["$SOME_FOLDER/set", "/a/${SOME_FOLDER}"])
@pytest.mark.parametrize("value", [None, ""])
def test_names_a_variable_that_is_not_set(monkeypatch, path, value):
    monkeypatch.delenv("SOME_FOLDER", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_FOLDER", value)
    words = "variable SOME_FOLDER, which is not set: .*idx:PATH"
    with pytest.raises(DataError, match=words) as caught:
        gan_jax.data.open(f"idx:{path}")
    assert str(caught.value).startswith(f"`idx:{path}` names")


@pytest.mark.parametrize(
    "spec, words",
    [
        ("digit", "did you mean digits"),
        ("Ring", "did you mean ring"),
        ("swissroll", "did you mean swiss_roll"),
        ("digits:x", "did you mean digits"),
        ("ring:", "did you mean ring"),
        ("idx", "one of digits, ring, grid, swiss_roll, waves, idx:PATH"),
        ("idx:", "one of digits"),
        ("", "unknown data ``"),
        ("mnist", "one of digits"),
    ],
)
def test_refuses_an_unknown_name_with_near_ones(spec, words):
    with pytest.raises(DataError, match=words) as caught:
        gan_jax.data.open(spec)
    assert all(form in str(caught.value) for form in gan_jax.data.forms.NAMES)


def test_a_missing_folder_is_named():
    with pytest.raises(DataError, match="/no/such/folder: not found"):
        gan_jax.data.open("idx:/no/such/folder")


def test_importing_the_room_imports_nothing_heavy():
    program = (
        "import sys, numpy, gan_jax; before = set(sys.modules); import gan_jax.data;"
        "print({name.partition('.')[0] for name in set(sys.modules) - before}"
        " & {'jax', 'flax', 'sklearn', 'scipy'})"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "set()\n"
