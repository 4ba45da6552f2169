"""Likelihoods of an example given what a decoder made of its code, in nats for each example."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.nn import softplus

from gan_jax import ranges
from gan_jax.losses.latent import normal_log_density
from gan_jax.numerics import wide


class Likelihood(NamedTuple):
    """p(x | z), by what the decoder gives for z."""

    log_density: Callable[[jax.Array, jax.Array], jax.Array]  # (output, x) -> nats [B]
    mean: Callable[[jax.Array], jax.Array]  # output -> the example that it stands for


def gaussian(deviation: float | jax.Array = 1.0) -> Likelihood:
    """x ~ N(output, deviation^2 I); with deviation 1, half the squared error and a constant."""
    ranges.positive("deviation of the Gaussian likelihood", deviation)
    log_variance = 2 * jnp.log(deviation)
    density = lambda output, x: normal_log_density(wide(x), wide(output), log_variance)
    return Likelihood(density, jax.nn.identity)


def _bernoulli_log_density(output: jax.Array, x: jax.Array) -> jax.Array:
    logits = wide(output)
    return ((wide(x) + 1) / 2 * logits - softplus(logits)).reshape(len(x), -1).sum(1)


bernoulli = Likelihood(_bernoulli_log_density, lambda logits: jnp.tanh(logits / 2))
"""Each pixel is 1 with probability sigmoid(output), else -1; means are 2 sigmoid(output) - 1.

Kingma and Welling 2013, arXiv:1312.6114, appendix C.1, eq. 11, from logits. It is a likelihood of
black and white images alone: of grey ones, `binarised` makes these.
"""


def binarised(keys: jax.Array, x: jax.Array) -> jax.Array:
    """Grey images in [-1, 1] as black and white ones, drawn anew each time: 1 with p = (1 + x) / 2.

    Burda et al. 2015, arXiv:1509.00519, section 5.1 (there called stochastically binarised).

    >>> binarised(jax.random.split(jax.random.key(0), 2), jnp.array([[-1.0, 1.0]] * 2)).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """
    uniform = jax.vmap(lambda key: jax.random.uniform(key, x.shape[1:]))(keys)
    return jnp.where(uniform < (1 + x) / 2, 1.0, -1.0).astype(x.dtype)
