"""How likely a model holds examples to be."""

from collections.abc import Callable
from functools import partial

import jax
import numpy as np

from gan_jax.families.vae import log_weights
from gan_jax.losses.latent import importance_weighted, moments, reparameterised
from gan_jax.losses.reconstruction import Likelihood
from gan_jax.metrics.tasks import Task


def explains(
    likelihood: Likelihood, *, prepare: Callable | None = None, samples: int = 100
) -> Task:
    """The VAE's: how likely it holds held-out examples to be, in nats for each.

    Args:
      likelihood: as in training.
      prepare: as in training; drawn once.
      samples: draws of z for each example.

    Returns:
      `bound`, the evidence lower bound, and `importance_bound` (Burda et al. 2015,
      arXiv:1509.00519, eq. 8), which is no lower and at most log p(x); means over examples.
    """
    place = jax.jit(lambda keys, moments: reparameterised(keys, *moments))
    weigh = jax.jit(partial(log_weights, likelihood=likelihood))

    def task(nets, held_out, train):
        x = held_out["real"]
        keys = jax.random.split(jax.random.key(0), (samples + 1, len(x)))
        x = x if prepare is None else prepare(keys[0], x)
        given = moments(nets.encoder(x))
        draws = (place(some, given) for some in keys[1:])
        found = np.stack([weigh(nets.generator(z), z, x, given) for z in draws])
        best = importance_weighted(found).mean()
        return {"bound": float(found.mean()), "importance_bound": float(best)}

    return task
