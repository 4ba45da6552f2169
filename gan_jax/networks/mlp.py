"""Multilayer perceptrons, for points and small images."""

import math
from collections.abc import Callable, Sequence

import flax.linen as nn
import jax
from jax.nn.initializers import he_normal, normal

from gan_jax import ranges
from gan_jax.networks.labels import with_label
from gan_jax.networks.layers import BatchNorm, Dense


def relu_layer(x: jax.Array, width: int) -> jax.Array:
    """Within a module: `max(x W + b, 0)`, weights drawn by He et al. 2015, arXiv:1502.01852."""
    return nn.relu(Dense(width, kernel_init=he_normal())(x))


def normalised_layer(x: jax.Array, width: int) -> jax.Array:
    """Within a module: batch norm of `x W`, then ReLU; weights from N(0, 0.02^2)."""
    return nn.relu(BatchNorm()(Dense(width, use_bias=False, kernel_init=normal(0.02))(x)))


def maxout_layer(pieces: int) -> Callable[[jax.Array, int], jax.Array]:
    """Within a module: units that are the largest of so many `x W + b`; weights from N(0, 0.02^2).

    Maxout: Goodfellow et al. 2013, arXiv:1302.4389, section 3.

    Args:
      pieces: of a unit, 1 or more.
    """
    ranges.positive("number of pieces", pieces)

    def layer(x: jax.Array, width: int) -> jax.Array:
        every = Dense(width * pieces, kernel_init=normal(0.02))(x)
        return every.reshape(x.shape[0], width, pieces).max(-1)

    return layer


class MLPGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to examples `[B, *shape]`.

    Attributes:
      shape: of one example.
      widths: of the hidden layers, from the latents on.
      classes: how many labels there are; 0 for a generator without labels.
      layer: `(x, width) -> x`, a hidden layer: `relu_layer`, `normalised_layer`, `maxout_layer(5)`.
      output: of the last layer: `jnp.tanh` for images in [-1, 1], the identity for points.

    >>> generator = MLPGenerator(shape=(8, 8, 1), output=jax.numpy.tanh)
    >>> x, _ = jax.jit(generator.init_with_output)(jax.random.key(0), jax.numpy.zeros((5, 16)))
    >>> x.shape
    (5, 8, 8, 1)
    """

    shape: Sequence[int]
    widths: Sequence[int] = (128, 128, 128)
    classes: int = 0
    layer: Callable = relu_layer
    output: Callable = jax.nn.identity

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        x = hidden(with_label(z, label, self.classes), self.widths, self.layer)
        x = Dense(math.prod(self.shape))(x)
        return self.output(x).reshape(-1, *self.shape)


class MLPCritic(nn.Module):
    """Examples `[B, ...]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    Attributes:
      widths: of the hidden layers, from the examples on.
      classes: how many labels there are; 0 for a critic without labels.
      layer: `(x, width) -> x`, a hidden layer: `relu_layer`, `normalised_layer`, `maxout_layer(5)`.

    >>> x = jax.numpy.zeros((5, 8, 8, 1))
    >>> scores, _ = jax.jit(MLPCritic().init_with_output)(jax.random.key(0), x)
    >>> scores.shape
    (5,)
    """

    widths: Sequence[int] = (128, 128, 128)
    classes: int = 0
    layer: Callable = relu_layer

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        x = with_label(x.reshape(x.shape[0], -1), label, self.classes)
        x = hidden(x, self.widths, self.layer)
        return Dense(1)(x)[:, 0]


def hidden(x: jax.Array, widths: Sequence[int], layer: Callable = relu_layer) -> jax.Array:
    """Within a module: the hidden layers of `MLPCritic`."""
    for width in widths:
        x = layer(x, width)
    return x
