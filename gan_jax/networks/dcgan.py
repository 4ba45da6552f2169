"""DCGAN: Radford, Metz and Chintala 2015, arXiv:1511.06434, section 3."""

from collections.abc import Callable, Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import he_normal, normal, variance_scaling

from gan_jax.networks.labels import with_label
from gan_jax.networks.layers import BatchNorm, Conv, ConvTranspose, Dense

HE_UPWARDS = variance_scaling(8.0, "fan_in", "truncated_normal", in_axis=3, out_axis=2)
"""`he_normal` of a `ConvTranspose` of stride 2: a pixel sees a quarter of the kernel's places."""


class DCGANGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to images `[B, *shape]` in [-1, 1].

    A projection to the smallest size, then one transposed convolution for each doubling; batch norm
    and ReLU after each but the last, tanh at the end; weights from N(0, 0.02^2), or without batch
    norm, where from there it would begin almost constant, by He et al. 2015, arXiv:1502.01852.

    Differs from the paper: 4x4 kernels instead of 5x5, which the stride divides; sizes other
    than 64; the projection is to `width` doubled once for each stage but the last.

    Attributes:
      shape: height, width and channels, square and of a size that `stages` knows.
      width: channels before the last layer; twice as many at each smaller size.
      classes: how many labels there are; 0 for a generator without labels.
      normalise: whether there is batch norm.

    >>> make = DCGANGenerator(shape=(28, 28, 1)).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 100)))[0].shape
    (2, 28, 28, 1)
    """

    shape: Sequence[int]
    width: int = 64
    classes: int = 0
    normalise: bool = True

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        halvings = stages(self.shape)
        base, bias = self.shape[0] >> halvings, not self.normalise
        first, upwards = (normal(0.02),) * 2 if self.normalise else (he_normal(), HE_UPWARDS)
        *widths, last = [self.width << i for i in range(halvings)]
        x = with_label(z, label, self.classes)
        x = Dense(base * base * last, use_bias=bias, kernel_init=first)(x)
        x = self._activate(x.reshape(-1, base, base, last))
        for width in reversed(widths):
            x = self._activate(ConvTranspose(width, use_bias=bias, kernel_init=upwards)(x))
        return jnp.tanh(ConvTranspose(self.shape[2], kernel_init=upwards)(x))

    def _activate(self, x: jax.Array) -> jax.Array:
        return nn.relu(BatchNorm()(x) if self.normalise else x)


class DCGANCritic(nn.Module):
    """Images `[B, H, W, C]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    One convolution for each halving, each with leaky ReLU of slope 0.2; then one linear layer;
    weights from N(0, 0.02^2), or without batch norm, where their scale matters, by He et al. 2015,
    arXiv:1502.01852. Labels are further channels of the image, constant over it.

    Differs from the paper: 4x4 kernels instead of 5x5; sizes other than 64; without batch norm
    unless asked for, since a gradient penalty needs a score of each example by itself.

    Attributes:
      width: channels after the first layer; twice as many at each smaller size.
      classes: how many labels there are; 0 for a critic without labels.
      normalise: whether there is batch norm, in every convolution but the first.

    >>> make = DCGANCritic().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 28, 28, 1)))[0].shape
    (2,)
    """

    width: int = 64
    classes: int = 0
    normalise: bool = False

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        initialise = normal(0.02) if self.normalise else he_normal()
        x = with_label(x, label, self.classes)
        x = halved(x, self.width, self.normalise, initialise)
        return Dense(1, kernel_init=initialise)(x.reshape(x.shape[0], -1))[:, 0]


class DCGANTrunk(nn.Module):
    """Images `[B, H, W, C]` to features `[B, F]`: `DCGANCritic` without its last layer, for heads.

    Attributes:
      width: channels after the first layer; twice as many at each smaller size.
      features: of a hidden layer on top; 0 for the values of the last maps themselves.
      normalise: whether there is batch norm, in every layer but the first.

    >>> make = DCGANTrunk(features=16).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((5, 8, 8, 1)))[0].shape
    (5, 16)
    """

    width: int = 64
    features: int = 0
    normalise: bool = False

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        initialise = normal(0.02) if self.normalise else he_normal()
        x = halved(x, self.width, self.normalise, initialise).reshape(x.shape[0], -1)
        if not self.features:
            return x
        x = Dense(self.features, use_bias=not self.normalise, kernel_init=initialise)(x)
        return nn.leaky_relu(BatchNorm()(x) if self.normalise else x, 0.2)


def halved(x: jax.Array, width: int, normalise: bool, kernel_init: Callable) -> jax.Array:
    """Within a module: the convolutions of `DCGANCritic`, one for each halving of the images."""
    for stage in range(stages(x.shape[1:])):
        norm = normalise and stage > 0
        x = Conv(width << stage, use_bias=not norm, kernel_init=kernel_init)(x)
        x = nn.leaky_relu(BatchNorm()(x) if norm else x, 0.2)
    return x


def stages(shape: Sequence[int]) -> int:
    """How many times images are halved: twice, and on while the size is even and its half over 3.

    Args:
      shape: height, width and channels of an image.

    Returns:
      At least 2.

    Raises:
      ValueError: unless images are square and of a size that is a multiple of 4 and at least 8.

    >>> [stages((size, size, 3)) for size in (8, 28, 32, 64)]
    [2, 2, 3, 4]
    """
    size = shape[0] if len(shape) == 3 and shape[0] == shape[1] else 0
    if size % 4 or size < 8:
        raise ValueError(
            f"DCGAN got images of shape {tuple(shape)}: expected [height, width, channels] with "
            "height = width, a multiple of 4 and at least 8 (8, 28, 32, 64, ...)."
        )
    size, count = size // 4, 2
    while size % 2 == 0 and size >= 8:
        size, count = size // 2, count + 1
    return count
