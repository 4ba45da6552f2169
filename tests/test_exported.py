"""A sampler that was exported gives the samples of its run, without the code of the experiment."""

import json
import os
import subprocess
import sys

import jax
import numpy as np
import optax
import pytest
from safetensors.numpy import load_file

from gan_jax import exported, families, networks, priors, sampling
from gan_jax.cli import main
from gan_jax.data.spec import Spec
from gan_jax.errors import CheckpointError, DamagedError, RunError
from gan_jax.game import init
from gan_jax.keys import stream
from gan_jax.loading import load
from tests.command import train, write_experiment

ALONE = """
import json, sys
import jax, numpy as np, safetensors.numpy
SEED = 3
drawn = eval(json.load(open('export.json'))['call'])['samples']
assert not [name for name in sys.modules if name.startswith(('gan_jax', 'flax'))]
np.save('alone.npy', drawn)
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    flags = ("--steps", 3, "--seed", 5)
    assert train(write_experiment(folder), folder / "run", *flags) == 0
    return folder / "run"


@pytest.fixture(scope="module")
def out(run):
    assert main(["export", str(run), "--out", str(run.parent / "out")]) == 0
    return run.parent / "out"


def same(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("average", [True, False])
def test_batch_norm_is_fixed_and_labels_are_drawn(tmp_path, average):
    spec = Spec((8, 8, 1), 1.0, 0.0, ("a", "b", "c"), (0.5, 0.2, 0.3))
    generator, critic = networks.dcgan_pair(spec, latent=4, width=4, conditional=True)
    adam = {"generator_optimizer": optax.adam(1e-3), "critic_optimizer": optax.adam(1e-3)}
    prior = priors.normal(4)
    decay = lambda step: 0.9
    game = families.vanilla(generator, critic, prior=prior, conditional=True, average=decay, **adam)
    state, sampler = init(game, jax.random.key(0)), sampling.from_prior(prior, spec.frequencies)
    state.average["generator"] = jax.tree.map(lambda leaf: 2 * leaf, state.params["generator"])
    about = {"spec": spec.to_json()}
    for name, content in exported.files(game, sampler, state, about, average=average).items():
        (tmp_path / name).write_bytes(content)
    key = stream(jax.random.key(3), "sample")
    expected = sampling.sample(game, sampler, state, key, 100, average=average)
    loaded = exported.load(tmp_path)
    same(loaded.sample(100, seed=3), expected)
    assert loaded.spec == spec
    kept = {name.rsplit("/", 2)[0].split("/")[1] for name in loaded.weights}
    assert kept == {"generator"}
    assert not [name for name in loaded.weights if name.startswith("average")]


def test_the_command_and_the_run_give_the_same_samples(run, out):
    loaded, trained = exported.load(str(out)), load(run)
    for count in (1, 64, 100):
        same(loaded.sample(count, seed=3), trained.sample(count, seed=3))
    same(loaded.sample(100, batch_size=64), trained.sample(100))
    assert loaded.about["run"]["seed"] == 5 and loaded.about["run"]["step"] == 3
    assert loaded.about["platforms"] == ["cpu", "cuda", "tpu"]
    assert loaded.about["gives"] == {"samples": "float32[blocks, 64, 8, 8, 1]"}


def test_jax_alone_can_call_it(run, out):
    code = [sys.executable, "-c", ALONE]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    subprocess.run(code, cwd=out, check=True, env=environment)
    alone = np.load(out / "alone.npy").reshape(3 * 64, 8, 8, 1)
    np.testing.assert_array_equal(alone, load(run).sample(192, seed=3)["samples"])


def test_the_weights_are_those_that_were_asked_for(run, out, tmp_path):
    weights = load_file(out / "weights.safetensors")
    trained = load(run).state
    kernel = "params/generator/Dense_0/kernel"
    np.testing.assert_array_equal(
        weights[kernel], trained.average["generator"]["Dense_0"]["kernel"]
    )
    flags = ["--weights", "last", "--truncation", "0.5", "--out", str(tmp_path / "last")]
    assert main(["export", str(run), *flags]) == 0
    loaded = exported.load(tmp_path / "last")
    expected = load(run).asked(truncation=0.5).sample(9, average=False)
    same(loaded.sample(9), expected)
    np.testing.assert_array_equal(
        loaded.weights[kernel], trained.params["generator"]["Dense_0"]["kernel"]
    )


def test_no_folder_is_replaced_unasked(run, out, tmp_path, capsys):
    export = ["export", str(run), "--out"]
    assert main([*export, str(out)]) == 6
    assert "exists: replace it by --overwrite" in capsys.readouterr().err
    assert main([*export, str(run), "--overwrite"]) == 6
    assert "holds no export.json" in capsys.readouterr().err
    assert main([*export, str(tmp_path / "no" / "place")]) == 7
    assert main(["export", str(tmp_path), "--out", str(tmp_path / "new")]) == 6
    assert "is no run" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_what_is_not_what_was_exported(out, tmp_path):
    with pytest.raises(RunError, match="holds no exported sampler"):
        exported.load(tmp_path)
    for name in (exported.ABOUT, exported.PROGRAM, exported.WEIGHTS):
        (tmp_path / name).write_bytes((out / name).read_bytes())
    for name in (exported.PROGRAM, exported.WEIGHTS):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(DamagedError, match=f"{name} is not the file that was exported"):
            exported.load(tmp_path)
        (tmp_path / name).write_bytes(whole)
    about = json.loads((tmp_path / exported.ABOUT).read_text())
    (tmp_path / exported.ABOUT).write_text(json.dumps(about | {"format": 2}))
    with pytest.raises(CheckpointError, match="has format 2"):
        exported.load(tmp_path)
    (tmp_path / exported.ABOUT).write_text("{")
    with pytest.raises(DamagedError, match="is damaged"):
        exported.load(tmp_path)
