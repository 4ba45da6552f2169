"""The last layer of a generator of tables: what each number of an encoded row can be."""

import jax
import jax.numpy as jnp

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
      `[..., D]`: scalars in (-1, 1); the entries of a choice sum to 1.

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
    parts = []
    for block in (block for own in blocks(spec.columns) for block in own):
        part = logits[..., block.start : block.stop]
        parts.append(jnp.tanh(part) if block.kind == "scalar" else jax.nn.softmax(part))
    return jnp.concatenate(parts, axis=-1)
