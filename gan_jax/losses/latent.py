"""Gaussian codes: their moments, draws, densities and divergences, in nats for each example."""

import math

import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp


def moments(output: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Mean and log variance, `[B, d]` each: the two halves of what an encoder gives, `[B, 2 d]`.

    Raises:
      ValueError: there are no two halves.
    """
    if output.ndim != 2 or output.shape[1] % 2:
        raise ValueError(
            f"An encoder gives a mean and a log variance for each latent dimension, [B, 2 d]; this "
            f"one gave shape {output.shape}: make it with twice as many outputs as dimensions."
        )
    mean, log_variance = jnp.split(output, 2, axis=1)
    return mean, log_variance


def reparameterised(keys: jax.Array, mean: jax.Array, log_variance: jax.Array) -> jax.Array:
    """mean + sigma e, e ~ N(0, I) from each example's key; arXiv:1312.6114, section 2.4."""
    noise = jax.vmap(lambda key: jax.random.normal(key, mean.shape[1:], mean.dtype))(keys)
    return mean + jnp.exp(log_variance / 2) * noise


def standard_divergence(mean: jax.Array, log_variance: jax.Array) -> jax.Array:
    """KL(N(mean, sigma^2) || N(0, I)) = 1/2 sum (mean^2 + sigma^2 - 1 - log sigma^2), `[B]`.

    Kingma and Welling 2013, arXiv:1312.6114, appendix B.

    >>> standard_divergence(jnp.zeros((1, 3)), jnp.zeros((1, 3))).tolist()
    [0.0]
    """
    # expm1, since 1 + t - exp(t) would cancel for the small t of a code that tells nothing.
    return (jnp.square(mean) + jnp.expm1(log_variance) - log_variance).sum(1) / 2


def normal_log_density(
    z: jax.Array, mean: jax.Array | float = 0.0, log_variance: jax.Array | float = 0.0
) -> jax.Array:
    """log N(z; mean, sigma^2) in nats, summed over all axes but the first: `[B]`."""
    squares = jnp.square(z - mean) * jnp.exp(-log_variance)
    terms = squares + log_variance + math.log(2 * math.pi)
    return -terms.reshape(len(z), -1).sum(1) / 2


def importance_weighted(log_weights: jax.Array) -> jax.Array:
    """log 1/K sum_k w_k, `[B]`, from log w `[K, B]`: a bound on log p(x) that tightens with K.

    Burda et al. 2015, arXiv:1509.00519, eq. 8, for w = p(x, z) / q(z | x).

    >>> importance_weighted(jnp.full((5, 2), -3.0)).tolist()
    [-3.0, -3.0]
    """
    return logsumexp(log_weights, axis=0) - math.log(len(log_weights))
