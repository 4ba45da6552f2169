"""The axis over which a batch is split between devices, if it is split at all.

Whatever couples examples (a gradient, batch norm, a relativistic mean) is a mean over the *global*
batch. Code says `axis.mean` and is right on one device and on many: `parallel.py` maps the program
over an axis of this name, and where nothing is mapped these functions are the identity.
"""

import jax
import jax.numpy as jnp

NAME = "examples"


def size() -> int:
    """How many parts the batch is split into; 1 where it is not split."""
    try:
        return jax.lax.axis_size(NAME)
    except NameError:
        return 1


def mean(tree):
    """The mean over all parts of the batch of every leaf: `x` where the batch is not split."""
    try:
        return jax.lax.pmean(tree, NAME)
    except NameError:
        return tree


def gather(array: jax.Array) -> jax.Array:
    """The parts of the global batch that all devices hold, one after the other, on each of them.

    A sum of the parts, each in its place among zeros: so `shard_map` knows that it is everywhere
    the same, and a state may hold it.
    """
    try:
        index = jax.lax.axis_index(NAME)
    except NameError:
        return array
    whole = jnp.zeros((size() * len(array), *array.shape[1:]), array.dtype)
    placed = jax.lax.dynamic_update_slice_in_dim(whole, array, index * len(array), 0)
    return jax.lax.psum(placed, NAME)


def own(array: jax.Array, dimension: int = 0) -> jax.Array:
    """The part of a global array that belongs to this device, cut along `dimension`."""
    parts = size()
    if parts == 1:
        return array
    length = array.shape[dimension] // parts
    start = jax.lax.axis_index(NAME) * length
    return jax.lax.dynamic_slice_in_dim(array, start, length, dimension)
