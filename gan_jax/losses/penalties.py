"""Penalties on a critic's slope, each for a callable critic `x [B, ...] -> scores [B]`.

A packed critic gives a score for each pack of examples: a pack is then what has a slope.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

from gan_jax import axis, ranges
from gan_jax.numerics import wide

EPSILON = 1e-12
"""Added to the squared norm inside the root, so that the slope of the root is finite at zero."""


class Penalty(NamedTuple):
    """A term `weight * value(critic, drawn, real, fake, step)` of the critic's loss.

    What it draws does not depend on the critic, so a game draws it once for all moves. To look at
    a penalty by itself, call it: `penalty(critic, keys, real, fake)`.
    """

    value: Callable[..., jax.Array]  # of examples [B, ...]; most heed no step
    weight: float | jax.Array | Callable  # or a schedule, step -> weight
    separate: bool = True  # it needs a critic whose score of an example depends on it alone
    draw: Callable = lambda keys, real: keys  # what is random: of keys [B], for each example

    def __call__(self, critic: Callable, keys, real, fake, step=0) -> jax.Array:
        """The term without its weight, for keys `[B]` and examples `[B, ...]`."""
        return self.value(critic, self.draw(keys, real), real, fake, step)


def squared_slopes(critic: Callable, x: jax.Array) -> jax.Array:
    """|grad_x d(x)|_2^2 of each example, over all axes but the first, in at least float32.

    It is one gradient of the *sum* of the scores, so that a minibatch costs one forward and one
    backward pass; each row of it is the example's own gradient where the critic mixes nothing.

    Args:
      critic: `x [B, ...] -> scores [B]`.
      x: where to take the gradient, `[B, ...]`.

    Returns:
      `[B]`; or one for each pack, of its gradient in all of its examples.

    Raises:
      ValueError: the critic does not give one score for each example or pack.
    """

    def total(x):
        scores = critic(x)
        pack = pack_size(scores, x)
        return wide(scores).sum(), pack

    slope, pack = jax.grad(total, has_aux=True)(x)
    return jnp.square(wide(slope)).sum(range(1, slope.ndim)).reshape(-1, pack).sum(1)


def pack_size(scores: jax.Array, x: jax.Array) -> int:
    """How many of the examples `x [B, ...]` share one of the scores: 1, or those of a pack.

    Raises:
      ValueError: the scores are neither those of examples nor of packs.
    """
    whole = scores.ndim == 1 and 0 < len(scores) <= len(x) and len(x) % len(scores) == 0
    if not whole or (len(scores) == 1 < len(x)):
        raise ValueError(
            f"A critic under a penalty gives one score an example, shape {x.shape[:1]}, or one for "
            f"each of several packs; this one gave shape {scores.shape}: squeeze or reduce its "
            "last axis."
        )
    return len(x) // len(scores)


def gradient_norms(critic: Callable, x: jax.Array) -> jax.Array:
    """|grad_x d(x)|_2 of each example, `[B]`: the root of `squared_slopes` plus `EPSILON`."""
    return jnp.sqrt(squared_slopes(critic, x) + EPSILON)


def shares(keys: jax.Array, real: jax.Array) -> jax.Array:
    """e ~ U(0, 1) for each example, from that example's key: `[B]`."""
    return jax.vmap(lambda key: jax.random.uniform(key, dtype=real.dtype))(keys)


def interpolate(share: jax.Array, real: jax.Array, fake: jax.Array, pack: int = 1) -> jax.Array:
    """e x + (1 - e) G(z) for shares e `[B]`; of a pack, all examples have the e of the first."""
    share = jnp.repeat(share[::pack], pack).reshape(-1, *(1,) * (real.ndim - 1))
    return share * real + (1 - share) * fake


