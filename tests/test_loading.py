import jax
import numpy as np
import pytest

from gan_jax import checkpoint, train
from gan_jax.cli import main
from gan_jax.errors import CheckpointError, RunError
from gan_jax.game import State
from gan_jax.loading import load
from tests.command import files, write_experiment
from tests.command import train as train_run

OLD, NEW = (
    "networks.mlp_pair(spec, latent=4, widths=config.widths)",
    "networks.dcgan_pair(spec, latent=4, width=4)",
)


@pytest.fixture(scope="module", params=["mlp", pytest.param("dcgan", marks=pytest.mark.slow)])
def run(request, tmp_path_factory):
    """A run of perceptrons, and one whose generator mixes examples in training."""
    folder = tmp_path_factory.mktemp("loading")
    experiment = write_experiment(
        folder, "small", *((OLD, NEW) if request.param == "dcgan" else ())
    )
    flags = ("--steps", 4, "--checkpoint-every", 2, "--log-every", 2, "--seed", 5)
    assert train_run(experiment, folder / "run", *flags) == 0
    return folder / "run"


def test_the_state_is_that_of_the_checkpoint(run):
    trained = load(run)
    saved, _ = checkpoint.restore(run / "checkpoints", 4, train.initial(trained.game, 0))
    assert isinstance(trained.state, State)
    assert jax.tree.structure(trained.state) == jax.tree.structure(saved)
    for old, new in zip(jax.tree.leaves(saved), jax.tree.leaves(trained.state), strict=True):
        np.testing.assert_array_equal(old, new)
    assert (int(trained.state.step), trained.seed, trained.config.steps) == (4, 5, 4)
    assert trained.spec.shape == (8, 8, 1)
    assert trained.config.widths == (16,)
    assert "widths=(16,)" in repr(trained) and len(repr(trained)) < 2000


def test_an_earlier_step(run):
    assert int(load(str(run), 2).state.step) == 2


def test_the_samples_are_those_of_the_command(run, tmp_path):
    out = tmp_path / "out.npz"
    for average, weights in ((True, "average"), (False, "last")):
        flags = ["--out", str(out), "--overwrite", "--n", "9", "--seed", "3", "--weights", weights]
        assert main(["sample", str(run), *flags]) == 0
        drawn = load(run).sample(9, seed=3, average=average)["samples"]
        np.testing.assert_array_equal(np.load(out)["samples"], drawn)


def test_neither_the_batch_nor_the_number_changes_a_sample(run):
    trained = load(run)
    whole = trained.sample(20)["samples"]
    assert whole.dtype == np.float32
    assert np.abs(whole - whole[0]).max() > 0.01
    for batch_size in (1, 7, 20, 64):
        drawn = trained.sample(20, batch_size=batch_size)["samples"]
        np.testing.assert_allclose(drawn, whole, atol=1e-6)
    for count in (1, 13):
        np.testing.assert_allclose(trained.sample(count)["samples"], whole[:count], atol=1e-6)
    assert np.abs(trained.sample(20, seed=1)["samples"] - whole).max() > 0.01


def test_what_cannot_be_loaded_is_said_and_nothing_made(run, tmp_path):
    with pytest.raises(RunError, match="is no run"):
        load(tmp_path)
    (tmp_path / "begun").mkdir()
    for name in ("config.json", "experiment.py"):
        (tmp_path / "begun" / name).write_bytes((run / name).read_bytes())
    before = files(tmp_path)
    with pytest.raises(CheckpointError, match="has no checkpoint yet"):
        load(tmp_path / "begun")
    with pytest.raises(CheckpointError, match=r"no checkpoint of step 9; there are"):
        load(tmp_path / "begun", 9)
    assert files(tmp_path) == before
