"""What grows with what: seconds for an image and memory of a move of the critic under a penalty.

`python -m benchmarks.growth --out FILE.json`: DCGAN under WGAN-GP against the batch and against the
resolution, the critic as it is and under `gan_jax.networks.checkpointed`.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import jax
import jax.numpy as jnp
import optax

from benchmarks.timing import timed
from benchmarks.variants import machine
from gan_jax import families, networks, priors
from gan_jax.data import Spec
from gan_jax.game import Game, bind, init, move

LATENT, WIDTH = 64, 32
BATCH, BATCHES = 16, (8, 16, 32, 64, 128)
RESOLUTION, RESOLUTIONS = 32, (16, 32, 64, 128)
COLUMNS = ("checkpointed", "resolution", "batch", "seconds_per_image", "mebibytes")


def game(resolution: int, checkpointed: bool) -> Game:
    """WGAN-GP with the networks of DCGAN; the critic keeps nothing for its gradients, if asked."""
    spec = Spec((resolution, resolution, 3), scale=1.0, offset=0.0)
    generator, critic = networks.dcgan_pair(spec, latent=LATENT, width=WIDTH)
    return families.wgan_gp(
        generator,
        networks.checkpointed(critic) if checkpointed else critic,
        prior=priors.normal(LATENT),
        generator_optimizer=optax.adam(1e-4),
        critic_optimizer=optax.adam(1e-4),
    )


def compiled(played: Game, batch: int, resolution: int) -> tuple[jax.stages.Compiled, tuple]:
    """A move of the critic on fakes of its own, and its arguments."""

    def play(state, keys, real):
        drawn = played.players["critic"].draw(bind(played, state), keys[0], {"real": real})
        return move(played, "critic", state, keys[1], drawn)

    state = jax.jit(lambda key: init(played, key))(jax.random.key(0))
    keys = jax.random.split(jax.random.key(1), (2, batch))
    real = jnp.zeros((batch, resolution, resolution, 3))
    return jax.jit(play).lower(state, keys, real).compile(), (state, keys, real)


def measured(resolution: int, batch: int, checkpointed: bool, rounds: int) -> dict:
    """A row: the median time, and the memory that the program needs beyond its arguments."""
    program, arguments = compiled(game(resolution, checkpointed), batch, resolution)
    play: Callable = lambda: jax.block_until_ready(program(*arguments))
    play()
    seconds = median(timed(play) for _ in range(rounds))
    return {
        "checkpointed": checkpointed,
        "resolution": resolution,
        "batch": batch,
        "seconds_per_image": seconds / batch,
        "mebibytes": program.memory_analysis().temp_size_in_bytes / 2**20,
    }


def points(largest: int) -> Iterator[tuple[int, int]]:
    """Resolution and batch: first the one grows, then the other."""
    yield from ((RESOLUTION, batch) for batch in BATCHES)
    yield from ((size, BATCH) for size in RESOLUTIONS if size <= largest and size != RESOLUTION)


def main() -> None:
    """Measures, prints a line a row and writes the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=RESOLUTIONS[-1], help="resolution")
    parser.add_argument("--out", type=Path, help="a JSON file for the rows")
    chosen = parser.parse_args()
    print(*COLUMNS)
    rows = []
    for resolution, batch in points(chosen.largest):
        for checkpointed in (False, True):
            rows.append(measured(resolution, batch, checkpointed, chosen.rounds))
            print(*(f"{rows[-1][column]:.4g}" for column in COLUMNS))
    about = machine()
    if chosen.out:
        chosen.out.write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
