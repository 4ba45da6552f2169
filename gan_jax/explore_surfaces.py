"""`gan-jax explore RUN walk | codes`: surfaces in a latent space, as grids."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan_jax.data.query import hint
from gan_jax.errors import UsageError
from gan_jax.explore_flags import asked, samples
from gan_jax.exploring import Explored, opened

DRAWN = 4096
"""Latents by which the quantiles of a prior that is not normal are found."""


@dataclasses.dataclass(frozen=True)
class Plane:
    """Through which part of the latent space."""

    samples: str = "0,1,2"
    """Numbers of three samples: the ends of the first row, and the beginning of the last."""
    axes: tuple[int, int] | None = None
    """Two axes of the latent instead, along a row and along a column, as far as the prior goes; the
    rest is the first sample's. 0 1 if not given, where there are only two."""
    rows: int = 9
    """Of the picture."""
    columns: int = 9
    """Of the picture."""


@dataclasses.dataclass(frozen=True)
class Sweep:
    """Which code."""

    code: str = ""
    """A code by name, that varies along a row; the first if not given."""


def walk(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN walk [flags]"""
    given = asked(words, "walk", Plane)
    asked_for = given.settings
    corners = samples(asked_for.samples, "samples")
    if len(corners) != 3 or min(asked_for.rows, asked_for.columns) < 2:
        raise UsageError(
            f"--samples {asked_for.samples} --rows {asked_for.rows} --columns {asked_for.columns}: "
            "give 3 numbers of samples, and 2 or more rows and columns."
        )
    from gan_jax.latents import lerp, shares_of, suited
    from gan_jax.surfaces import surface

    for explored in opened(folder, given):
        latents, shares = explored.named(corners)
        axes = asked_for.axes or ((0, 1) if latents.shape[1:] == (2,) else None)
        size, way = (asked_for.rows, asked_for.columns), suited(explored.maker.prior)
        if axes:
            latents = _along(explored, latents[0], axes, size)
            shares = None if shares is None else np.repeat(shares[:1], np.prod(size), axis=0)
        else:
            latents = _flat(surface(latents, *size, way))
            shares = None if shares is None else shares_of(_flat(surface(shares, *size, lerp)))
        explored.write(explored.make(latents, shares), size[1], latents, shares)


def _along(
    explored: Explored, latent: np.ndarray, axes: tuple[int, int], size: tuple[int, int]
) -> np.ndarray:
    """The grid of two axes, to the quantiles of the prior."""
    from gan_jax.priors import Normal
    from gan_jax.surfaces import plane, quantiles

    if not 0 <= min(axes) < max(axes) < latent.shape[-1]:
        raise UsageError(
            f"--axes {axes[0]} {axes[1]}: give two different ones; a latent has "
            f"{latent.shape[-1]}, from 0."
        )
    prior, drawn = explored.maker.prior, None
    if not isinstance(prior, Normal):
        drawn = explored.maker.latents(explored.seed, DRAWN)[0].reshape(-1, latent.shape[-1]).T
    values = lambda axis: None if drawn is None else drawn[axis]
    lines = [quantiles(values(axis), prior, n) for axis, n in zip(axes, size[::-1], strict=True)]
    return _flat(plane(latent, axes, lines))


def _flat(grid) -> np.ndarray:
    """`[rows, columns, ...]` row by row."""
    return np.asarray(grid).reshape(-1, *grid.shape[2:])


def codes(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN codes [flags]"""
    given = asked(words, "codes", Sweep)
    import jax

    from gan_jax.codes import Coded, sweeps

    for explored in opened(folder, given):
        prior, name = explored.maker.prior, given.settings.code
        if not isinstance(prior, Coded):
            raise UsageError(f"The latents of {folder} have no codes: train an InfoGAN.")
        swept = sweeps(prior.noise, prior.codes, jax.random.key(explored.seed))
        name = name or next(iter(swept))
        if name not in swept:
            known = f"{hint(name, swept)}there are {', '.join(swept)}"
            raise UsageError(f"There is no code {name!r}: {known}.")
        latents = np.asarray(swept[name])
        columns = math.isqrt(len(latents))
        shares = explored.named([0])[1]
        shares = None if shares is None else np.repeat(shares, len(latents), axis=0)
        said = f"{name} varies along a row; there are {', '.join(swept)}"
        explored.write(explored.make(latents, shares), columns, latents, shares, said)
