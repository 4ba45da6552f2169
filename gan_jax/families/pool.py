"""A pool of earlier fakes as a network without parameters, so that it is saved with the rest."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from gan_jax import axis
from gan_jax.game import Network


def pool(name: str, shape: Sequence[int], size: int = 50) -> Network:
    """Shows a critic the fakes of a minibatch, each exchanged with an earlier one half of the time.

    While it is not full, a fake is stored and shown. Then with probability 1/2 a stored one is
    shown and the fake takes its place; otherwise the fake is shown, and not stored. Shrivastava et
    al. 2016, arXiv:1612.07828, section 2.3, by the rule of CycleGAN's code (arXiv:1703.10593).
    The fakes of the global batch pass one after another, so that all devices hold the same.

    Args:
      name: of the fakes `[B, *shape]` in what its player draws; `NAME_slot` are their `slots`.
      shape: of an example.
      size: how many it holds, 1 or more.

    Returns:
      A network `(fakes, slots) -> fakes`. Its statistics are the pool, which each move of the
      player that trains it moves on.
    """
    if size < 1:
        raise ValueError(f"A pool holds 1 example or more; given: {size}.")

    def init(key):
        return {}, {"examples": jnp.zeros((size, *shape)), "filled": jnp.zeros((), jnp.int32)}

    def apply(params, stats, fakes, slots):
        return axis.own(_passed(stats, fakes, slots)[1])

    def refresh(params, stats, batch, metrics):
        return _passed(stats, batch[name], batch[f"{name}_slot"])[0]

    return Network(init, apply, mixes=True, refresh=refresh)


def slots(keys: jax.Array, size: int) -> jax.Array:
    """`[B]`: the place that each fake is exchanged with, or from `size` on, half of them, none."""
    return jax.vmap(lambda key: jax.random.randint(key, (), 0, 2 * size))(keys)


def _passed(stats: dict, fakes: jax.Array, slots: jax.Array) -> tuple[dict, jax.Array]:
    """The pool after all fakes of the global batch in turn, and what it shows for each."""

    def one(stats, given):
        (examples, filled), (fake, slot) = (stats["examples"], stats["filled"]), given
        size = len(examples)
        place = jnp.where(filled < size, filled, slot)
        own = (filled < size) | (slot >= size)
        shown = jnp.where(own, fake, examples[jnp.minimum(place, size - 1)])
        examples = examples.at[place].set(fake, mode="drop")  # there is no place from `size` on
        return {"examples": examples, "filled": jnp.minimum(filled + 1, size)}, shown

    fakes = jax.lax.stop_gradient(fakes).astype(stats["examples"].dtype)
    return jax.lax.scan(one, stats, (axis.gather(fakes), axis.gather(slots)))
