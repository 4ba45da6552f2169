"""Crossbreeding of latents: children near a parent, mixtures of two, and edits along a direction.

As in Ganbreeder (Simon 2018, now Artbreeder), which breeds by small changes and by mixtures. Here a
child of independent parents of the prior is itself of the prior, exactly, however it was bred; of
relatives very nearly. So children of children stay within what the generator was trained on. What
is smooth is done where the prior is normal: a uniform latent goes there by its distribution
function, and back.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import ranges
from gan_jax.errors import UsageError
from gan_jax.latents import slerp
from gan_jax.priors import Normal, Prior, Uniform, normal

EDGE = 2.0**-26
"""Half a step of float32 below 1: how near to its ends a uniform latent goes."""


def check(prior: Prior) -> Normal | Uniform:
    """The prior itself, if its latents can be bred.

    Raises:
      UsageError: it is neither normal nor uniform.
    """
    if isinstance(prior, Normal | Uniform):
        return prior
    raise UsageError(
        "Breeding needs a normal or a uniform prior, by which children can be of the prior as "
        "their parents are; the prior of this model is another."
    )


def mutated(keys: jax.Array, latents: np.ndarray, prior: Prior, mutation: float) -> np.ndarray:
    """A child near each parent: `cos(a) z + sin(a) noise`, with `a = mutation pi / 2`.

    It is the proposal of Neal 1998, "Regression and classification using Gaussian process priors",
    equation 15, which leaves the prior as it is.

    Args:
      keys: of the children, `[B]`; consumed.
      latents: of the parents, `[B, ...]`.
      prior: of the latents, `priors.normal` or `priors.uniform`.
      mutation: from 0, the parent itself, to 1, a fresh draw of the prior.

    >>> from gan_jax import priors
    >>> keys, z = jax.random.split(jax.random.key(0), 2), np.float32([[1, 2], [3, 4]])
    >>> mutated(keys, z, priors.normal(2), 0.0).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    angle = ranges.share("mutation", mutation) * math.pi / 2
    noise = np.asarray(normal(*np.shape(latents)[1:])(keys), np.float64)
    return _back(math.cos(angle) * _normal(latents, prior) + math.sin(angle) * noise, prior)


def crossed(keys: jax.Array, one: np.ndarray, other: np.ndarray, rate: float) -> np.ndarray:
    """Uniform crossover (Syswerda 1989): each gene is that of `other` by a chance of `rate`.

    Args:
      keys: of the children, `[B]`; consumed.
      one: latents of the first parents, or their labels, `[B, ...]`.
      other: of the second parents.
      rate: from 0, the first parent itself, to 1, the second.
    """
    ranges.share("rate", rate)
    chance = jax.vmap(lambda key: jax.random.uniform(key, np.shape(one)[1:]))(keys)
    return np.where(np.asarray(chance) < rate, other, one)


def blended(
    keys: jax.Array, one: np.ndarray, other: np.ndarray, prior: Prior, rate: float
) -> np.ndarray:
    """Between two parents: the direction by `slerp`, the length that of one of them.

    The direction of independent normal parents is uniform on the sphere, at any share of the way;
    its length would vary less than the prior's, were it between those of the parents. So it is that
    of `other` by a chance of `rate`. Latents of one number have no arc between them: they are
    `crossed`. Opposite parents of more numbers, whom chance does not bring together, have no one
    arc: their children lie on the line between them.

    Args:
      keys: of the children, `[B]`; consumed.
      one: latents of the first parents, `[B, ...]`; of several axes they are one vector.
      other: of the second parents.
      prior: of the latents, `priors.normal` or `priors.uniform`.
      rate: from 0, the first parent itself, to 1, the second.
    """
    ranges.share("rate", rate)
    if np.size(one) == len(one):
        return crossed(keys, one, other, rate)
    ends = [_normal(latents, prior).reshape(len(latents), -1) for latents in (one, other)]
    lengths = [np.linalg.norm(end, axis=1, keepdims=True) for end in ends]
    units = [jnp.float32(end / length) for end, length in zip(ends, lengths, strict=True)]
    direction = np.asarray(slerp(*units, rate), np.float64)
    return _back((direction * crossed(keys, *lengths, rate)).reshape(np.shape(one)), prior)


def edited(latents: np.ndarray, direction: np.ndarray, amount: float, prior: Prior) -> np.ndarray:
    """Genes changed on purpose: `z + amount direction`, no further than a uniform prior goes.

    Args:
      latents: `[B, ...]`.
      direction: of one latent, `[...]`.
      amount: how far, in lengths of the direction.
      prior: of the latents.

    >>> from gan_jax import priors
    >>> edited(np.float32([[0.5, 0.5]]), np.float32([1, 0]), 3.0, priors.uniform(2)).tolist()
    [[1.0, 0.5]]
    """
    moved = np.asarray(latents, np.float64) + amount * np.asarray(direction, np.float64)
    moved = np.clip(moved, prior.low, prior.high) if isinstance(prior, Uniform) else moved
    return moved.astype(np.float32)


def typical(latents: np.ndarray, prior: Prior, truncation: float) -> np.ndarray:
    """Normal latents, each entry moved to where its rank is in the normal law cut at `truncation`.

    So latents of the prior become latents of `Normal.truncated`, and those of a child stay near
    those of its parent; the truncation trick (Brock et al. 2018, arXiv:1809.11096, section 3.1)
    draws again instead, which would make another individual of it.

    Args:
      latents: `[B, ...]`.
      prior: of them, `priors.normal`.
      truncation: the largest entry, in standard deviations, above 0.

    Raises:
      UsageError: the prior is not normal.
      ValueError: a truncation that is no number above 0.
    """
    from scipy.special import ndtr, ndtri

    if not isinstance(prior, Normal):
        raise UsageError("The prior of this model is not normal, and cannot be truncated.")
    ranges.positive("truncation", truncation)
    entries = _normal(latents, prior)
    beyond = ndtr(-truncation)
    cut = ndtri(beyond + (1 - 2 * beyond) * ndtr(-np.abs(entries)))
    return _back(-np.sign(entries) * np.clip(cut, -truncation, 0), prior)


def _normal(latents: np.ndarray, prior: Normal | Uniform) -> np.ndarray:
    """The latents as they would be under a standard normal prior, float64."""
    from scipy.special import ndtri

    latents = np.asarray(latents, np.float64)
    if isinstance(prior, Normal):
        return latents / prior.deviation
    return ndtri(np.clip((latents - prior.low) / (prior.high - prior.low), EDGE, 1 - EDGE))


def _back(latents: np.ndarray, prior: Normal | Uniform) -> np.ndarray:
    """What `_normal` undoes, float32."""
    from scipy.special import ndtr

    if isinstance(prior, Normal):
        return (latents * prior.deviation).astype(np.float32)
    return (prior.low + (prior.high - prior.low) * ndtr(latents)).astype(np.float32)
