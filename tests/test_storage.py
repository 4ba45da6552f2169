import os

import pytest

from gan_jax import storage


def test_writes_in_one_piece(tmp_path):
    path = tmp_path / "file"
    storage.write_atomically(path, b"old")
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        storage.write_atomically(folder, b"new")
    with pytest.raises(TypeError):
        storage.write_atomically(path, "no bytes")
    assert path.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_unfinished_names_are_nobody_elses(tmp_path):
    names = {storage.unfinished(tmp_path / "file") for _ in range(100)}
    assert len(names) == 100 and {path.parent for path in names} == {tmp_path}


def test_what_fails_to_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    storage.write_atomically(path, lambda file: file.write(b"old"))

    def half(file):
        file.write(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        storage.write_atomically(path, half)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_the_cache_is_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert storage.cache("images", "a.npy") == tmp_path / "gan_jax" / "images" / "a.npy"