def gradient_penalty(
    weight: float | jax.Array | Callable = 10.0, slope: float = 1.0, *, one_sided: bool = False
) -> Penalty:
    """weight * E (|grad d(e x + (1 - e) G(z))| - slope)^2, one e ~ U(0, 1) for each example.

    Gulrajani et al. 2017, arXiv:1704.00028, eq. 3 and algorithm 1; one-sided, E max(0, |..| -
    slope)^2, in its section 4 and Petzka et al. 2017, arXiv:1709.08894, eq. 8.

    Args:
      weight: lambda; the paper's 10, and 0.1 in its 2-D examples. May be traced, or a schedule.
      slope: the norm that is not punished; the paper's 1.
      one_sided: whether only what is steeper is punished.

    >>> critic = lambda x: x @ jnp.array([3.0, 4.0])  # a slope of 5 everywhere
    >>> keys, x = jax.random.split(jax.random.key(0), 2), jnp.ones((2, 2))
    >>> float(gradient_penalty()(critic, keys, x, -x))
    16.0
    """
    ranges.not_negative("weight of the gradient penalty", weight)
    ranges.not_negative("slope that is not punished", slope)

    def value(critic, share, real, fake, step=0):
        pack = pack_size(jax.eval_shape(critic, real), real)
        excess = gradient_norms(critic, interpolate(share, real, fake, pack)) - slope
        return jnp.square(jax.nn.relu(excess) if one_sided else excess).mean()

    return Penalty(value, weight, draw=shares)


def dragan(
    weight: float | jax.Array | Callable = 10.0, slope: float = 1.0, spread: float = 0.5
) -> Penalty:
    """weight * E (|grad d(x + e)| - slope)^2 near real examples: e ~ spread * std(x) * U(0, 1).

    Kodali et al. 2017, arXiv:1705.07215, for the loss `non_saturating`. The noise is drawn for each
    number of each example; std(x) is one number, of all numbers of the global batch.
    Differs from the paper: e ~ N(0, c I) there; uniform as in public code.

    Args:
      weight: lambda. May be traced, or a schedule.
      slope: k, the norm that is not punished.
      spread: how far around the data, in their standard deviations.

    >>> critic = lambda x: x @ jnp.array([3.0, 4.0])  # a slope of 5 everywhere
    >>> keys = jax.random.split(jax.random.key(0), 2)
    >>> float(dragan()(critic, keys, jnp.ones((2, 2)), None))
    16.0
    """
    ranges.not_negative("weight of the DRAGAN penalty", weight)
    ranges.not_negative("slope that is not punished", slope)
    ranges.not_negative("spread of the noise", spread)

    def draw(keys, real):
        return jax.vmap(lambda key: jax.random.uniform(key, real.shape[1:], real.dtype))(keys)

    def value(critic, noise, real, fake, step=0):
        deviation = jnp.sqrt(axis.mean(jnp.square(real - axis.mean(real.mean())).mean()))
        norms = gradient_norms(critic, real + spread * deviation * noise)
        return jnp.square(norms - slope).mean()

    return Penalty(value, weight, draw=draw)


def zero_centred(
    weight: float | jax.Array | Callable = 10.0, *, real: bool = True, fake: bool = False
) -> Penalty:
    """weight/2 E |grad d(x)|^2 on real examples (R1), on fakes (R2), or the sum of both.

    Mescheder et al. 2018, arXiv:1801.04406, eq. 9 and 10; both at once in R3GAN, Huang et al. 2024,
    arXiv:2501.05441, eq. 4 and 5.

    Args:
      weight: gamma; Mescheder's 10. It must follow the resolution and the norm of the data. May be
        traced, or a schedule.
      real: whether the slope is punished at real examples.
      fake: whether it is punished at fakes.

    Raises:
      ValueError: neither of the two, or a weight below 0.

    >>> critic = lambda x: x @ jnp.array([3.0, 4.0])  # a slope of 5 everywhere
    >>> float(zero_centred()(critic, None, jnp.ones((2, 2)), None))
    12.5
    """
    ranges.not_negative("weight of the zero-centred penalty", weight)
    if not (real or fake):
        raise ValueError("A zero-centred penalty needs a place: real=True, fake=True, or both.")

    def value(critic, drawn, real_examples, fake_examples, step=0):
        places = [x for x, wanted in ((real_examples, real), (fake_examples, fake)) if wanted]
        return sum(squared_slopes(critic, x).mean() for x in places) / 2

    return Penalty(value, weight)
