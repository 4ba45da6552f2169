"""Labels as networks get them: further channels of an example, or vectors."""

import jax
import jax.numpy as jnp


def with_label(x: jax.Array, label: jax.Array | None, classes: int) -> jax.Array:
    """`x` with the one-hot label as further channels, the same everywhere in the example.

    Args:
      x: `[B, ..., C]`.
      label: `[B]`, from 0 to `classes - 1`, or -1, whose one-hot is zeros, for an unknown one; or
        shares of classes `[B, classes]`; None if, and only if, `classes` is 0.
      classes: how many; 0 for a network without labels, which gets `x` as it is.

    Returns:
      `[B, ..., C + classes]`.

    Raises:
      ValueError: for a label without classes, or classes without a label.

    >>> with_label(jnp.zeros((2, 1)), jnp.array([0, 2]), 3).tolist()
    [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    """
    check_label(label, classes)
    if label is None:
        return x
    maps = one_hot(label, classes, x.dtype)
    maps = maps.reshape(x.shape[0], *(1,) * (x.ndim - 2), classes)
    return jnp.concatenate([x, jnp.broadcast_to(maps, (*x.shape[:-1], classes))], axis=-1)


def one_hot(label: jax.Array, classes: int, dtype) -> jax.Array:
    """Labels `[B]` as one-hot vectors `[B, classes]`; shares of classes `[B, classes]` stay so.

    Shares are for what lies between classes: no training gives them.

    >>> one_hot(jnp.array([1]), 2, jnp.float32), one_hot(jnp.array([[0.5, 0.5]]), 2, jnp.float32)
    (Array([[0., 1.]], dtype=float32), Array([[0.5, 0.5]], dtype=float32))
    """
    if label.ndim == 2:
        return label.astype(dtype)
    return jax.nn.one_hot(label, classes, dtype=dtype)


def check_label(label: jax.Array | None, classes: int) -> None:
    """Refuses a label without classes, or classes without a label."""
    if (label is None) != (classes == 0):
        given = "no labels" if label is None else f"labels of shape {label.shape}"
        raise ValueError(f"A network with classes={classes} got {given}: give both or neither.")
