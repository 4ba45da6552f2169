"""Self-attention over the places of an image: Zhang et al. 2018, arXiv:1805.08318, section 3."""

from collections.abc import Callable

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, zeros

from gan_jax.networks.layers import Conv
from gan_jax.numerics import wide


class SelfAttention(nn.Module):
    """`y = gamma o + x`, where `o_j = v(sum_i b_ji h(x_i))` and `b_ji` ~ `exp(f(x_i) . g(x_j))`.

    Zhang et al. 2018, arXiv:1805.08318, eq. 1 to 3: for each place j the weights `b_ji` sum to one
    over the places i. f, g, h and v are 1x1 convolutions without bias, f and g to C/8 channels, h
    to C/2 and v back to C; gamma is a scalar that begins at zero, so the layer as the identity.

    Differs from the paper, and is as its code: f and h are the maxima over each 2x2, so that there
    are a quarter as many places i.

    Parameters: `key/kernel` f, `query/kernel` g, `value/kernel` h, `output/kernel` v, `gamma`.

    Attributes:
      kernel_init: of the four convolutions; Glorot's in the authors' code, orthogonal in BigGAN.

    >>> make = SelfAttention().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 8, 8, 16)))[0].shape
    (2, 8, 8, 16)
    """

    kernel_init: Callable = glorot_uniform()

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        batch, height, width, channels = x.shape
        if height % 2 or width % 2:
            raise ValueError(f"SelfAttention got maps of {height}x{width}: give an even size.")
        few, half = max(1, channels // 8), max(1, channels // 2)
        query = self._linear(few, "query", x).reshape(batch, -1, few)
        key = _largest(self._linear(few, "key", x)).reshape(batch, -1, few)
        value = _largest(self._linear(half, "value", x)).reshape(batch, -1, half)
        weights = attention_weights(query, key).astype(x.dtype)
        seen = (weights @ value).reshape(batch, height, width, half)
        gamma = self.param("gamma", zeros, (), jnp.float32)
        return x + gamma.astype(x.dtype) * self._linear(channels, "output", seen)

    def _linear(self, features: int, name: str, x: jax.Array) -> jax.Array:
        return Conv(features, 1, 1, use_bias=False, kernel_init=self.kernel_init, name=name)(x)


def attention_weights(query: jax.Array, key: jax.Array) -> jax.Array:
    """`exp(q_j . k_i) / sum_i exp(q_j . k_i)`, in at least float32.

    Zhang et al. 2018, arXiv:1805.08318, eq. 1.

    Args:
      query: q, `[B, J, D]`.
      key: k, `[B, I, D]`.

    Returns:
      `[B, J, I]`; the sum over the last axis is one.

    >>> attention_weights(jnp.zeros((1, 2, 3)), jnp.ones((1, 4, 3))).tolist()
    [[[0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]]]
    """
    return jax.nn.softmax(wide(query) @ wide(key).swapaxes(1, 2))


def _largest(x: jax.Array) -> jax.Array:
    """The maximum over each 2x2: `[B, H, W, C]` to `[B, H / 2, W / 2, C]`."""
    batch, height, width, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max((2, 4))
