"""What the tests of the command share: a small experiment, and ways to run it and to compare."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np

from gan_jax.cli import main
from gan_jax.loading import load

ROOT = Path(__file__).resolve().parents[1]

EXPERIMENT = '''"""WGAN-GP in two small perceptrons: compiled in a moment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """As the loop needs it, and a little more."""

    data: str = "digits"
    """Data."""
    steps: int = 40
    """Steps."""
    batch_size: int = 16
    """Examples in a minibatch."""
    learning_rate: float = 1e-3
    """Of Adam."""
    widths: tuple[int, ...] = (16,)
    """Of the hidden layers."""


QUICK = Config(steps=2)


def build(config, spec):
    """The game, its sampler and its evaluation, which is of few examples."""
    from functools import partial

    import optax

    from gan_jax import families, metrics, networks, optimizers, priors, sampling
    from gan_jax.experiment import Experiment

    generator, critic = networks.mlp_pair(spec, latent=4, widths=config.widths)
    game = families.wgan_gp(
        generator,
        critic,
        prior=priors.normal(4),
        critic_moves=2,
        generator_optimizer=optax.adam(config.learning_rate),
        critic_optimizer=optax.adam(config.learning_rate),
        average=optimizers.warm_average(0.99),
    )
    sampler = sampling.from_prior(priors.normal(4))
    few = partial(Experiment, compared=360)
    return few(game, sampler, [metrics.suited(spec)], {"gap": "critic/gap"})
'''


def write_experiment(folder: Path, name: str = "small", old: str = "", new: str = "") -> Path:
    """The small experiment as a file, with `old`, which must be in it, replaced by `new`."""
    assert old in EXPERIMENT
    path = folder / f"{name}.py"
    path.write_text(EXPERIMENT.replace(old, new) if old else EXPERIMENT)
    return path


SWEPT = '''    learning_rate: float = 1e-3
    """Of Adam."""
    penalty: float = 10.0
    """Weight of the penalty."""
    slope: float = 0.0
    """Used as Python's own number."""
'''

ONE = '''    learning_rate: float = 1e-3
    """Of Adam."""
'''


def write_swept(folder: Path) -> Path:
    """The small experiment with three numbers, of which one cannot be traced."""
    path = write_experiment(folder, "swept", ONE, SWEPT)
    text = path.read_text().replace("critic_moves=2,", "critic_moves=2, weight=config.penalty,")
    text = text.replace("import optax", "import optax; float(config.slope)")
    text = text.replace("optax.adam(", "optimizers.adam(")
    path.write_text(text)
    return path


def train(experiment: Path, run: Path, *flags: object) -> int:
    """The exit code of `gan-jax train`, in this process."""
    return main(["train", str(experiment), "--run", str(run), *map(str, flags)])


def process(*words: object, limit: int = 0, **options) -> subprocess.Popen:
    """`gan-jax` as a process of its own, with its output in pipes; `limit` on its files in kB."""
    call = [sys.executable, "-c", "from gan_jax.cli import run; run()", *map(str, words)]
    if limit:
        call = ["bash", "-c", f'ulimit -f {limit} && exec "$@"', "bash", *call]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(call, cwd=ROOT, env=os.environ, **pipes, **options)


def files(folder: Path) -> dict[str, str]:
    """What lies below a folder: the hash of every file, by its path."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()) if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def hashes(run: Path) -> dict[str, str]:
    """The hash of every leaf of a run's newest state: weights, optimizers, averages, step."""
    leaves = jax.tree.leaves_with_path(load(run).state)
    return {
        jax.tree_util.keystr(path): sha256(f"{leaf.dtype}{leaf.shape}".encode() + leaf.tobytes())
        for path, leaf in ((path, np.asarray(leaf)) for path, leaf in leaves)
    }


def rows(run: Path) -> list[dict]:
    """The metrics of a run without the seconds."""
    lines = (run / "metrics.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
