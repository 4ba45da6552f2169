"""The networks of progressive growing: Karras et al. 2017, arXiv:1710.10196, section 2 to 4.

For each size there is a pair. It has all layers of the pairs before it, under the same names, so
that `gan_jax.transplant` carries them over, and fades the layers of its own size in.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import normal

from gan_jax.networks.layers import Conv, ConvUp, Dense, double, mean_pool
from gan_jax.numerics import wide

GAIN = math.sqrt(2)
"""Of a layer before a leaky ReLU; 1 for the last layer."""


class ProgressiveGenerator(nn.Module):
    """Latents `[B, d]` and a share `[B]` to images `[B, size, size, channels]`, unbounded.

    Latents of norm `sqrt(d)`, a linear layer to the smallest size and one convolution there; for
    each doubling two; pixel norm after each leaky ReLU; 1x1 to the channels of images. All layers
    have an equalised learning rate, see `equalised`. The image is
    `(1 - share) double(image of half the size) + share image`; without a share, all of the last.

    Attributes:
      base: the smallest size.
      channels: of an image.
      widths: channels of the smallest maps, and then after each doubling.

    >>> make = ProgressiveGenerator(4, 3, (128,) * 4).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 128)))[0].shape
    (2, 32, 32, 3)
    """

    base: int
    channels: int
    widths: Sequence[int]

    @nn.compact
    def __call__(self, z: jax.Array, share: jax.Array | None = None) -> jax.Array:
        base, first = self.base, self.widths[0]
        x = equalised(Dense, base * base * first, GAIN / 4, name="latent")(pixel_norm(z))
        x = _normalised(x.reshape(-1, base, base, first))
        x = before = _normalised(_conv(first, 3, f"only_{base}")(x))
        for width in self.widths[1:]:
            before, size = x, 2 * x.shape[1]
            doubled = equalised(ConvUp, width, GAIN, kernel=3, name=f"first_{size}")(x)
            x = _normalised(_conv(width, 3, f"second_{size}")(_normalised(doubled)))
        image = self._image(x)
        if len(self.widths) == 1:
            return image
        before = double(self._image(before))
        return image if share is None else faded(before, image, share)

    def _image(self, x: jax.Array) -> jax.Array:
        return _conv(self.channels, 1, f"to_image_{x.shape[1]}", 1.0)(x)


class ProgressiveCritic(nn.Module):
    """Images `[B, size, size, C]` and a share `[B]` to raw scores `[B]`: the generator's mirror.

    For each halving two convolutions and a mean over each 2x2; at the smallest size one
    convolution, then two linear layers; leaky ReLU after all but the last. What the layers of the
    full size make is faded as in the generator, with what 1x1 makes of the image of half the size.

    Differs from the paper: minibatch standard deviation is not in it, but may be given.

    Attributes:
      widths: channels of the smallest maps, and then of each twice as large.
      summarised: of the smallest maps `[B, H, W, C]`, to more channels: where the paper has its
        minibatch standard deviation, `MinibatchDeviation(4)`.

    >>> make = ProgressiveCritic((128,) * 4).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 32, 3)))[0].shape
    (2,)
    """

    widths: Sequence[int]
    summarised: Callable = jax.nn.identity

    @nn.compact
    def __call__(self, x: jax.Array, share: jax.Array | None = None) -> jax.Array:
        image, first = x, self.widths[0]
        x = self._features(image, self.widths[-1])
        for stage in reversed(range(1, len(self.widths))):
            size = x.shape[1]
            x = _active(_conv(self.widths[stage], 3, f"first_{size}")(x))
            x = _active(_conv(self.widths[stage - 1], 3, f"second_{size}")(x))
            x = mean_pool(x)
            if size == image.shape[1]:
                before = self._features(mean_pool(image), self.widths[stage - 1])
                x = x if share is None else faded(before, x, share)
        x = _active(_conv(first, 3, f"only_{x.shape[1]}")(self.summarised(x)))
        x = _active(equalised(Dense, first, GAIN, name="hidden")(x.reshape(x.shape[0], -1)))
        return equalised(Dense, 1, 1.0, name="score")(x)[:, 0]

    def _features(self, image: jax.Array, width: int) -> jax.Array:
        return _active(_conv(width, 1, f"from_image_{image.shape[1]}")(image))


def equalised(layer: Callable, features: int, gain: float, kernel: int = 1, **rest) -> Callable:
    """Within a module: a layer whose weights are N(0, 1), times `gain / sqrt(fan_in)` when used.

    Karras et al. 2017, arXiv:1710.10196, section 4.1: so Adam moves all weights at one relative
    rate. It is the input that is scaled here, which is the same.

    Args:
      layer: makes a linear layer of so many features, such as `Dense`.
      features: of the result.
      gain: that of the activation which follows.
      kernel: the size of a convolution.
      **rest: of the layer.
    """
    size = {} if layer is Dense else {"kernel": kernel}
    linear = layer(features, kernel_init=normal(1.0), **size, **rest)
    return lambda x: linear(gain / math.sqrt(kernel**2 * x.shape[-1]) * x)


def pixel_norm(x: jax.Array) -> jax.Array:
    """`x / sqrt(mean_c x_c^2 + 1e-8)`, over the last axis; section 4.2 of the paper.

    >>> float(jnp.square(pixel_norm(jnp.array([30.0, 40.0]))).mean().round(3))
    1.0
    """
    exact = wide(x)
    norm = jax.lax.rsqrt(jnp.square(exact).mean(-1, keepdims=True) + 1e-8)
    return (exact * norm).astype(x.dtype)


def faded(before: jax.Array, after: jax.Array, share: jax.Array) -> jax.Array:
    """`(1 - share) before + share after`, for images and a share `[B]` from 0 to 1."""
    share = share.reshape(-1, 1, 1, 1).astype(after.dtype)
    return (1 - share) * before + share * after


def _conv(features: int, kernel: int, name: str, gain: float = GAIN) -> Callable:
    return equalised(partial(Conv, stride=1), features, gain, kernel, name=name)


def _active(x: jax.Array) -> jax.Array:
    return nn.leaky_relu(x, 0.2)


def _normalised(x: jax.Array) -> jax.Array:
    return pixel_norm(_active(x))
