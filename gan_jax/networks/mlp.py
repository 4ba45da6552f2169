"""Multilayer perceptrons, for points and small images."""

import math
from collections.abc import Callable, Sequence

import flax.linen as nn
import jax
from jax.nn.initializers import he_normal

from gan_jax.networks.labels import with_label
from gan_jax.networks.layers import BatchNorm, Dense


class MLPGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to examples `[B, *shape]`.

    Attributes:
      shape: of one example.
      widths: of the hidden layers, from the latents on.
      classes: how many labels there are; 0 for a generator without labels.
      activation: of the hidden layers, whose weights are drawn for ReLU (He et al. 2015,
        arXiv:1502.01852).
      output: of the last layer: `jnp.tanh` for images in [-1, 1], the identity for points.

    >>> generator = MLPGenerator(shape=(8, 8, 1), output=jax.numpy.tanh)
    >>> x, _ = jax.jit(generator.init_with_output)(jax.random.key(0), jax.numpy.zeros((5, 16)))
    >>> x.shape
    (5, 8, 8, 1)
    """

    shape: Sequence[int]
    widths: Sequence[int] = (128, 128, 128)
    classes: int = 0
    activation: Callable = nn.relu
    output: Callable = jax.nn.identity

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        x = hidden(with_label(z, label, self.classes), self.widths, self.activation)
        x = Dense(math.prod(self.shape))(x)
        return self.output(x).reshape(-1, *self.shape)


class MLPCritic(nn.Module):
    """Examples `[B, ...]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    Attributes:
      widths: of the hidden layers, from the examples on.
      classes: how many labels there are; 0 for a critic without labels.
      activation: of the hidden layers, whose weights are drawn for ReLU (He et al. 2015,
        arXiv:1502.01852).

    >>> x = jax.numpy.zeros((5, 8, 8, 1))
    >>> scores, _ = jax.jit(MLPCritic().init_with_output)(jax.random.key(0), x)
    >>> scores.shape
    (5,)
    """

    widths: Sequence[int] = (128, 128, 128)
    classes: int = 0
    activation: Callable = nn.relu

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        x = with_label(x.reshape(x.shape[0], -1), label, self.classes)
        x = hidden(x, self.widths, self.activation)
        return Dense(1)(x)[:, 0]


def maxout(pieces: int) -> Callable:
    """An activation: the largest of each `pieces` values in a row, `[B, n pieces]` to `[B, n]`.

    Goodfellow et al. 2013, arXiv:1302.4389, section 3; in `widths` stands `n pieces`.

    >>> maxout(2)(jax.numpy.array([[1.0, 3.0, 5.0, 4.0]])).tolist()
    [[3.0, 5.0]]
    """
    if pieces < 1:
        raise ValueError(f"A unit has 1 piece or more; given: {pieces}.")
    return lambda x: x.reshape(x.shape[0], -1, pieces).max(-1)


def normalised_relu(x: jax.Array) -> jax.Array:
    """An activation with weights of its own: batch norm, then ReLU."""
    return nn.relu(BatchNorm()(x))


def hidden(x: jax.Array, widths: Sequence[int], activation: Callable) -> jax.Array:
    """Within a module: the hidden layers of `MLPCritic`."""
    for width in widths:
        x = activation(Dense(width, kernel_init=he_normal())(x))
    return x
