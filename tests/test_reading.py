"""What has diverged is told by the commands that read a run, and left out where all are meant."""

import pytest

from gan_jax import runs
from gan_jax.cli import main
from gan_jax.loading import load
from tests.command import write_experiment

pytestmark = pytest.mark.slow

WILD = "learning_rate-1e+38-seed-0"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of two replicas, of which one has diverged."""
    place = tmp_path_factory.mktemp("reading")
    flags = ("--vary", "learning_rate=1e-3,1e38", "--steps", "4", "--log-every", "2")
    path = write_experiment(place)
    assert main(["sweep", str(path), "--run", str(place / "all"), "--seeds", "0", *flags]) == 0
    [about] = (place / "all").glob(f"*/{runs.ABOUT}")
    return about.parent


def test_it_is_left_out(run, tmp_path, capsys):
    assert main(["sample", str(run), "--n", "3", "--out", str(tmp_path / "x.npz")]) == 0
    said = capsys.readouterr().out
    assert f"{WILD} has diverged and is left out: its last sound step is 0." in said
    assert [path.name for path in tmp_path.iterdir()] == ["x-learning_rate-0.001-seed-0.npz"]


def test_by_its_name_it_is_had(run, tmp_path, capsys):
    flags = ("--replica", WILD, "--n", "3", "--out", str(tmp_path / "x.npz"))
    assert main(["sample", str(run), *flags]) == 0
    assert f"{WILD} has diverged: its last sound step is 0." in capsys.readouterr().out
    assert load(run, replica=WILD).diverged
    assert not load(run, replica="learning_rate-0.001-seed-0").diverged


def test_its_run_counts_it(run, capsys):
    assert main(["runs", str(run.parent)]) == 0
    assert "  2 replicas, 1 diverged  step 4 of 4" in capsys.readouterr().out
    assert main(["evaluate", str(run)]) == 0
    assert f"2 replicas of 2 configurations, 1 diverged ({WILD})" in capsys.readouterr().out
    assert main(["evaluate", str(run), "--replica", WILD]) != 0
    assert "nothing to evaluate" in capsys.readouterr().err
    assert not (run / WILD / runs.EVALUATION).exists()


def test_configurations_are_not_compared_as_if_they_were_seeds(run, capsys):
    assert main(["compare", str(run), str(run)]) == 2
    assert f"{run} holds 2 configurations, and a mean" in capsys.readouterr().err
