"""WGAN-GP in gan_jax as a user runs it: a family, a pair of networks and `gan_jax.train`.

`python -m benchmarks.gan_training ring` prints the seconds of a first step.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import optax

from benchmarks.cases import BETAS, MOVES, RATE, WEIGHT, Case, named
from gan_jax import families, networks, priors
from gan_jax.data import Dataset
from gan_jax.game import Game
from gan_jax.train import train

FOREVER = 2**31 - 1


def prior(case: Case) -> priors.Prior:
    """The case's latents."""
    return priors.normal(case.latent)


def game(case: Case, data: Dataset, *, half: bool = False) -> Game:
    """The case's game; `half` computes its networks in bfloat16."""
    pair = case.networks(networks, data.spec)
    adam = optax.adam(RATE, *BETAS)
    return families.wgan_gp(
        *(map(networks.half, pair) if half else pair),
        prior=prior(case),
        generator_optimizer=adam,
        critic_optimizer=adam,
        weight=WEIGHT,
        critic_moves=MOVES,
    )


def playing(case: Case, data: Dataset, *, half: bool = False) -> Callable[[], float]:
    """A function that plays `case.chunk` iterations and returns the mean loss of the critic."""
    settings = {"steps": FOREVER, "batch_size": case.batch, "chunk": case.chunk}
    chunks = train(game(case, data, half=half), data, **settings)
    return lambda: next(chunks)[1]["critic/loss"]


def first_step(name: str, cache: str) -> float:
    """Seconds from the call of `train` to the metrics of one step, in another process.

    Args:
      name: of the case.
      cache: folder of JAX's persistent cache, warm if it holds the program.
    """
    settings = {
        "JAX_COMPILATION_CACHE_DIR": cache,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    command = [sys.executable, "-m", "benchmarks.gan_training", name]
    done = subprocess.run(
        command, env=os.environ | settings, stdout=subprocess.PIPE, check=True, text=True
    )
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    case = named(sys.argv[1])._replace(chunk=1)
    data = case.data()
    start = time.perf_counter()
    playing(case, data)()
    print(time.perf_counter() - start)
