"""`gan-jax explore RUN directions`: rows along which a generator changes most."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.explore_flags import FURTHEST, asked
from gan_jax.exploring import Explored, opened

FACTORED = 16_384
"""Numbers in the latents, 8 or more, over which the directions of normalised ones are found, to
which their mean only tends; of others one latent would do."""
COMPARED = 2048
"""Latents whose activations have the principal components."""


@dataclasses.dataclass(frozen=True)
class Directions:
    """Which directions, and how far."""

    method: Literal["sefa", "pca"] = "sefa"
    """Of the weights that take the latents (Shen and Zhou 2020), or of the principal components of
    what the generator makes of them (Harkonen et al. 2020)."""
    layer: int | None = None
    """With pca: a layer by its number, from 0, in the order of computation; the samples themselves
    if not given."""
    count: int = 5
    """How many at most, the strongest first; a row each."""
    frames: int = 7
    """Of a row."""
    reach: float = 3.0
    """How far a row goes to both sides, in deviations of the prior."""
    sample: int = 0
    """The number of the sample in the middle."""


def directions(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN directions [flags]"""
    given = asked(words, "directions", Directions)
    wanted = given.settings
    _check(wanted)
    for explored in opened(folder, given):
        latents, shares = explored.named([wanted.sample])
        if latents.ndim != 2:
            raise UsageError(
                f"A latent of this model has the shape {latents.shape[1:]}: directions are of "
                "vectors."
            )
        label = None if shares is None else np.int32(shares.argmax(axis=1))
        generate = lambda z, explored=explored, label=label: explored.maker.traced(
            z, *(() if label is None else (np.repeat(label, len(z)),))
        )
        rows = _found(explored, generate, wanted)
        scales = np.linspace(-wanted.reach, wanted.reach, wanted.frames, dtype=np.float32)
        scales = scales * _deviations(explored, rows)[:, None]
        moved = (latents[:, None] + scales[..., None] * rows[:, None]).reshape(-1, rows.shape[1])
        shares = None if shares is None else np.repeat(shares, len(moved), axis=0)
        said = f"a row for each of {len(rows)} directions, by {wanted.method}"
        made = explored.make(moved, shares)
        explored.write(made, wanted.frames, moved, shares, said, directions=rows)


def _check(wanted: Directions) -> None:
    for name, least in (("count", 1), ("frames", 2), ("sample", 0), ("layer", 0)):
        value = getattr(wanted, name)
        if value is not None and not least <= value < FURTHEST:
            raise UsageError(f"--{name} is {value}: it must be {least} or more.")
    if not 0 < wanted.reach < np.inf:
        raise UsageError(f"--reach is {wanted.reach}: it must be a number above 0.")
    if wanted.layer is not None and wanted.method != "pca":
        raise UsageError("--layer is of --method pca: sefa takes the first layers.")


def _found(explored: Explored, generate: Callable, wanted: Directions) -> np.ndarray:
    """The directions, `[count, d]`."""
    from gan_jax.directions import principal, sefa

    if wanted.method == "sefa":
        size = explored.maker.latents(explored.seed, 1)[0].shape[1]
        drawn = explored.maker.latents(explored.seed, max(8, FACTORED // size))[0]
        return sefa(generate, drawn)[0][: wanted.count]
    drawn = explored.maker.latents(explored.seed, COMPARED)[0]
    count = min(wanted.count, drawn.shape[1])
    return principal(_seen(generate, drawn, wanted.layer), drawn, count)


def _seen(generate: Callable, latents: np.ndarray, layer: int | None) -> np.ndarray:
    """What PCA is of: the samples, or what a layer makes."""
    import jax

    from gan_jax.activations import layers
    from gan_jax.encoding import in_blocks

    if layer is None:
        return in_blocks(jax.jit(generate), latents)
    there = len(jax.eval_shape(lambda z: [x.value for x in layers(generate, z)], latents[:1]))
    if layer >= there:
        raise UsageError(f"--layer is {layer}: the generator has {there} layers outside of loops.")
    one = lambda z: layers(generate, z[None])[layer].value.ravel()
    return in_blocks(jax.jit(jax.vmap(one)), latents)


def _deviations(explored: Explored, rows: np.ndarray) -> np.ndarray:
    """Of the prior along each direction."""
    from gan_jax.priors import Normal

    if isinstance(explored.maker.prior, Normal):
        return np.full(len(rows), explored.maker.prior.deviation, np.float32)
    return (explored.maker.latents(explored.seed, COMPARED)[0] @ rows.T).std(axis=0)
