"""Instance normalisation: of each example by itself."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gan_jax.numerics import wide


class InstanceNorm(nn.Module):
    """`(x - mean) / sqrt(variance + epsilon)` over height and width, of each example and channel.

    Ulyanov et al. 2016, arXiv:1607.08022, eq. 2; without scale and bias, as CycleGAN has it. It
    does the same in training and in sampling, and mixes no examples.

    >>> x = jnp.arange(8.0).reshape(2, 2, 2, 1)
    >>> y = InstanceNorm().apply({}, x)
    >>> bool(jnp.allclose(y[0], y[1])), y.shape
    (True, (2, 2, 2, 1))
    """

    epsilon: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        exact = wide(x)
        centred = exact - exact.mean((1, 2), keepdims=True)
        variance = jnp.square(centred).mean((1, 2), keepdims=True)
        return (centred * jax.lax.rsqrt(variance + self.epsilon)).astype(x.dtype)
