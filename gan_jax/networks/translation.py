"""Networks of CycleGAN: Zhu et al. 2017, arXiv:1703.10593, appendix 7.2."""

from collections.abc import Callable, Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import he_normal, normal

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.fitting import check_widths
from gan_jax.networks.instance import InstanceNorm
from gan_jax.networks.layers import Conv, ConvTranspose
from gan_jax.networks.network import linen


class Translator(nn.Module):
    """Images to images: `x + f(x)` or `tanh(f(x))`, where f is the paper's generator, unbounded.

    f is a convolution, halvings (none below 24 pixels, at most two), residual blocks, as many
    doublings, and a convolution, with instance norm and ReLU between them; weights from
    N(0, 0.02^2), and without instance norm by He et al. 2015, arXiv:1502.01852, but for the last.

    Differs from the paper: `x + f(x)`, which begins near the identity, unless tanh(f(x)) is asked
    for; zeros around the images instead of reflections; 4x4 kernels from one size to the next; 3x3
    kernels at both ends where there are no halvings, else 7x7.

    Attributes:
      width: channels at the full size, doubled with each halving.
      blocks: residual blocks.
      normalise: whether there is instance norm.
      residual: whether it is `x + f(x)`. Where brightness changes that soon learns it; where shapes
        and textures do, the cycle loss may keep it at the identity, which is perfect to it.

    >>> make = Translator(width=4, blocks=1).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 48, 3)))[0].shape
    (2, 32, 48, 3)
    """

    width: int = 64
    blocks: int = 6
    normalise: bool = True
    residual: bool = True

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        count = halvings(x.shape[1:], smallest=12, most=2)
        ends = 7 if count else 3
        bare = {"use_bias": not self.normalise, "kernel_init": initialiser(self.normalise)}
        norm = InstanceNorm() if self.normalise else jax.nn.identity
        y = nn.relu(norm(Conv(self.width, ends, 1, **bare)(x)))
        for stage in range(count):
            y = nn.relu(norm(Conv(self.width << (stage + 1), 4, 2, **bare)(y)))
        for _ in range(self.blocks):
            inner = nn.relu(norm(Conv(y.shape[-1], 3, 1, **bare)(y)))
            y = y + norm(Conv(y.shape[-1], 3, 1, **bare)(inner))
        for stage in reversed(range(count)):
            y = nn.relu(norm(ConvTranspose(self.width << stage, 4, 2, **bare)(y)))
        y = Conv(x.shape[-1], ends, 1)(y)
        return x + y if self.residual else jnp.tanh(y)


class PatchCritic(nn.Module):
    """Images `[B, H, W, C]` to raw scores of their patches, `[B, h, w]`; losses take the mean.

    4x4 convolutions: one for each halving (at most three, to maps of 4 pixels or more), one more,
    and one to the scores; instance norm in all but the first and the last, leaky ReLU of slope
    0.2, weights as in `Translator`. With three halvings a score sees 70x70 pixels.

    Attributes:
      width: channels after the first layer, doubled with each later one, up to eightfold.
      normalise: whether there is instance norm: it hides the brightness of an image from all
        layers but the first.

    >>> make = PatchCritic(width=4).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 256, 256, 3)))[0].shape
    (2, 32, 32)
    """

    width: int = 64
    normalise: bool = True

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        count = halvings(x.shape[1:], smallest=4, most=3)
        initialise = initialiser(self.normalise)
        for stage in range(count + 1):
            norm = self.normalise and stage > 0
            x = Conv(self.width << stage, 4, 2 if stage < count else 1, not norm, initialise)(x)
            x = nn.leaky_relu(InstanceNorm()(x) if norm else x, 0.2)
        return Conv(1, 4, 1, kernel_init=initialise)(x)[..., 0]


def translation_networks(
    spec: Spec,
    *,
    width: int = 64,
    blocks: int = 6,
    normalise_generator: bool = True,
    normalise_critic: bool = True,
    residual: bool = True,
) -> tuple[Network, Network, Network, Network]:
    """What `families.cycle` takes: generator, inverse, critic and inverse critic.

    Args:
      spec: of the data: images of 8 to 256 pixels, square or not, of any number of channels.
      width: channels of the widest maps of all four.
      blocks: residual blocks in each generator.
      normalise_generator: instance norm in both generators.
      normalise_critic: instance norm in both critics.
      residual: whether the generators add to their input; see `Translator`.

    Returns:
      `(generator, inverse, critic, inverse_critic)`.

    Raises:
      ValueError: the data are no such images.
    """
    check_widths(width)
    if not spec.is_image or min(spec.shape[:2]) < 8:
        raise ValueError(f"CycleGAN needs images of 8 pixels or more; the data have {spec.shape}.")
    if blocks < 0:
        raise ValueError(f"A generator has 0 residual blocks or more; given: {blocks}.")
    x = jnp.zeros((2, *spec.shape))
    generator = linen(Translator(width, blocks, normalise_generator, residual), x)
    critic = linen(PatchCritic(width, normalise_critic), x)
    return generator, generator, critic, critic


def initialiser(normalise: bool) -> Callable:
    """Of kernels: their scale matters only where no norm follows."""
    return normal(0.02) if normalise else he_normal()


def halvings(shape: Sequence[int], smallest: int, most: int) -> int:
    """How many times images can be halved, down to a smallest size of both sides.

    >>> [halvings((size, size, 3), 12, 2) for size in (8, 28, 32, 64, 256)]
    [0, 1, 1, 2, 2]
    """
    height, width = shape[:2]
    count = 0
    while count < most and not (height % 2 or width % 2) and min(height, width) >= 2 * smallest:
        height, width, count = height // 2, width // 2, count + 1
    return count
