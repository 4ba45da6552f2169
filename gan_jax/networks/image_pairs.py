"""Pairs of the larger networks for images: SNGAN, SAGAN, BigGAN and R3GAN."""

from collections.abc import Sequence

from jax.nn.initializers import orthogonal

from gan_jax import ranges
from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.biggan import BigGANGenerator
from gan_jax.networks.fitting import check_widths, classes_of, paired, widths_of
from gan_jax.networks.r3gan import R3GANCritic, R3GANGenerator
from gan_jax.networks.resnet import halved_sizes, sizes
from gan_jax.networks.sngan import SNGANCritic, SNGANGenerator


def sngan_pair(
    spec: Spec, *, latent: int = 128, width: int = 64, conditional: bool = False
) -> tuple[Network, Network]:
    """SNGAN for square images of 8 to 256; see `gan_jax.networks.sngan`.

    With `spectral(critic)` it is the paper's, and if conditional that of Miyato and Koyama 2018,
    arXiv:1802.05637. Up to 32x32 all maps have 4 `width` channels, the critic's 2 `width`; above,
    `width` doubles with each halving, up to 16 times.

    Args:
      spec: of the data.
      latent: dimensions of the prior.
      width: of the unit of channels; the paper's 64.
      conditional: whether both receive labels: as a norm for each class, and as a projection.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, or have no labels to be conditional on.
    """
    return _sngan(spec, latent, width, conditional, attention=0)


def sagan_pair(
    spec: Spec,
    *,
    latent: int = 128,
    width: int = 64,
    attention: int | None = None,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """SAGAN for square images of 8 to 256: `sngan_pair` with self-attention in both.

    Zhang et al. 2018, arXiv:1805.08318, section 4: both under `spectral`, and conditional. Differs
    from the paper: sizes other than 128.

    Args:
      spec: of the data.
      latent: dimensions of the prior.
      width: of the unit of channels; the paper's 64.
      attention: the size of the maps on which there is attention; by default the largest up to 32
        that both networks have: 32 for 64x64 and more, 16 for 32x32, 14 for 28x28.
      conditional: as for `sngan_pair`.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, have no labels to be conditional on, or there are no
        maps of the size `attention`.
    """
    known = common(spec.shape)
    largest = max((size for size in known if size <= 32), default=min(known))
    chosen = _attention(spec, largest if attention is None else attention)
    return _sngan(spec, latent, width, conditional, chosen)


def biggan_pair(
    spec: Spec,
    *,
    latent: int = 120,
    width: int = 64,
    embedding: int = 128,
    attention: int | None = None,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """BigGAN for square images of 8 to 256; see `gan_jax.networks.biggan`.

    Brock et al. 2018, arXiv:1809.11096, appendix B: both under `spectral`, and conditional. Widths
    are those of `sngan_pair`, but 4 `width` in the critic up to 32x32 as well. Differs from the
    paper: above 128 the widths go on doubling.

    Args:
      spec: of the data.
      latent: dimensions of the prior, a multiple of the number of maps; 120 suits 8x8 to 128x128.
      width: of the unit of channels; the paper's 96 for 128x128, 64 in the authors' 32x32.
      embedding: dimensions of the embedding of a class.
      attention: the size of the maps on which there is attention, 0 for none; by default half that
        of the images above 32x32, and none up to there.
      conditional: whether both receive labels.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, have no labels to be conditional on, or there are no
        maps of the size `attention`; or latents that cannot be cut into equal parts.
    """
    check_widths(width, embedding)
    classes, largest = classes_of(spec, conditional), max(common(spec.shape))
    usual = largest if spec.shape[0] > 32 else 0
    attention = _attention(spec, usual if attention is None else attention)
    ups, downs, count = channels_of(spec.shape, width, 4)
    return paired(
        BigGANGenerator(spec.shape, ups, classes, embedding, attention),
        SNGANCritic(downs, count, classes, attention, orthogonal()),
        spec.shape,
        latent,
        classes,
    )


def r3gan_pair(
    spec: Spec,
    *,
    latent: int = 64,
    widths: int | Sequence[int] = 96,
    blocks: int = 2,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """R3GAN for square images of 8 to 256; see `gan_jax.networks.r3gan`.

    Args:
      spec: of the data.
      latent: dimensions of the prior; the paper's 64.
      widths: channels of the smallest maps, 4x4 for 8, 16, 32 and 64, and then after each doubling;
        or one number for all, the paper's 768 for CIFAR-10.
      blocks: of each size, in both.
      conditional: whether both receive labels.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, have no labels to be conditional on, or widths of
        another number than the maps.
    """
    widths = widths_of(widths, sizes(spec.shape))
    ranges.positive("number of blocks", blocks)
    classes = classes_of(spec, conditional)
    generator = R3GANGenerator(spec.shape, widths, classes, blocks=blocks)
    critic = R3GANCritic(widths, classes, blocks)
    return paired(generator, critic, spec.shape, latent, classes)


def _sngan(spec: Spec, latent: int, width: int, conditional: bool, attention: int) -> tuple:
    check_widths(width)
    classes = classes_of(spec, conditional)
    ups, downs, count = channels_of(spec.shape, width, 2)
    generator = SNGANGenerator(spec.shape, ups, classes, attention)
    critic = SNGANCritic(downs, count, classes, attention)
    return paired(generator, critic, spec.shape, latent, classes)


def channels_of(shape: Sequence[int], width: int, small: int) -> tuple[tuple, tuple, int]:
    """Of the generator's maps and the critic's blocks, and how many of these halve the size.

    Args:
      shape: of an image.
      width: the unit of channels.
      small: how many of it the critic has up to 32x32, where the generator has 4.

    >>> channels_of((32, 32, 3), 64, 2)
    ((256, 256, 256, 256), (128, 128, 128, 128), 2)
    >>> channels_of((64, 64, 3), 64, 2)
    ((1024, 1024, 512, 256, 128), (64, 128, 256, 512, 1024), 4)
    """
    count = len(halved_sizes(shape))
    if shape[0] <= 32:
        return (4 * width,) * len(sizes(shape)), (small * width,) * (count + 2), count
    rising = tuple(min(width << stage, 16 * width) for stage in range(count + 1))
    falling = tuple(max(16 >> stage, 1) * width for stage in range(count))
    return (16 * width, *falling), rising, count


def common(shape: Sequence[int]) -> list[int]:
    """Sizes of maps that both networks have and attention can have: even ones, the largest first.

    >>> common((28, 28, 1)), common((128, 128, 3))
    ([14], [64, 32, 16, 8, 4])
    """
    return [size for size in halved_sizes(shape) if size % 2 == 0]


def _attention(spec: Spec, size: int) -> int:
    """The size itself, if there are such maps, or 0."""
    known = common(spec.shape)
    if size not in (0, *known):
        raise ValueError(
            f"There are no maps of {size}x{size} for images of {spec.shape[0]}x{spec.shape[1]} to "
            f"attend to: give {', '.join(map(str, known))}, or 0 for none."
        )
    return size
