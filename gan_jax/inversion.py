"""From a sample back to its latent: a generator inverted by descent."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax


class Inverted(NamedTuple):
    """What `invert` returns, of the best start.

    Attributes:
      latent: `[...]`.
      sample: what the generator makes of it, `[...]`.
      error: mean squared difference between it and the example, over all entries; scalar.
    """

    latent: jax.Array
    sample: jax.Array
    error: jax.Array


@partial(jax.jit, static_argnames=("generate", "steps"))
def invert(
    generate: Callable,
    example: jax.Array,
    starts: jax.Array,
    *,
    steps: int = 500,
    rate: float = 0.05,
    weight: float = 0.0,
    deviation: float = 1.0,
    low: float = -jnp.inf,
    high: float = jnp.inf,
    inputs: tuple = (),
) -> Inverted:
    """argmin over z of `mean (G(z) - x)^2 + weight mean (z / deviation)^2`, from several starts.

    Lipton and Tripathi 2017, arXiv:1702.04782; the second term, minus the log density of a
    normal prior up to factors, holds z where the generator was trained, and so do the ends of a
    uniform one. Of all the latents on the ways of all starts the best is kept.

    Differs from the paper: Adam with a rate that falls to zero along half a cosine instead of
    plain descent; what goes beyond the ends of the prior is put there, and not drawn again;
    several starts.

    Args:
      generate: latents `[S, ...]` to samples `[S, ...]`, each by itself; traced.
      example: x, of the shape of one sample.
      starts: `[S, ...]`.
      steps: of Adam.
      rate: of Adam, at the beginning.
      weight: of the prior.
      deviation: of the prior.
      low: the least number of a latent.
      high: the largest.
      inputs: what else the generator receives after the latents, such as a label.
    """
    example, starts = jnp.float32(example), jnp.clip(jnp.float32(starts), low, high)
    flat = lambda x: x.reshape(len(x), -1)

    def losses(latents):
        error = jnp.square(flat(generate(latents, *inputs) - example[None])).mean(1)
        return error + weight * jnp.square(flat(latents) / deviation).mean(1)

    optimizer = optax.adam(optax.cosine_decay_schedule(rate, steps))
    whole = lambda latents: (lambda each: (each.sum(), each))(losses(latents))

    def better(best, latents, found):
        least, kept = best
        improved = found < least
        shape = (-1,) + (1,) * (latents.ndim - 1)
        return jnp.where(improved, found, least), jnp.where(improved.reshape(shape), latents, kept)

    def step(carry, _):
        latents, state, best = carry
        (_, found), slope = jax.value_and_grad(whole, has_aux=True)(latents)
        best = better(best, latents, found)
        updates, state = optimizer.update(slope, state)
        moved = jnp.clip(optax.apply_updates(latents, updates), low, high)
        return (moved, state, best), None

    best = jnp.full(len(starts), jnp.inf), starts
    start = starts, optimizer.init(starts), best
    (latents, _, best), _ = jax.lax.scan(step, start, None, steps)
    least, kept = better(best, latents, losses(latents))
    latent = kept[jnp.argmin(least)]
    sample = generate(latent[None], *inputs)[0]
    return Inverted(latent, sample, jnp.square(sample - example).mean())
