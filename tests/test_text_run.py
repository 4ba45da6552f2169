"""Text from its file to a run, and from the run to lines."""

import pytest

from gan_jax import data as data_room
from gan_jax.cli import main
from gan_jax.loading import load
from tests.command import train, write_experiment


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of three steps on lines of four letters."""
    folder = tmp_path_factory.mktemp("text")
    (folder / "words.txt").write_text("abba\nbaba\nab\nbb\naabb\n" * 10)
    data = f"text:{folder / 'words.txt'}?lines=1&length=4"
    flags = ("--data", data, "--steps", 3, "--sample-every", 3, "--no-cache")
    assert train(write_experiment(folder), folder / "run", *flags) == 0
    return folder / "run"


def test_training_writes_samples_as_lines(run, capsys):
    pages = sorted(path.name for path in (run / "samples").iterdir())
    assert pages and all(name.endswith(".txt") for name in pages)
    lines = (run / "samples" / pages[-1]).read_text().splitlines()
    assert len(lines) == 64 and set("".join(lines)) <= set("ab")


def test_a_run_knows_its_vocabulary_with_no_data_at_hand(run):
    trained = load(run)
    assert trained.spec.vocabulary == ("", "a", "b") and trained.spec.shape == (4, 3)
    data = data_room.open(trained.config.data, trained.fingerprint)
    assert data.spec == trained.spec


def test_samples_to_lines_and_to_no_picture(run, tmp_path, capsys):
    out = tmp_path / "some.txt"
    assert main(["sample", str(run), "--n", "5", "--out", str(out)]) == 0
    assert len(out.read_text().splitlines()) == 5
    assert main(["sample", str(run), "--out", str(tmp_path / "grid.png")]) == 2
    said = capsys.readouterr().err
    assert "a .png cannot hold these data" in said and "those that can: .npz, .txt" in said
    assert not (tmp_path / "grid.png").exists()
