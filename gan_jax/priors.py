"""Priors: functions from keys, one for each example, to latents, so that an example owns its noise.

A prior is `keys [B] -> latents [B, ...]`; drawing key by key is as fast as one large draw, and the
numbers do not depend on the batch in which an example stands.
"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

Prior = Callable[[jax.Array], jax.Array]


def normal(size: int, deviation: float = 1.0) -> Prior:
    """z ~ N(0, deviation^2 I) in `size` dimensions: `keys [B] -> z [B, size]`.

    >>> normal(3)(jax.random.split(jax.random.key(0), 5)).shape
    (5, 3)
    """
    _positive(size)
    return jax.vmap(lambda key: deviation * jax.random.normal(key, (size,)))


def uniform(size: int, low: float = -1.0, high: float = 1.0) -> Prior:
    """z ~ U(low, high) in each of `size` dimensions: `keys [B] -> z [B, size]`."""
    _positive(size)
    return jax.vmap(lambda key: jax.random.uniform(key, (size,), minval=low, maxval=high))


def categorical(frequencies: Sequence[float]) -> Prior:
    """Labels with the given frequencies: `keys [B] -> labels [B]`, int32 from 0.

    Raises:
      ValueError: a frequency is negative, or all are zero.
    """
    if min(frequencies) < 0 or sum(frequencies) <= 0:
        raise ValueError(f"Frequencies are not negative and not all zero; given: {frequencies}.")
    logits = jnp.log(jnp.asarray(frequencies, jnp.float32))
    return jax.vmap(lambda key: jax.random.categorical(key, logits))


def _positive(size: int) -> None:
    if size < 1:
        raise ValueError(f"A prior has 1 dimension or more; given: {size}.")
