"""Priors: functions from keys, one for each example, to latents, so that an example owns its noise.

A prior is `keys [B] -> latents [B, ...]`; drawing key by key is as fast as one large draw, and the
numbers do not depend on the batch in which an example stands.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gan_jax import ranges
from gan_jax.keys import apart

Prior = Callable[[jax.Array], jax.Array]


@dataclass(frozen=True)
class Normal:
    """What `normal` returns: a prior that can be truncated."""

    shape: tuple[int, ...]
    deviation: float = 1.0

    def __call__(self, keys: jax.Array) -> jax.Array:
        return jax.vmap(lambda key: self.deviation * jax.random.normal(key, self.shape))(keys)

    def truncated(self, threshold: float) -> Prior:
        """The same given |z_i| <= threshold * deviation, see `truncated`."""
        ranges.positive("threshold of the truncated prior", threshold)
        draw = lambda key: jax.random.truncated_normal(key, -threshold, threshold, self.shape)
        return jax.vmap(lambda key: self.deviation * draw(key))


def normal(*shape: int, deviation: float = 1.0) -> Normal:
    """z ~ N(0, deviation^2 I) of this shape, such as `size` or `steps, size`: `keys [B] -> z`.

    >>> keys = jax.random.split(jax.random.key(0), 5)
    >>> normal(3)(keys).shape, normal(30, 3)(keys).shape
    ((5, 3), (5, 30, 3))
    """
    _positive(*shape)
    return Normal(shape, ranges.not_negative("deviation of a normal prior", deviation))


@dataclass(frozen=True)
class Uniform:
    """What `uniform` returns: a prior whose ends are known."""

    size: int
    low: float = -1.0
    high: float = 1.0

    def __call__(self, keys: jax.Array) -> jax.Array:
        ends = {"minval": self.low, "maxval": self.high}
        return jax.vmap(lambda key: jax.random.uniform(key, (self.size,), **ends))(keys)


def uniform(size: int, low: float = -1.0, high: float = 1.0) -> Uniform:
    """z ~ U(low, high) in each of `size` dimensions: `keys [B] -> z [B, size]`."""
    _positive(size)
    ranges.positive("width of a uniform prior", high - low)
    return Uniform(size, low, high)


def mixture(centres: ArrayLike, deviation: float = 1.0) -> Callable[..., jax.Array]:
    """N(centre, deviation^2 I) around one of K centres: `(keys [B], labels [B]) -> z [B, d]`.

    Without labels, `keys [B] -> z [B, d]`, every centre is as likely. So a class has a place in a
    latent space, and a sample of any class is a sample of the whole.
    A label of no centre gives NaN.

    Args:
      centres: `[K, d]`.
      deviation: of each component, in each dimension.

    >>> circle = jnp.linspace(0, 2 * jnp.pi, 10, endpoint=False)
    >>> prior = mixture(4 * jnp.stack([jnp.cos(circle), jnp.sin(circle)], axis=1), 0.5)
    >>> prior(jax.random.split(jax.random.key(0), 5)).shape
    (5, 2)
    """
    centres = jnp.asarray(centres, jnp.float32)
    if centres.ndim != 2:
        raise ValueError(f"The centres of a mixture are [K, d]; given: shape {centres.shape}.")
    noise = normal(centres.shape[1], deviation=deviation)
    choose = categorical([1] * len(centres))

    def draw(keys, labels=None):
        if labels is not None:
            return centres.at[labels].get(mode="fill") + noise(keys)
        chosen, keys = apart(keys)
        return centres[choose(chosen)] + noise(keys)

    return draw


def swiss_roll(
    classes: int = 1, *, turns: float = 2.0, radius: float = 10.0, deviation: float = 0.5
) -> Callable[..., jax.Array]:
    """A spiral in the plane, of even density: `keys [B] -> z [B, 2]`, or `(keys, labels) -> z`.

    `z = radius r (cos 2 pi turns r, sin 2 pi turns r) + noise`, `r = sqrt((label + u) / classes)`,
    `u ~ U(0, 1)`: as Makhzani et al. 2015, arXiv:1511.05644, figure 4, a stretch for each label,
    and without labels all of it. The paper does not give its formula.

    Args:
      classes: how many stretches there are; a label is from 0 to that less 1.
      turns: around the origin.
      radius: of the end.
      deviation: of the noise, in each dimension.

    >>> roll = swiss_roll(10)(jax.random.split(jax.random.key(0), 5), jnp.full(5, 9))
    >>> roll.shape, bool((jnp.hypot(*roll.T) > 8).all())
    ((5, 2), True)
    """
    if classes < 1:
        raise ValueError(f"A swiss roll has 1 class or more; given: {classes}.")
    ranges.positive("number of turns of a swiss roll", turns)
    ranges.positive("radius of a swiss roll", radius)
    noise = normal(2, deviation=deviation)

    def draw(keys, labels=None):
        places, keys = apart(keys)
        share = jax.vmap(jax.random.uniform)(places)
        along = jnp.sqrt(share if labels is None else (labels + share) / classes)
        angle = 2 * jnp.pi * turns * along
        spiral = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)
        return radius * along[:, None] * spiral + noise(keys)

    return draw


def gumbel(*shape: int) -> Prior:
    """g = -log(-log u), u ~ U(0, 1), of this shape: `argmax(logits + g)` draws by `logits`."""
    _positive(*shape)
    return jax.vmap(lambda key: jax.random.gumbel(key, shape))


def together(*priors: Prior) -> Prior:
    """A latent of each prior, independent: `keys [B] -> (z, ...)`, for networks that take several.

    >>> z, noise = together(normal(3), gumbel(4, 2))(jax.random.split(jax.random.key(0), 5))
    >>> z.shape, noise.shape
    ((5, 3), (5, 4, 2))
    """

    def draw(keys):
        own = apart(keys, len(priors))
        return tuple(prior(keys) for prior, keys in zip(priors, own, strict=True))

    return draw


def truncated(size: int, threshold: float) -> Prior:
    """z ~ N(0, I) given |z_i| <= threshold in each of `size` dimensions: `keys [B] -> z [B, size]`.

    The truncation trick of Brock et al. 2018, arXiv:1809.11096, section 3.1, which draws entries
    beyond the threshold again until there are none: a generator trained under `normal` and sampled
    under this prior gives better samples of less variety.

    Args:
      size: dimensions.
      threshold: above 0; the less, the less variety.

    >>> z = truncated(3, 0.5)(jax.random.split(jax.random.key(0), 100))
    >>> z.shape, bool(abs(z).max() <= 0.5)
    ((100, 3), True)
    """
    return normal(size).truncated(threshold)


def categorical(frequencies: Sequence[float]) -> Prior:
    """Labels with the given frequencies: `keys [B] -> labels [B]`, int32 from 0.

    Raises:
      ValueError: a frequency is negative or not finite, or all are zero.
    """
    if not (min(frequencies) >= 0 and 0 < sum(frequencies) < math.inf):
        raise ValueError(f"Frequencies are not negative and not all zero; given: {frequencies}.")
    logits = jnp.log(jnp.asarray(frequencies, jnp.float32))
    return jax.vmap(lambda key: jax.random.categorical(key, logits))


def _positive(*shape: int) -> None:
    if min(shape, default=0) < 1:
        given = ", ".join(map(str, shape))
        raise ValueError(f"A prior has 1 dimension or more; given: {given}.")
