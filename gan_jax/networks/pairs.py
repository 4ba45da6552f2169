"""A generator and a critic of one architecture, made to the measure of the data."""

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp

from gan_jax import ranges
from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.characters import TextCritic, TextGenerator
from gan_jax.networks.dcgan import DCGANCritic, DCGANGenerator
from gan_jax.networks.fitting import check_text, check_widths, classes_of, paired, widths_of
from gan_jax.networks.mlp import MLPCritic, MLPGenerator, relu_layer
from gan_jax.networks.recurrent import LSTMCritic, LSTMGenerator
from gan_jax.networks.resnet import ResNetCritic, ResNetGenerator, halved_sizes, sizes
from gan_jax.networks.table import table_output


def mlp_pair(
    spec: Spec,
    *,
    latent: int,
    widths: Sequence[int] = (128, 128, 128),
    conditional: bool = False,
    output: Callable | None = None,
    pack: int = 1,
    critic_widths: Sequence[int] | None = None,
    layer: Callable = relu_layer,
    critic_layer: Callable = relu_layer,
) -> tuple[Network, Network]:
    """Multilayer perceptrons: any shape of data; images end in tanh, points are unbounded.

    The rows of a table end in `table_output`.

    Args:
      spec: of the data.
      latent: dimensions of the prior.
      widths: of the hidden layers of both.
      conditional: whether both receive labels.
      output: of the generator, if it is another one: `jax.nn.identity` for `table_generator`.
      pack: examples that the critic judges together, see `packed`.
      critic_widths: of the hidden layers of the critic, if they are others.
      layer: of the generator, hidden: `relu_layer`, `normalised_layer`.
      critic_layer: of the critic: `relu_layer`, `maxout_layer(5)`.

    Returns:
      `(generator, critic)`.
    """
    critic_widths = widths if critic_widths is None else critic_widths
    check_widths(*widths, *critic_widths)
    classes = classes_of(spec, conditional)
    usual = jnp.tanh if spec.is_image else jax.nn.identity
    usual = partial(table_output, spec=spec) if spec.columns else usual
    generator = MLPGenerator(spec.shape, widths, classes, layer, output or usual)
    critic = MLPCritic(critic_widths, pack * classes, critic_layer)
    return paired(generator, critic, spec.shape, latent, classes, pack)


def dcgan_pair(
    spec: Spec,
    *,
    latent: int,
    width: int = 64,
    normalise_generator: bool = True,
    normalise_critic: bool = False,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """DCGAN for square images of a size that is a multiple of 4; see `gan_jax.networks.dcgan`.

    Args:
      spec: of the data.
      latent: dimensions of the prior.
      width: channels of the widest maps of both.
      normalise_generator: batch norm in the generator.
      normalise_critic: batch norm in the critic; not under a penalty.
      conditional: whether both receive labels.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, or have no labels to be conditional on.
    """
    check_widths(width)
    classes = classes_of(spec, conditional)
    generator = DCGANGenerator(spec.shape, width, classes, normalise_generator)
    critic = DCGANCritic(width, classes, normalise_critic)
    return paired(generator, critic, spec.shape, latent, classes)


def resnet_pair(
    spec: Spec,
    *,
    latent: int,
    widths: int | Sequence[int] = 128,
    blocks: int = 2,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """Residual networks for square images of 8 to 256; see `gan_jax.networks.resnet`.

    Args:
      spec: of the data.
      latent: dimensions of the prior.
      widths: channels of the generator's smallest maps, 4x4 for 8, 16, 32 and 64, and then after
        each doubling; the critic has those of the same sizes, down to where it halves images. Or
        one number for all, the paper's 128.
      blocks: of the same size, at the end of the critic.
      conditional: whether both receive labels.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no such images, have no labels to be conditional on, or widths of
        another number than the maps.
    """
    classes, ups = classes_of(spec, conditional), widths_of(widths, sizes(spec.shape))
    downs = ups[-2::-1][: len(halved_sizes(spec.shape))]
    ranges.not_negative("number of blocks", blocks)
    generator = ResNetGenerator(spec.shape, ups, classes)
    critic = ResNetCritic(downs, classes, blocks)
    return paired(generator, critic, spec.shape, latent, classes)


def recurrent_pair(
    spec: Spec,
    *,
    latent: int,
    width: int = 100,
    layers: int = 1,
    output: Callable = jnp.tanh,
    per_step: bool = False,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """LSTMs for sequences `[T, C]`; see `gan_jax.networks.recurrent`.

    Args:
      spec: of the data.
      latent: dimensions of the prior: of one latent for the whole sequence, `[B, latent]`, or of
        one for each step, `[B, T, latent]`.
      width: of the hidden states of both.
      layers: LSTMs on top of one another, in both.
      output: of the generator: `jnp.tanh` for sequences in [-1, 1], the identity for any.
      per_step: whether the critic's scores are those of each step, `[B, T]`.
      conditional: whether both receive labels.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no sequences, or have no labels to be conditional on.
    """
    check_widths(width)
    if len(spec.shape) != 2:
        raise ValueError(f"An LSTM needs sequences of shape (T, C); the data have {spec.shape}.")
    ranges.positive("number of layers", layers)
    classes = classes_of(spec, conditional)
    generator = LSTMGenerator(spec.shape, width, classes, output, layers)
    critic = LSTMCritic(width, classes, per_step, layers)
    return paired(generator, critic, spec.shape, latent, classes)


def text_pair(
    spec: Spec,
    *,
    latent: int,
    width: int = 512,
    blocks: int = 5,
    temperature: float = 1.0,
    straight_through: bool = False,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """Residual networks over time for text `[T, V]`; see `gan_jax.networks.characters`.

    Args:
      spec: of the data, with its vocabulary.
      latent: dimensions of the prior; for the Gumbel-softmax, of the first of two `together`.
      width: channels of all layers of both.
      blocks: residual blocks in each.
      temperature: of the generator's softmax, above 0.
      straight_through: whether the generator gives one-hot text, with the softmax's gradient.
      conditional: whether both receive labels.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no text, or have no labels to be conditional on.
    """
    check_widths(width)
    ranges.positive("temperature of the softmax", temperature)
    check_text(spec)
    classes = classes_of(spec, conditional)
    generator = TextGenerator(spec.shape, width, blocks, classes, temperature, straight_through)
    return paired(generator, TextCritic(width, blocks, classes), spec.shape, latent, classes)
