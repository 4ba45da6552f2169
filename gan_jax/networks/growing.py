"""Growing in phases: a pair of networks for each size, and what it sees of the data."""

from collections.abc import Callable, Sequence

import jax

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.fitting import paired, widths_of
from gan_jax.networks.layers import double, mean_pool
from gan_jax.networks.progressive import ProgressiveCritic, ProgressiveGenerator, faded
from gan_jax.networks.resnet import sizes


def progressive_pair(
    spec: Spec,
    *,
    size: int,
    latent: int = 128,
    widths: int | Sequence[int] = 128,
    summarised: Callable = jax.nn.identity,
) -> tuple[Network, Network]:
    """The pair for one size of progressive growing; see `gan_jax.networks.progressive`.

    Its networks are called with the share `[B]` of the new layers as their last input, or without.

    Args:
      spec: of the data, square images of 8 to 256.
      size: one of `sizes(spec.shape)`.
      latent: dimensions of the prior.
      widths: channels of the maps of each of the sizes, from the smallest on, or one number for
        all; the same in each phase. In the paper 512 up to 32x32, and then half at each doubling.
      summarised: of the critic's smallest maps; in the paper's code `MinibatchDeviation(4)`.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, or have no such size; or a wrong number of widths.
    """
    known = sizes(spec.shape)
    widths = widths_of(widths, known)
    if size not in known:
        raise ValueError(
            f"Networks for images of {spec.shape[0]}x{spec.shape[1]} grow through the sizes "
            f"{', '.join(map(str, known))}; given: {size}."
        )
    own, channels = widths[: known.index(size) + 1], spec.shape[2]
    generator = ProgressiveGenerator(known[0], channels, own)
    critic = ProgressiveCritic(own, summarised)
    return paired(generator, critic, (size, size, channels), latent, 0)


def shown(spec: Spec, size: int) -> Callable[[jax.Array, jax.Array], jax.Array]:
    """Real images as the critic of a size sees them: made smaller, and faded as the fakes are.

    Args:
      spec: of the data.
      size: one of `sizes(spec.shape)`.

    Returns:
      `(images [B, H, W, C], share [B]) -> [B, size, size, C]`; in the first phase nothing fades.
    """

    def show(images, share):
        while images.shape[1] > size:
            images = mean_pool(images)
        first = size == sizes(spec.shape)[0]
        return images if first else faded(double(mean_pool(images)), images, share)

    return show


def enlarged(images: jax.Array, size: int) -> jax.Array:
    """Images of this size, each pixel repeated: samples of a smaller pair beside the data."""
    while images.shape[1] < size:
        images = double(images)
    return images
