"""The latent of an individual from its recipe and its parents' latents: always the same bits."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

import jax
import numpy as np

from gan_jax import breeding
from gan_jax.keys import apart, numbered, stream
from gan_jax.lineage import Individual
from gan_jax.making import Maker
from gan_jax.sampling import BLOCK

MOST = BLOCK
"""Individuals of a generation at most: one pass of the network."""


def grown(child: Individual, parents: Sequence[np.ndarray], maker: Maker) -> np.ndarray:
    """The latent that an individual hands down, `[1, ...]`; no truncation is part of it.

    One at a time, so that the bits do not depend on its siblings.

    Args:
      child: the recipe.
      parents: latents of its parents, `[1, ...]` each.
      maker: of the checkpoint that the recipe names.
    """
    if child.operation == "draw":
        return maker.latents(child.seed, MOST)[0][child.index][None]
    if child.operation == "edit":
        along = direction(child).reshape(parents[0].shape[1:])
        return breeding.edited(parents[0], along, child.numbers["amount"], maker.prior)
    mixing, mutating, _ = keys(child.parents, child.seed, child.index)
    mixed = parents[0]
    if child.operation == "cross":
        mixed = breeding.crossed(mixing, *parents, child.numbers["rate"])
    if child.operation == "blend":
        mixed = breeding.blended(mixing, *parents, maker.prior, child.numbers["rate"])
    return breeding.mutated(mutating, mixed, maker.prior, child.numbers["mutation"])


def shown(individual: Individual, genome: np.ndarray, maker: Maker) -> np.ndarray:
    """The latent that its picture is made of: truncated, if the recipe says so."""
    truncation = individual.numbers.get("truncation")
    return genome if truncation is None else breeding.typical(genome, maker.prior, truncation)


def text(direction: np.ndarray) -> str:
    """A direction as a recipe keeps it: its float32 numbers in base64."""
    return base64.b64encode(np.asarray(direction, "<f4").tobytes()).decode()


def direction(individual: Individual) -> np.ndarray:
    """What `text` made a word of, `[D]`."""
    return np.frombuffer(base64.b64decode(individual.direction), "<f4")


def keys(parents: Sequence[str], seed: int, index: int) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Keys `[1]` of a child: for its mixing, its mutation and its label.

    They depend on the parents, since a child's noise may not be that of its parent, whatever the
    seeds; and on no other number, so that a little more mutation gives much the same child.
    """
    family = hashlib.sha256(" ".join(parents).encode()).digest()[:8]
    words = np.frombuffer(family, "<u4")
    return _split(np.uint32(seed), words, np.uint32(index))


@jax.jit
def _split(seed, family, index):
    key = stream(jax.random.key(seed), "breed")
    for word in family:
        key = jax.random.fold_in(key, word)
    return apart(numbered(key, index, 1), 3)
