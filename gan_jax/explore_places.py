"""`gan-jax explore RUN interpolate | arithmetic | walk | codes`: places in a latent space."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.exploring import asked, opened, samples


@dataclasses.dataclass(frozen=True)
class Ways:
    """From where to where."""

    samples: str = "0..4"
    """Numbers of samples, as `gan-jax sample` draws them from the seed: from each to the next."""
    frames: int = 9
    """Of each way, both ends included."""


def interpolate(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN interpolate [flags]"""
    given = asked(words, "interpolate", Ways)
    ways = given.settings
    chosen = samples(ways.samples, "samples", fewest=2)
    if ways.frames < 3:
        raise UsageError(f"--frames is {ways.frames}: it must be 3 or more, both ends included.")
    from gan_jax.latents import between, lerp, suited, unevenness

    for explored in opened(folder, given):
        latents, shares = explored.named(chosen)
        way = suited(explored.maker.prior)
        legs = lambda ends, way: np.concatenate(
            [between(*pair, ways.frames, way) for pair in pairwise(ends)]
        )
        latents, shares = legs(latents, way), None if shares is None else legs(shares, lerp)
        made = explored.make(latents, shares)
        worst = max(map(unevenness, made.reshape(-1, ways.frames, *made.shape[1:])))
        said = f"by {way.__name__}, the largest step {worst:.3g} times the median of its way"
        explored.write(made, ways.frames, latents, shares, said)
