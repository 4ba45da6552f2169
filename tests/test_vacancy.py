"""Which folders can become a run, and that asking changes nothing."""

import pytest

from gan_jax import locks, runs, vacancy
from gan_jax.errors import RunError
from tests.command import files


@pytest.fixture
def run(tmp_path):
    """A run that has begun."""
    run = tmp_path / "deep" / "run"
    with locks.locked(run):
        runs.create(run, {}, b"# an experiment\n")
    return run


def free(run, resume=False, overwrite=False):
    vacancy.check(run, resume=resume, overwrite=overwrite)


def test_a_new_or_empty_folder_is_free(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new", "new/deep"):
        for flags in ({}, {"resume": True}, {"overwrite": True}):
            free(tmp_path / name, **flags)
    assert files(tmp_path) == {"empty": ""}


def test_a_run_needs_a_word(run):
    with pytest.raises(RunError, match=r"exists: go on with it by --resume"):
        free(run)
    with pytest.raises(RunError, match="give one of them"):
        free(run, resume=True, overwrite=True)
    free(run, resume=True)
    free(run, overwrite=True)


def test_a_run_killed_at_its_start_is_free(run):
    (run / "config.json").rename(run / ".config.json.0123456789abcdef")
    (run / "seed-3" / "samples").mkdir(parents=True)
    assert not runs.began(run)
    free(run)
    free(run, resume=True)


@pytest.mark.parametrize("below", ["", "run", "deep/run"])
def test_a_file_in_the_place_is_refused(tmp_path, below):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotADirectoryError, match="is a file; a run needs a folder"):
        free(tmp_path / "file" / below, overwrite=True)


@pytest.mark.parametrize("name", ["a[1]", "a*", "a?", "a\\b"])
def test_a_pattern_is_refused_since_checkpoints_would_be_lost(tmp_path, name):
    with pytest.raises(RunError, match="Orbax"):
        free(tmp_path / name)


@pytest.mark.parametrize("flags", [{}, {"resume": True}, {"overwrite": True}])
def test_another_folder_is_not_touched(tmp_path, flags):
    (tmp_path / "thesis.tex").write_text("years of work")
    before = files(tmp_path)
    with pytest.raises(RunError, match=r"is no run \(it has no \.lock\)"):
        free(tmp_path, **flags)
    assert files(tmp_path) == before


@pytest.mark.parametrize("name", ["thesis.tex", "chapters/one.tex", "chapters/experiment.py", "to"])
def test_what_no_killed_run_left_is_not_removed(tmp_path, name):
    (tmp_path / "chapters").mkdir()
    (tmp_path / ".lock").write_text("of another program")
    if name == "to":
        (tmp_path / "to").symlink_to(tmp_path / "nowhere")
    else:
        (tmp_path / name).write_text("years of work")
    before = files(tmp_path)
    for flags in ({}, {"resume": True}):
        with pytest.raises(RunError, match=f"would remove {name.partition('/')[0]}: "):
            free(tmp_path, **flags)
    free(tmp_path, overwrite=True)
    assert files(tmp_path) == before
