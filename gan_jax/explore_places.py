"""`gan-jax explore RUN interpolate | arithmetic`: ways and sums in a latent space."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.explore_flags import asked, samples
from gan_jax.exploring import opened


@dataclasses.dataclass(frozen=True)
class Ways:
    """From where to where."""

    samples: str = "0..4"
    """Numbers of samples, as `gan-jax sample` draws them from the seed: from each to the next."""
    frames: int = 9
    """Of each way, both ends included."""


@dataclasses.dataclass(frozen=True)
class Sum:
    """Of which exemplars."""

    exemplars: str = "0,1,2 - 3,4,5 + 6,7,8"
    """Numbers of samples of each kind, as `gan-jax sample` draws them from the seed; their means
    are added and subtracted."""


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


def arithmetic(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN arithmetic [flags]"""
    given = asked(words, "arithmetic", Sum)
    groups, signs = expression(given.settings.exemplars)
    from gan_jax.latents import combined, shares_of
    from gan_jax.priors import Normal

    sizes = [len(group) for group in groups]
    for explored in opened(folder, given):
        normal = isinstance(explored.maker.prior, Normal)

        def summed(exemplars, normal=normal):
            """Of each kind the exemplars and their mean; at last the result."""
            kinds = np.split(exemplars, np.cumsum(sizes)[:-1])
            mean = lambda kind: combined([kind], [1], normal=normal)[None]
            rows = [part for kind in kinds for part in (kind, mean(kind))]
            return np.concatenate([*rows, combined(kinds, signs, normal=normal)[None]])

        latents, shares = explored.named(list(chain(*groups)))
        latents = summed(latents)
        shares = None if shares is None else shares_of(summed(shares, normal=False))
        made = explored.make(latents, shares)
        said = f"the last of them {given.settings.exemplars}"
        explored.write(made, _sums(sizes), latents, shares, said)


def expression(given: str) -> tuple[list[list[int]], list[int]]:
    """Groups of numbers, and the sign of each.

    Raises:
      UsageError: it is no such expression.

    >>> expression("0,3 - 4..6+2")
    ([[0, 3], [4, 5, 6], [2]], [1, -1, 1])
    """
    first, *rest = re.split(r"([+-])", given)
    words = [word.replace(" ", "") for word in (first, *rest[1::2])]
    if not all(words):
        raise UsageError(f"--exemplars is {given!r}: give samples on both sides of every + and -.")
    signs = [1, *(1 if sign == "+" else -1 for sign in rest[::2])]
    return [samples(word, "exemplars") for word in words], signs


def _sums(sizes: Sequence[int]) -> np.ndarray:
    """A row for each kind, with the mean at its end, and below the means the result."""
    layout, first = np.full((len(sizes) + 1, max(sizes) + 1), -1), 0
    for row, size in zip(layout, sizes, strict=False):
        row[:size], row[-1] = np.arange(first, first + size), first + size
        first += size + 1
    layout[-1, -1] = first
    return layout
