"""Penalties to penalties: the sum of several, and one that is looked at only now and then."""

import jax
import jax.numpy as jnp

from gan_jax.keys import apart
from gan_jax.losses.penalties import Penalty
from gan_jax.optimizers import scheduled


def total(*penalties: Penalty) -> Penalty:
    """sum_i weight_i * value_i, each penalty with keys and, if it has one, a schedule of its own.

    Raises:
      ValueError: what is given are not penalties.

    >>> from gan_jax.losses import gradient_penalty, zero_centred
    >>> critic = lambda x: x @ jnp.array([3.0, 4.0])  # a slope of 5 everywhere
    >>> keys, x = jax.random.split(jax.random.key(0), 2), jnp.ones((2, 2))
    >>> both = total(gradient_penalty(1.0), zero_centred(2.0))
    >>> float(both(critic, keys, x, -x))  # 16 + 25
    41.0
    """
    if not penalties or not all(isinstance(penalty, Penalty) for penalty in penalties):
        raise ValueError(f"A total is of penalties such as gradient_penalty(); given: {penalties}.")

    def draw(keys, real):
        keys = apart(keys, len(penalties))
        return tuple(p.draw(own, real) for p, own in zip(penalties, keys, strict=True))

    def value(critic, drawn, real, fake, step):
        terms = (
            scheduled(penalty.weight, step) * penalty.value(critic, own, real, fake, step)
            for penalty, own in zip(penalties, drawn, strict=True)
        )
        return sum(terms)

    return Penalty(value, 1.0, any(penalty.separate for penalty in penalties), draw)


def lazily(penalty: Penalty, every: int = 16) -> Penalty:
    """The penalty in each `every`-th step only, and there `every` times as heavy.

    Lazy regularisation, Karras et al. 2019, arXiv:1912.04958, section 3.1, where R1 has 16: the
    mean over a multiple of `every` steps is the same (over another number it is more, as step 0 has
    it), and in the steps between it costs nothing. All moves of a step have it or have it not.
    Replicas in one `vmap` pay for it in every step.
    Differs from the paper: the term is part of one loss with the others, not a move of its own, so
    the optimizer's numbers stay as they are.

    Args:
      penalty: any.
      every: steps from one time to the next, beginning with step 0.

    Raises:
      ValueError: no penalty, or `every` is no whole number of 1 or more.

    >>> from gan_jax.losses import zero_centred
    >>> penalty = lazily(zero_centred(), 4)
    >>> critic, x = lambda x: x @ jnp.array([3.0, 4.0]), jnp.ones((2, 2))
    >>> [float(penalty(critic, None, x, None, step)) for step in range(5)]
    [50.0, 0.0, 0.0, 0.0, 50.0]
    """
    if not isinstance(penalty, Penalty) or not isinstance(every, int) or every < 1:
        raise ValueError(
            "lazily takes a penalty and a whole number of steps, 1 or more; given: "
            f"{penalty!r}, {every!r}."
        )

    def value(critic, drawn, real, fake, step):
        due = lambda: every * penalty.value(critic, drawn, real, fake, step)
        nothing = jax.eval_shape(due)  # which knows, as zero does not, if it varies over devices
        return jax.lax.cond(step % every == 0, due, lambda: jnp.zeros_like(nothing))

    return penalty._replace(value=value)
