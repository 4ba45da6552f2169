"""The residual networks of SNGAN, with attention those of SAGAN; their parts serve BigGAN too."""

from collections.abc import Callable, Sequence
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, ones

from gan_jax.networks.attention import SelfAttention
from gan_jax.networks.conditional import ClassBatchNorm, Projection
from gan_jax.networks.labels import check_label
from gan_jax.networks.layers import BatchNorm, Conv, Dense
from gan_jax.networks.resnet import Block, he_uniform
from gan_jax.numerics import wide

plain_norm = partial(BatchNorm, scale_init=ones)
"""Batch norm whose gain begins at one."""


class SNGANGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to images `[B, *shape]` in [-1, 1].

    Miyato et al. 2018, arXiv:1802.05957, appendix B.4: a projection to the smallest size, a `Block`
    for each doubling, then batch norm, ReLU, a 3x3 convolution and tanh. With classes the batch
    norm of the blocks has a gain and a bias of each (Miyato and Koyama 2018, arXiv:1802.05637);
    with attention and a spectral norm it is the generator of SAGAN (arXiv:1805.08318).

    Attributes:
      shape: height, width and channels; the size is a multiple of 2 to the number of doublings.
      widths: channels of the smallest maps, and then after each doubling.
      classes: how many labels there are; 0 for a generator without labels.
      attention: the size of the maps on which there is self-attention; 0 for none.

    >>> make = SNGANGenerator((32, 32, 3), (256,) * 4).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 128)))[0].shape
    (2, 32, 32, 3)
    """

    shape: Sequence[int]
    widths: Sequence[int]
    classes: int = 0
    attention: int = 0

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        check_label(label, self.classes)
        norm = partial(ClassBatchNorm, self.classes) if self.classes else plain_norm
        condition = () if label is None else (label,)
        conditions = [condition] * (len(self.widths) - 1)
        return generated(z, self.shape, self.widths, conditions, norm, self.attention)


class SNGANCritic(nn.Module):
    """Images `[B, H, W, C]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    Miyato et al. 2018, arXiv:1802.05957, appendix B.4: a `Block` for each halving, some of the same
    size, ReLU, the *sum* over the image and one linear layer, without normalisation of activations;
    `spectral` makes it the paper's. Labels are seen by `Projection`; with attention it is the
    critic of SAGAN, and begun orthogonally that of BigGAN.

    Attributes:
      widths: channels after each block.
      halvings: how many of the blocks, the first ones, halve the size.
      classes: how many labels there are; 0 for a critic without labels.
      attention: the size of the maps on which there is self-attention; 0 for none.
      kernel_init: of the convolutions in blocks; of everything else, Glorot's if this is not given.

    >>> make = SNGANCritic((128,) * 4, halvings=2).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 32, 3)))[0].shape
    (2,)
    """

    widths: Sequence[int]
    halvings: int
    classes: int = 0
    attention: int = 0
    kernel_init: Callable | None = None

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        kernel_init, other_init = initialisers(self.kernel_init)
        block = partial(Block, kernel_init=kernel_init, shortcut_init=other_init)
        for stage, width in enumerate(self.widths):
            down = stage < self.halvings
            x = block(width, down=down, preactivate=stage > 0)(x)
            x = attended(x, self.attention, other_init) if down else x
        features = wide(nn.relu(x)).sum((1, 2))
        return Projection(self.classes, kernel_init=other_init)(features, label)


def generated(
    z: jax.Array,
    shape: Sequence[int],
    widths: Sequence[int],
    conditions: Sequence[tuple],
    normalise: Callable,
    attention: int,
    kernel_init: Callable | None = None,
) -> jax.Array:
    """Images `[B, *shape]` from latents, within a module: one block for each of the conditions.

    Args:
      z: latents of the projection to the smallest size, `[B, d]`.
      shape: of an image.
      widths: channels of the smallest maps, and then after each block.
      conditions: what the norm of each block receives beside its input.
      normalise: makes the norm of a block.
      attention: the size of the maps on which there is self-attention; 0 for none.
      kernel_init: as in `SNGANCritic`.
    """
    kernel_init, other_init = initialisers(kernel_init)
    base, first = shape[0] >> len(conditions), widths[0]
    x = Dense(base * base * first, kernel_init=other_init)(z).reshape(-1, base, base, first)
    block = partial(Block, up=True, kernel_init=kernel_init, shortcut_init=other_init)
    for width, condition in zip(widths[1:], conditions, strict=True):
        x = block(width, normalise=normalise)(attended(x, attention, other_init), *condition)
    x = nn.relu(plain_norm()(attended(x, attention, other_init)))
    return jnp.tanh(Conv(shape[2], 3, 1, kernel_init=other_init)(x))


def attended(x: jax.Array, size: int, kernel_init: Callable) -> jax.Array:
    """Within a module: `x` through self-attention if its maps are of this size."""
    return SelfAttention(kernel_init)(x) if x.shape[1] == size else x


def initialisers(kernel_init: Callable | None) -> tuple[Callable, Callable]:
    """That of the convolutions in blocks, and that of all else: the given one, or SNGAN's two."""
    return (kernel_init, kernel_init) if kernel_init else (he_uniform, glorot_uniform())
