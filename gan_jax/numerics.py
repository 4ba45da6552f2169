"""Precision: what adds up many terms does so in at least float32."""

import jax
import jax.numpy as jnp


def wide(x: jax.Array) -> jax.Array:
    """`x` in at least float32.

    >>> wide(jnp.zeros(2, jnp.bfloat16)).dtype, wide(jnp.zeros(2, jnp.float32)).dtype
    (dtype('float32'), dtype('float32'))
    """
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))
