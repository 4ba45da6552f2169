"""Surfaces in a latent space: latents in rows and columns."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.stats import norm

from gan_jax.latents import between, combined, slerp
from gan_jax.priors import Normal, Prior


def surface(
    corners: jax.Array, rows: int, columns: int, way: Callable[..., jax.Array] = slerp
) -> jax.Array:
    """Latents `[rows, columns, ...]` between three corners a, b, c and the fourth, `b + c - a`.

    White 2016, arXiv:1609.04468, "J-diagram": along the first row from a to b, along
    the first column from a to c; in the last corner stands the analogy, a to b as c to it.

    Args:
      corners: a, b and c, `[3, ...]`.
      rows: 2 or more.
      columns: 2 or more.
      way: `slerp`, for which the fourth corner gets the root mean square norm of the others, or
        `lerp`, for which all lies in a plane.

    >>> from gan_jax.latents import lerp
    >>> surface(jnp.eye(3), 2, 2, lerp)[1].tolist()
    [[0.0, 0.0, 1.0], [-1.0, 1.0, 1.0]]
    """
    first, right, below = (corner[None] for corner in corners)
    fourth = combined([right, below, first], [1, 1, -1], normal=way is slerp)
    edges = [between(*ends, rows, way) for ends in ((first[0], below[0]), (right[0], fourth))]
    return jax.vmap(lambda start, end: between(start, end, columns, way))(*edges)


def plane(
    latent: jax.Array, axes: tuple[int, int], lines: tuple[jax.Array, jax.Array]
) -> jax.Array:
    """Copies of a latent, two of whose axes go through these values: `[rows, columns, ...]`.

    Args:
      latent: `[..., d]`; of several steps all change alike.
      axes: which two of its last axis, from 0: that along a row, that along a column.
      lines: the values of each, `[columns]` and `[rows]`.

    >>> plane(jnp.zeros(3), (2, 0), (jnp.array([1.0, 2.0]), jnp.array([5.0])))[0].tolist()
    [[5.0, 0.0, 1.0], [5.0, 0.0, 2.0]]
    """
    across, down = lines
    latent = jnp.broadcast_to(latent, (len(down), len(across), *jnp.shape(latent)))
    shape = lambda axis: tuple(-1 if i == axis else 1 for i in range(latent.ndim - 1))
    for axis, line, along in zip(axes, lines, (1, 0), strict=True):
        latent = latent.at[..., axis].set(jnp.reshape(line, shape(along)))
    return latent


def quantiles(values: np.ndarray | None, prior: Prior, count: int) -> np.ndarray:
    """`count` values between each two of which the prior has as much: see `codes.plane`.

    Args:
      values: of one axis of latents drawn from the prior, `[N]`; a normal prior needs none.
      prior: if it is normal, exactly its own; else those of the values.
      count: 1 or more.

    >>> quantiles(np.arange(101.0), lambda keys: keys, 2).tolist()
    [25.0, 75.0]
    """
    shares = (np.arange(count) + 0.5) / count
    if isinstance(prior, Normal):
        return np.float32(prior.deviation * norm.ppf(shares))
    return np.float32(np.quantile(values, shares))
