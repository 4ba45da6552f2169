"""The order of the data: which examples step t sees is a function of (seed, t), with no state.

Each epoch is a random permutation, computed example by example, so that a step costs the same
for a thousand examples and for a billion, and there is no iterator to save.
"""

import jax
import jax.numpy as jnp
import numpy as np

ROUNDS = 12
TICKETS = 1 << 30
"""Places in the order of examples with weights, of which each has its share."""


def shuffled(key: jax.Array, index: jax.Array, size: int) -> jax.Array:
    """Where each `index` goes in the random permutation of `range(size)` that `key` names.

    A Feistel network over the smallest even number of bits that holds `size`, walked until it
    falls below `size`: Black and Rogaway 2002, "Ciphers with arbitrary finite domains"; for
    shuffling Mitchell et al. 2021, arXiv:2106.06161.

    Args:
      key: of the epoch.
      index: uint32 of any shape, below `size`.
      size: 1 to 2^32.

    Returns:
      uint32 of the shape of `index`, below `size`, distinct for distinct indices.

    >>> sorted(shuffled(jax.random.key(0), jnp.arange(5, dtype=jnp.uint32), 5).tolist())
    [0, 1, 2, 3, 4]
    """
    half = max(4, ((size - 1).bit_length() + 1) // 2)
    mask = jnp.uint32((1 << half) - 1)
    salts = jax.random.bits(key, (ROUNDS,), jnp.uint32)

    def permute(x):
        left, right = x >> half, x & mask
        for salt in salts:
            left, right = right, left ^ (mix(right ^ salt) & mask)
        return left << half | right

    last = jnp.uint32(size - 1)
    walk = lambda x: jnp.where(x > last, permute(x), x)
    return jax.lax.while_loop(lambda x: (x > last).any(), walk, permute(index))


def minibatches(key: jax.Array, first: jax.Array, count: int, batch: int, size: int) -> jax.Array:
    """Indices `[count, batch]` of the minibatches `first, first + 1, ...` of the endless order.

    An epoch has `size // batch` minibatches, disjoint; what is left over differs each epoch.

    Args:
      key: of the stream `data`.
      first: number of the first minibatch, int32.
      count: how many.
      batch: examples in the global minibatch, at most `size`.
      size: examples in the data.
    """
    epochs, places = jnp.divmod(first + jnp.arange(count), size // batch)

    def one(epoch, place):
        index = (place * batch + jnp.arange(batch)).astype(jnp.uint32)
        return shuffled(jax.random.fold_in(key, epoch), index, size)

    return jax.vmap(one)(epochs, places)


def tickets(weights: np.ndarray) -> np.ndarray:
    """Where the tickets of each example end, uint32 [N]: all `TICKETS` are dealt by the weights.

    So an order in which some examples come more often is the same permutation, of tickets.

    >>> (tickets(np.array([1.0, 0.0, 3.0])) / TICKETS).tolist()
    [0.25, 0.25, 1.0]
    """
    shares = np.cumsum(np.asarray(weights), dtype=np.float64)  # not JAX's: float32
    return np.rint(shares / shares[-1] * TICKETS).astype(np.uint32)


def holders(numbers, ends):
    """The examples that hold the tickets of these numbers, by `tickets`; of either array library.

    >>> holders(np.uint32([0, TICKETS // 4, TICKETS - 1]), tickets(np.array([1, 0, 3]))).tolist()
    [0, 2, 2]
    """
    search = jnp.searchsorted if isinstance(numbers, jax.Array) else np.searchsorted
    return search(ends, numbers, side="right")


@jax.jit  # so that all rounds are traced and lowered once
def mix(x: jax.Array) -> jax.Array:
    """The finaliser of MurmurHash3: every bit of the result depends on every bit of `x`."""
    x = (x ^ (x >> 16)) * jnp.uint32(0x85EBCA6B)
    x = (x ^ (x >> 13)) * jnp.uint32(0xC2B2AE35)
    return x ^ (x >> 16)
