"""Packing: a critic that judges several examples at once; a function from networks to networks."""

import jax

from gan_jax.game import Network
from gan_jax.networks.labels import one_hot


def packed(critic: Network, count: int, classes: int = 0) -> Network:
    """One score for each pack of `count` examples that stand together in the minibatch.

    PacGAN, Lin et al. 2017, arXiv:1712.04086: the critic sees a pack joined along the
    channels, and so sees at once if a generator makes always the same. All examples of a pack are
    real, or all are fake; the generator, the losses and the prior stay as they are.

    Under a penalty a pack is one example: its slope is that in all of its examples, and the
    interpolation of `gradient_penalty` has one share for it. `checkpointed` goes inside.

    Args:
      critic: made for packs: where examples are `[H, W, C]`, for `[H, W, count * C]`, and where
        there are labels, for `count * classes` of them.
      count: examples in a pack, which divides the minibatch of each device; the paper's 2 to 4.
      classes: of labels `[B]`, which a pack holds one-hot; without any, labels are refused.

    Returns:
      A network from examples `[B, ..., C]` to scores `[B / count]`.

    Raises:
      ValueError: a count below 1; and when called, a batch that it does not divide, or labels.

    >>> import jax.numpy as jnp
    >>> sums = Network(lambda key: ({}, {}), lambda params, stats, x: x.sum(-1))
    >>> packed(sums, 2).apply({}, {}, jnp.array([[1.0], [2.0], [3.0], [4.0]])).tolist()
    [3.0, 7.0]
    """
    check_pack(count)
    hot = lambda x: one_hot(x, classes, "float32") if classes and x.ndim == 1 else x
    join = lambda x: _joined(hot(x), count)
    both = lambda function: function and (lambda p, s, *x: function(p, s, *map(join, x)))
    return critic._replace(apply=both(critic.apply), settle=both(critic.settle))


def check_pack(count: int) -> None:
    """Refuses a pack of no examples."""
    if not isinstance(count, int) or count < 1:
        raise ValueError(f"A pack has a whole number of examples, 1 or more; given: {count!r}.")


def _joined(x: jax.Array, count: int) -> jax.Array:
    """`[B, ..., C]` to `[B / count, ..., count * C]`."""
    if x.ndim < 2 or len(x) % count:
        raise ValueError(
            f"Packs of {count} are made of examples [B, ..., C]; given: shape {x.shape}. Take a "
            f"batch of which each device has a multiple of {count}."
        )
    packs = jax.numpy.moveaxis(x.reshape(-1, count, *x.shape[1:]), 1, -2)
    return packs.reshape(*packs.shape[:-2], -1)
