"""The ledger: what a run was at a step, in numbers that any change of any bit changes.

The same in every run of the same bits, on any number of devices: sums of whole numbers do not
depend on their order. They are no proof against intent, as no sum of so few bits is.
"""

import zlib
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import order
from gan_jax.game import State
from gan_jax.keys import stream

SALTS = np.array([0x9E3779B9, 0x7F4A7C15], np.uint32)
"""Of the two numbers of a fingerprint."""


def fingerprint(tree: Any) -> jax.Array:
    """Two numbers, uint32 [2], of all bits of the arrays and of where each of them stands.

    `sum_i mix(mix(bits_i ^ salt) + i c)` modulo 2^32 over the words of 32 bits, with `mix` the
    finaliser of MurmurHash3 and a salt for each leaf, from its path.

    >>> ones = {"a": jnp.ones(3), "b": jnp.zeros(3)}
    >>> bool((fingerprint(ones) == fingerprint({"a": jnp.ones(3), "b": jnp.zeros(3)})).all())
    True
    >>> bool((fingerprint(ones) == fingerprint({"b": jnp.ones(3), "a": jnp.zeros(3)})).any())
    False
    """
    total = jnp.zeros(2, jnp.uint32)
    for path, leaf in jax.tree.leaves_with_path(tree):
        words, name = _words(leaf), zlib.crc32(jax.tree_util.keystr(path).encode())
        place = jnp.arange(len(words), dtype=jnp.uint32) * jnp.uint32(0x85EBCA77)
        salted = words[None] ^ (jnp.asarray(SALTS)[:, None] ^ jnp.uint32(name))
        mixed = order.mix(order.mix(salted) + place[None])
        total += mixed.sum(1, dtype=jnp.uint32) + jnp.uint32(len(words))
    return total


def entries(
    states: State, seeds: np.ndarray, moves: int, batch_size: int, places: int
) -> list[dict[str, str]]:
    """What stands in the ledger of each replica: sixteen hexadecimal digits for each of these.

    Args:
      states: after one step or more, with a leading axis of replicas.
      seeds: of the replicas, `[R]`.
      moves: of a step.
      batch_size: examples in the global minibatch.
      places: that the order of the data has, see `feed.places`.

    Returns:
      `examples`, which places of the order the last step saw, and `noise`, the key that it played
      by; then `params/NETWORK`, `stats/NETWORK`, `opt/PLAYER` and `average/NETWORK` after it.
    """
    found = jax.device_get(_fingerprints(states, seeds, moves, batch_size, places))
    word = lambda pair: "".join(f"{half:08x}" for half in pair.tolist())
    rows = range(len(seeds))
    return [{name: word(pairs[row]) for name, pairs in found.items()} for row in rows]


@partial(jax.jit, static_argnums=(2, 3, 4))
def _fingerprints(states, seeds, moves, batch_size, places):
    def one(state, seed):
        key, last = jax.random.key(seed), state.step - 1
        given = last * moves, moves, batch_size, places
        seen = {"examples": order.minibatches(stream(key, "data"), *given)}
        seen["noise"] = jax.random.fold_in(stream(key, "play"), last)
        for part in ("params", "stats", "opt", "average"):
            seen |= {f"{part}/{name}": tree for name, tree in getattr(state, part).items()}
        return {name: fingerprint(tree) for name, tree in seen.items() if jax.tree.leaves(tree)}

    return jax.vmap(one)(states, seeds)


def _words(leaf: jax.Array) -> jax.Array:
    """The bits of an array as uint32 [n], whatever its type."""
    leaf = jnp.asarray(leaf)
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    leaf = leaf.astype(jnp.uint8) if leaf.dtype == bool else leaf
    size = min(leaf.dtype.itemsize, 4)
    words = jax.lax.bitcast_convert_type(leaf, f"uint{8 * size}")
    return words.reshape(-1).astype(jnp.uint32)
