"""Encoders: examples to vectors (codes, their moments, features); a critic of pairs (x, z)."""

from collections.abc import Callable, Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from gan_jax.networks.layers import Dense
from gan_jax.networks.mlp import hidden, relu_layer


class MLPEncoder(nn.Module):
    """Examples `[B, ...]` to vectors `[B, outputs]`: `MLPCritic` with several outputs.

    Attributes:
      outputs: of the last layer, which is linear.
      widths: of the hidden layers, from the examples on.
      layer: `(x, width) -> x`, a hidden layer, as of `MLPCritic`.

    >>> make = MLPEncoder(3).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((5, 8, 8, 1)))[0].shape
    (5, 3)
    """

    outputs: int
    widths: Sequence[int] = (128, 128, 128)
    layer: Callable = relu_layer

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = hidden(x.reshape(x.shape[0], -1), self.widths, self.layer)
        return Dense(self.outputs)(x)


class PairCritic(nn.Module):
    """Examples `[B, ...]` and latents `[B, d]`, joined at the input, to raw scores `[B]`.

    Attributes:
      widths: of the hidden layers.
      layer: `(x, width) -> x`, a hidden layer, as of `MLPCritic`.

    >>> make = PairCritic().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((5, 8, 8, 1)), jnp.zeros((5, 3)))[0].shape
    (5,)
    """

    widths: Sequence[int] = (128, 128, 128)
    layer: Callable = relu_layer

    @nn.compact
    def __call__(self, x: jax.Array, z: jax.Array) -> jax.Array:
        both = jnp.concatenate([x.reshape(x.shape[0], -1), z], axis=1)
        return Dense(1)(hidden(both, self.widths, self.layer))[:, 0]
