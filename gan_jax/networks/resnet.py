"""Residual networks: Gulrajani et al. 2017, arXiv:1704.00028, appendix F, table 3."""

from collections.abc import Callable, Sequence
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, ones, variance_scaling

from gan_jax.networks.fitting import widths_of
from gan_jax.networks.labels import with_label
from gan_jax.networks.layers import BatchNorm, Conv, ConvDown, ConvUp, Dense, double, mean_pool

he_uniform = variance_scaling(2.0, "fan_avg", "uniform")
"""U(-a, a) of variance 4 / (fan_in + fan_out): He initialisation as it is in the paper's code."""


class Block(nn.Module):
    """`shortcut(x) + conv(relu(norm(conv(relu(norm(x))))))`, both convolutions 3x3.

    He et al. 2016, arXiv:1603.05027, with the size doubled before the first convolution or halved
    after the second one, and so on the shortcut, which then has a 1x1 convolution; it has one too
    where the channels change, and is the identity elsewhere.

    Attributes:
      features: channels of the result, and between the two convolutions.
      up: whether height and width double, each pixel four times.
      down: whether height and width halve, by the mean over each 2x2.
      normalise: makes a module `(x, *condition) -> x`, such as `BatchNorm`, which stands before
        each activation; nothing stands there if not given.
      preactivate: whether norm and activation stand before the first convolution; not where `x`
        are examples.
      kernel_init: of the two convolutions.
      shortcut_init: of the shortcut's convolution.

    >>> make = Block(8, down=True).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 8, 8, 3)))[0].shape
    (2, 4, 4, 8)
    """

    features: int
    up: bool = False
    down: bool = False
    normalise: Callable[[], nn.Module] | None = None
    preactivate: bool = True
    kernel_init: Callable = he_uniform
    shortcut_init: Callable = glorot_uniform()

    @nn.compact
    def __call__(self, x: jax.Array, *condition: jax.Array) -> jax.Array:
        plain = partial(Conv, stride=1)
        first, second = ConvUp if self.up else plain, ConvDown if self.down else plain
        arguments = {"features": self.features, "kernel": 3, "kernel_init": self.kernel_init}
        hidden = self._activate(x, *condition) if self.preactivate else x
        hidden = first(**arguments, name="first")(hidden)
        hidden = self._activate(hidden, *condition)
        return self._shortcut(x) + second(**arguments, name="second")(hidden)

    def _activate(self, x: jax.Array, *condition: jax.Array) -> jax.Array:
        return nn.relu(x if self.normalise is None else self.normalise()(x, *condition))

    def _shortcut(self, x: jax.Array) -> jax.Array:
        # A 1x1 convolution and a change of size commute: it is done where the image is small.
        x = mean_pool(x) if self.down else x
        if self.up or self.down or x.shape[-1] != self.features:
            x = Conv(self.features, 1, 1, kernel_init=self.shortcut_init, name="shortcut")(x)
        return double(x) if self.up else x


class ResNetGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to images `[B, *shape]` in [-1, 1].

    A projection to the smallest size, 4x4 for 32x32, then one `Block` for each doubling; batch
    norm, ReLU, a 3x3 convolution and tanh at the end. The authors' code has widths of 512, 512,
    256, 128 and 64 for 64x64.

    Differs from the paper: labels are one-hot dimensions of the latents, where the paper has batch
    norm with a gain for each class; sizes other than 32 and 64, see `halvings`.

    Attributes:
      shape: height, width and channels, square and of a size that `halvings` knows.
      widths: channels of the smallest maps, and then after each doubling; or one number for all,
        the paper's 128.
      classes: how many labels there are; 0 for a generator without labels.
      normalise: whether there is batch norm.

    >>> make = ResNetGenerator(shape=(32, 32, 3)).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 128)))[0].shape
    (2, 32, 32, 3)
    """

    shape: Sequence[int]
    widths: int | Sequence[int] = 128
    classes: int = 0
    normalise: bool = True

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        norm = partial(BatchNorm, scale_init=ones) if self.normalise else None
        base = sizes(self.shape)[0]
        first, *widths = widths_of(self.widths, sizes(self.shape))
        x = with_label(z, label, self.classes)
        x = Dense(base * base * first, kernel_init=glorot_uniform())(x)
        x = x.reshape(-1, base, base, first)
        for width in widths:
            x = Block(width, up=True, normalise=norm)(x)
        x = nn.relu(x if norm is None else norm()(x))
        return jnp.tanh(Conv(self.shape[2], 3, 1, kernel_init=glorot_uniform())(x))


class ResNetCritic(nn.Module):
    """Images `[B, H, W, C]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    A `Block` for each of `halved_sizes`, down to 8x8 for 32x32, some of the same size, ReLU, the
    mean over the image and one linear layer; no normalisation. Labels are further channels.

    Differs from the paper: labels, where the paper has an auxiliary classifier; sizes other than
    32. The authors' code for 64x64 has no blocks of the same size, but a convolution before the
    others, whose own first ones keep the channels, layer norm, and a linear layer of the last maps
    themselves.

    Attributes:
      widths: channels after each halving; or one number for all, the paper's 128.
      classes: how many labels there are; 0 for a critic without labels.
      blocks: how many of the same size there are at the end; the paper's two.

    >>> make = ResNetCritic().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 32, 3)))[0].shape
    (2,)
    """

    widths: int | Sequence[int] = 128
    classes: int = 0
    blocks: int = 2

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        widths = widths_of(self.widths, halved_sizes(x.shape[1:]))
        x = with_label(x, label, self.classes)
        for stage, width in enumerate(widths):
            x = Block(width, down=True, preactivate=stage > 0)(x)
        for _ in range(self.blocks):
            x = Block(widths[-1])(x)
        features = nn.relu(x).mean((1, 2))
        return Dense(1, kernel_init=glorot_uniform())(features)[:, 0]


def sizes(shape: Sequence[int]) -> tuple[int, ...]:
    """The sizes through which networks for images of this shape grow.

    >>> [sizes((size, size, 3)) for size in (8, 28, 32)]
    [(4, 8), (7, 14, 28), (4, 8, 16, 32)]
    """
    return tuple(shape[0] >> halving for halving in reversed(range(halvings(shape, 4) + 1)))


def halved_sizes(shape: Sequence[int]) -> list[int]:
    """To which sizes a `ResNetCritic` halves images: down to 8 up to 32x32, and to 4 above.

    >>> [halved_sizes((size, size, 3)) for size in (8, 28, 32, 64)]
    [[4], [14, 7], [16, 8], [32, 16, 8, 4]]
    """
    count = halvings(shape, 8 if shape[0] <= 32 else 4)
    return [shape[0] >> i for i in range(1, count + 1)]


def halvings(shape: Sequence[int], until: int) -> int:
    """How many times images are halved: once, and on while the size is even and above `until`.

    Args:
      shape: height, width and channels of an image.
      until: the size that is small enough.

    Raises:
      ValueError: unless images are square and of a size from 8 to 256 that is a multiple of 4.

    >>> [halvings((size, size, 3), 4) for size in (8, 28, 32, 64)]
    [1, 2, 3, 4]
    """
    size = shape[0] if len(shape) == 3 and shape[0] == shape[1] else 0
    if size % 4 or not 8 <= size <= 256:
        raise ValueError(
            f"A residual network got images of shape {tuple(shape)}: expected [height, width, "
            "channels] with height = width, a multiple of 4 from 8 to 256 (8, 28, 32, 64, ...)."
        )
    count = 1
    while size >> count > until and (size >> count) % 2 == 0:
        count += 1
    return count
