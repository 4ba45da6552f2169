"""The geometry of latents: ways between them, and sums of them."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax.numerics import wide
from gan_jax.priors import Normal, Prior

NARROW = 1e-4
"""Sine of an angle below which `slerp` is `lerp`."""


def lerp(start: jax.Array, end: jax.Array, share: jax.Array | float) -> jax.Array:
    """`(1 - share) start + share end`, exactly the ends at 0 and 1.

    It stays within a cube, so it suits uniform latents. Between normal ones of many dimensions the
    middle is shorter than almost any that the generator was trained on: see `slerp`.

    Args:
      start: of any shape.
      end: of the same shape.
      share: from 0 to 1 between them; beyond, the line goes on.

    >>> lerp(jnp.array([0.0, 2.0]), jnp.array([4.0, 2.0]), 0.25).tolist()
    [1.0, 2.0]
    """
    return (1 - share) * wide(start) + share * wide(end)


def slerp(start: jax.Array, end: jax.Array, share: jax.Array | float) -> jax.Array:
    """`(sin((1 - share) angle) start + sin(share angle) end) / sin(angle)`, along the last axis.

    Shoemake 1985, "Animating rotation with quaternion curves"; for the latents of generators White
    2016, arXiv:1609.04468. Between ends of one norm all keep it, and the angle grows
    evenly: normal latents of many dimensions lie near a sphere. Where the ends are parallel or
    opposite, so that no arc is defined, it is `lerp`.

    Args:
      start: `[..., d]`.
      end: of the same shape.
      share: from 0 to 1 between them.

    >>> slerp(jnp.array([2.0, 0.0]), jnp.array([0.0, 2.0]), 0.5).round(4)
    Array([1.4142, 1.4142], dtype=float32)
    """
    start, end = wide(start), wide(end)
    unit = lambda x: x / jnp.sqrt(jnp.square(x).sum(-1, keepdims=True) + jnp.finfo(x.dtype).tiny)
    # Half the angle by its sine and cosine: that of the product alone has lost the small ones.
    apart, along = (jnp.linalg.norm(unit(end) + s * unit(start), axis=-1) for s in (-1, 1))
    angle = 2 * jnp.arctan2(apart, along)[..., None]
    sine = jnp.sin(angle)
    straight = sine < NARROW
    weight = lambda part: jnp.sin(part * angle) / jnp.where(straight, 1.0, sine)
    arc = weight(1 - share) * start + weight(share) * end
    return jnp.where(straight, lerp(start, end, share), arc)


def suited(prior: Prior) -> Callable[..., jax.Array]:
    """`slerp` between latents of a normal prior, which lie near a sphere; else `lerp`.

    >>> from gan_jax import priors
    >>> suited(priors.normal(3)) is slerp, suited(priors.uniform(3)) is lerp
    (True, True)
    """
    return slerp if isinstance(prior, Normal) else lerp


def between(
    start: jax.Array, end: jax.Array, frames: int, way: Callable[..., jax.Array] = slerp
) -> jax.Array:
    """Latents from one to another in even steps, both ends included: `[frames, ...]`.

    Args:
      start: one latent, `[...]`; of several axes it is taken as one vector.
      end: of the same shape.
      frames: 2 or more.
      way: `slerp` or `lerp`.

    >>> between(jnp.array([0.0, 2.0]), jnp.array([4.0, 2.0]), 3, lerp).tolist()
    [[0.0, 2.0], [2.0, 2.0], [4.0, 2.0]]
    """
    if frames < 2:
        raise ValueError(f"An interpolation has 2 frames or more, its ends; given: {frames}.")
    flat = jnp.ravel(jnp.asarray(start)), jnp.ravel(jnp.asarray(end))
    rows = jax.vmap(lambda share: way(*flat, share))(jnp.linspace(0, 1, frames))
    return rows.reshape(frames, *jnp.shape(start))


def unevenness(samples: np.ndarray) -> float:
    """The largest step along a way over the median step: `max |x_t+1 - x_t| / median`.

    1 where it changes evenly or not at all; where it jumps, the generator has torn.

    Args:
      samples: `[frames, ...]`, 2 or more.

    >>> unevenness(np.array([[0.0], [1.0], [2.0], [5.0]]))
    3.0
    """
    steps = np.diff(np.float64(samples).reshape(len(samples), -1), axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    if not lengths.max():
        return 1.0
    middle = np.median(lengths)
    return float(lengths.max() / middle) if middle else float("inf")


def combined(groups: Sequence[jax.Array], signs: Sequence[int], *, normal: bool) -> jax.Array:
    """`sum_g sign_g mean(group_g)`: "with glasses - without + another without".

    Radford et al. 2015, arXiv:1511.06434, section 6.3.2 and figure 7: of several exemplars of each
    kind, since one alone gives no stable result.

    Differs from the paper: where the prior is normal, the result is brought to the root mean square
    norm of the exemplars, since nearly all latents are of one norm and means are shorter.

    Args:
      groups: exemplars `[K_g, ...]` of each kind.
      signs: 1 or -1 of each.
      normal: whether the prior is normal.

    >>> groups = [jnp.array([[3.0, 0.0], [1.0, 0.0]]), jnp.array([[0.0, 1.0]])]
    >>> combined(groups, [1, -1], normal=False).tolist()
    [2.0, -1.0]
    """
    groups = [wide(jnp.asarray(group)) for group in groups]
    result = sum(sign * group.mean(0) for sign, group in zip(signs, groups, strict=True))
    if not normal:
        return result
    power = lambda x: jnp.square(x).sum()
    typical = sum(map(power, groups)) / sum(map(len, groups))
    length = jnp.where(power(result) > 0, power(result), 1.0)
    return result * jnp.sqrt(typical / length)


def shares_of(weights: jax.Array) -> jax.Array:
    """Weights of classes `[..., K]` as shares: none below 0, their sum 1; of none, all alike.

    >>> shares_of(jnp.array([[1.0, 1.0, -1.0], [0.0, 0.0, 0.0]])).round(2).tolist()[0]
    [0.5, 0.5, 0.0]
    """
    positive = jnp.maximum(wide(jnp.asarray(weights)), 0)
    whole = positive.sum(-1, keepdims=True)
    return jnp.where(whole > 0, positive / jnp.where(whole > 0, whole, 1), 1 / positive.shape[-1])
