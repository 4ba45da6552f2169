from benchmarks.reading import read, write
from gan_jax import data


def test_the_folder_and_the_archives_hold_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = write(tmp_path, count=30, side=8, form="png")
    assert min(min(read(path)) for path in made) > 0
    sets = [data.open(f"folder:{path}") for path in made]
    assert len({each.fingerprint for each in sets}) == 1
    assert sets[0].spec.shape == (8, 8, 3) and len(sets[0].spec.classes) == 10
