"""Distances between distributions, estimated from minibatches."""

import jax
import jax.numpy as jnp

from gan_jax.losses.penalties import EPSILON
from gan_jax.numerics import wide


def norms(x: jax.Array) -> jax.Array:
    """|x|_2 of each row: `[B, k]` to `[B]`, in at least float32, with a finite slope at zero."""
    return jnp.sqrt(jnp.square(wide(x)).sum(-1) + EPSILON)


def energy_distance(
    real: jax.Array, other_real: jax.Array, fake: jax.Array, other_fake: jax.Array
) -> jax.Array:
    """E|X - Y| + E|X' - Y'| - E|X - X'| - E|Y - Y'|: zero if, and only if, X and Y are alike.

    Szekely and Rizzo 2013, in the form of Bellemare et al. 2017, arXiv:1705.10743. Each
    term pairs the i-th row with the i-th, so that it and its gradient are unbiased.

    Args:
      real: X, `[B, k]`.
      other_real: X', independent of X.
      fake: Y.
      other_fake: Y', independent of Y.

    >>> at = lambda place: jnp.full((4, 1), place)
    >>> round(float(energy_distance(at(0.0), at(0.0), at(3.0), at(3.0))), 4)
    6.0
    """
    between = norms(real - fake) + norms(other_real - other_fake)
    return (between - norms(real - other_real) - norms(fake - other_fake)).mean()
