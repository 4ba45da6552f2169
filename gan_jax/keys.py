"""One key tree: seed -> stream -> step -> player -> move -> one key for each example.

Every random number about an example comes from that example's own key, so that the numbers do not
depend on how a batch is split between devices.
"""

import zlib

import jax

from gan_jax import axis


def stream(key: jax.Array, name: str) -> jax.Array:
    """The key of a named stream (`init`, `data`, `source`, `play`, ...) below `key`."""
    return jax.random.fold_in(key, zlib.crc32(name.encode()))


def numbered(key: jax.Array, first: int, count: int) -> jax.Array:
    """Keys `[count]` of the examples `first, first + 1, ...`: the same key in any batch."""
    indices = jax.numpy.uint32(first) + jax.numpy.arange(count, dtype=jax.numpy.uint32)
    return jax.vmap(lambda index: jax.random.fold_in(key, index))(indices)


def apart(keys: jax.Array, count: int = 2) -> tuple[jax.Array, ...]:
    """`count` independent keys `[B]` for each example in the place of one, which is consumed.

    >>> first, second = apart(jax.random.split(jax.random.key(0), 5))
    >>> first.shape, second.shape
    ((5,), (5,))
    """
    return jax.vmap(lambda key: tuple(jax.random.split(key, count)))(keys)


def per_example(key: jax.Array, *shape: int) -> jax.Array:
    """Keys of shape `shape`, the last axis this device's examples of the global batch.

    Args:
      key: consumed here.
      *shape: leading axes, then the number of examples on this device.
    """
    *leading, examples = shape
    return axis.own(jax.random.split(key, (*leading, examples * axis.size())), len(leading))
