"""The networks of R3GAN: Huang et al. 2024, arXiv:2501.05441, section 4 and appendix."""

import math
from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import normal, variance_scaling, zeros

from gan_jax.networks.convolution import convolve_grouped
from gan_jax.networks.labels import check_label, one_hot
from gan_jax.networks.layers import Conv, Dense, biased, double, mean_pool
from gan_jax.numerics import wide

SLOPE = 0.2
"""Of the leaky ReLU below zero."""

EXPANSION, GROUP = 2, 16
"""How much wider the inside of a block is, and channels in its groups; see `grouping`."""

linear_init = variance_scaling(1.0, "fan_in", "normal")


class Bottleneck(nn.Module):
    """`x + conv(act(conv(act(conv(x)))))`: 1x1 to twice the channels, grouped 3x3, and 1x1 back.

    Huang et al. 2024, arXiv:2501.05441, section 4: the block of ResNeXt, inverted, with leaky ReLU
    and no normalisation. As in fix-up (Zhang et al. 2019, arXiv:1901.09321) its last convolution
    begins at zero, so the block as the identity, and the first two are scaled by `L^(-1/4)`.

    Attributes:
      blocks: L, how many such blocks there are in the network.
      groups: of the 3x3 convolution; a divisor of twice the channels.

    >>> make = Bottleneck(blocks=8, groups=2).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 8, 8, 16)))[0].shape
    (2, 8, 8, 16)
    """

    blocks: int
    groups: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        channels, wider = x.shape[-1], EXPANSION * x.shape[-1]
        he = variance_scaling(2 / (1 + SLOPE**2) / math.sqrt(self.blocks), "fan_in", "normal")
        y = nn.leaky_relu(Conv(wider, 1, 1, kernel_init=he, name="expand")(x), SLOPE)
        y = nn.leaky_relu(self._grouped(y, he), SLOPE)
        back = Conv(channels, 1, 1, use_bias=False, kernel_init=zeros, name="reduce")
        return x + back(y)

    def _grouped(self, x: jax.Array, kernel_init) -> jax.Array:
        shape = (3, 3, x.shape[-1] // self.groups, x.shape[-1])
        kernel = self.param("grouped", kernel_init, shape, jnp.float32).astype(x.dtype)
        bias = self.param("bias", zeros, x.shape[-1:], jnp.float32)
        return biased(convolve_grouped(x, kernel, self.groups), bias)


class R3GANGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to images `[B, *shape]`, unbounded.

    Huang et al. 2024, arXiv:2501.05441, section 4: learned maps of the smallest size, each scaled
    by a linear function of the latents, then for each size some `Bottleneck`s, and between sizes a
    bilinear doubling, after a 1x1 convolution where the channels change. Labels are embedded by a
    linear layer and stand beside the latents.

    Attributes:
      shape: height, width and channels; the size is a multiple of 2 to the number of doublings.
      widths: channels of the smallest maps, and then after each doubling; multiples of 8 have
        the paper's groups, see `grouping`.
      classes: how many labels there are; 0 for a generator without labels.
      embedding: dimensions of the embedding of a class.
      blocks: of each size; the paper's two.

    >>> make = R3GANGenerator((32, 32, 3), (96,) * 4).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 64)))[0].shape
    (2, 32, 32, 3)
    """

    shape: Sequence[int]
    widths: Sequence[int]
    classes: int = 0
    embedding: int = 64
    blocks: int = 2

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        base, first = self.shape[0] >> (len(self.widths) - 1), self.widths[0]
        check_label(label, self.classes)
        if label is not None:
            z = jnp.concatenate([z, embedded(label, self.classes, self.embedding, z.dtype)], -1)
        maps = self.param("maps", normal(1.0), (1, base, base, first), jnp.float32)
        x = maps.astype(z.dtype) * _linear(first, z).reshape(-1, 1, 1, first)
        for stage, width in enumerate(self.widths):
            x = blur(double(_channels(width, x))) if stage else x
            x = _blocks(x, self.blocks, len(self.widths))
        return Conv(self.shape[2], 1, 1, use_bias=False, kernel_init=linear_init)(x)


class R3GANCritic(nn.Module):
    """Images `[B, H, W, C]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    The mirror of `R3GANGenerator`: at the end each of the smallest maps is weighed place by place
    and summed, and one linear layer gives the score; with classes it gives as many features as the
    smallest maps have channels, whose product with an embedding of the class, by the root of their
    number, is the score.

    Attributes:
      widths: channels of the smallest maps, and then of each twice as large: the generator's.
      classes: how many labels there are; 0 for a critic without labels.
      blocks: of each size; the paper's two.

    >>> make = R3GANCritic((96,) * 4).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 32, 3)))[0].shape
    (2,)
    """

    widths: Sequence[int]
    classes: int = 0
    blocks: int = 2

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        check_label(label, self.classes)
        for stage, width in enumerate(reversed(self.widths)):
            x = mean_pool(blur(x)) if stage else x
            x = _blocks(_channels(width, x), self.blocks, len(self.widths))
        weigh = variance_scaling(1.0, "fan_in", "normal", in_axis=(0, 1), out_axis=2)
        weights = self.param("weights", weigh, x.shape[1:], jnp.float32)
        features = (wide(x) * wide(weights)[None]).sum((1, 2))
        if label is None:
            return _linear(1, features)[:, 0]
        dimensions = self.widths[0]
        of_class = embedded(label, self.classes, dimensions, features.dtype)
        return (_linear(dimensions, features) * of_class).sum(-1) / math.sqrt(dimensions)


def blur(x: jax.Array) -> jax.Array:
    """`(x[i - 1] + 2 x[i] + x[i + 1]) / 4` along both axes of `[B, H, W, C]`, with zeros outside.

    After `double` it is bilinear interpolation, and before `mean_pool` its adjoint but for the
    scale: along each axis the filter `[1, 3, 3, 1]` of the authors' code.

    >>> blur(jnp.ones((1, 3, 3, 1)))[0, ..., 0].tolist()
    [[0.5625, 0.75, 0.5625], [0.75, 1.0, 0.75], [0.5625, 0.75, 0.5625]]
    """
    for axis in (1, 2):
        length = x.shape[axis]
        wider = jnp.pad(x, [(1, 1) if axis == i else (0, 0) for i in range(4)])
        before, after = (jax.lax.slice_in_dim(wider, i, i + length, axis=axis) for i in (0, 2))
        x = (before + 2 * x + after) / 4
    return x


def embedded(label: jax.Array, classes: int, features: int, dtype) -> jax.Array:
    """Within a module: a linear function `[B, features]` of the label `[B]`."""
    chosen = one_hot(label, classes, dtype)
    return _linear(features, chosen, name="embedding")


def grouping(width: int) -> int:
    """How many groups there are inside of a block, each of 16 channels or as near to it as divides.

    >>> grouping(96), grouping(100), grouping(4)  # of 16, 20 and 8 channels
    (12, 10, 1)
    """
    wider = EXPANSION * width
    sizes = (size for size in range(1, wider + 1) if wider % size == 0)
    return wider // min(sizes, key=lambda size: abs(size - GROUP))


def _linear(features: int, x: jax.Array, name: str | None = None) -> jax.Array:
    return Dense(features, use_bias=False, kernel_init=linear_init, name=name)(x)


def _channels(features: int, x: jax.Array) -> jax.Array:
    """`x` with so many channels, by a 1x1 convolution where it has others."""
    if x.shape[-1] == features:
        return x
    return Conv(features, 1, 1, use_bias=False, kernel_init=linear_init)(x)


def _blocks(x: jax.Array, count: int, sizes: int) -> jax.Array:
    for _ in range(count):
        x = Bottleneck(count * sizes, grouping(x.shape[-1]))(x)
    return x
