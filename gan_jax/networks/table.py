"""The last layer of a generator of tables: what each number of an encoded row can be."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax.data import Spec
from gan_jax.data.columns import blocks


def table_output(logits: jax.Array, spec: Spec) -> jax.Array:
    """tanh for every scalar of an encoded row, softmax over every choice.

    As in CTGAN (Xu et al. 2019, arXiv:1907.00503, section 4.4). Differs from the paper: no Gumbel
    noise, as a generator has no keys of its own; decoding takes the largest entry of a choice.

    Args:
      logits: `[..., D]`.
      spec: of a table, whose `columns` say where the scalars and the choices lie.

    Returns:
      `[..., D]`, float32: scalars in [-1, 1]; the entries of a choice sum to 1.

    Raises:
      ValueError: the data are no table, or their rows have another width.

    >>> from gan_jax.data.columns import Column
    >>> spec = Spec((2,), 1.0, 0.0, columns=(Column("sex", "categorical", categories=("f", "m")),))
    >>> table_output(jnp.zeros((1, 2)), spec).tolist()
    [[0.5, 0.5]]
    """
    if not spec.columns or logits.shape[-1:] != spec.shape:
        raise ValueError(
            f"Logits {list(logits.shape)} for examples of shape {spec.shape}: a table has columns, "
            "and its rows as many logits as encoded numbers."
        )
    every = [block for own in blocks(spec.columns) for block in own]
    place = np.arange(spec.shape[0])
    members = np.array([(block.start <= place) & (place < block.stop) for block in every])
    scalars = members[[block.kind == "scalar" for block in every]].any(0)
    row = lambda x: jnp.where(scalars, jnp.tanh(x), _softmax(x, members))
    return jnp.vectorize(row, signature="(d)->(d)")(logits.astype(jnp.float32))


def _softmax(x: jax.Array, members: np.ndarray) -> jax.Array:
    """Of all blocks of a row [D] at once; `members` [blocks, D] says which numbers they hold."""
    # By products, since a softmax for each block makes a program of many parts, slow to compile.
    dot = partial(jnp.matmul, precision="highest")
    largest = jax.lax.stop_gradient(jnp.where(members, x[None], -jnp.inf).max(1))
    powers = jnp.exp(x - dot(largest, np.float32(members)))
    return powers / dot(dot(powers, np.float32(members.T)), np.float32(members))
