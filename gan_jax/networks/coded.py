"""Networks of games with codes, made to the measure of the data."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.encoders import MLPEncoder, PairCritic
from gan_jax.networks.fitting import check_widths, classes_of, label_examples
from gan_jax.networks.mlp import MLPCritic, MLPGenerator
from gan_jax.networks.network import linen


def mlp_autoencoder(
    spec: Spec,
    *,
    latent: int,
    outputs: int | None = None,
    widths: Sequence[int] = (128, 128, 128),
    output: Callable | None = None,
    conditional: bool = False,
) -> tuple[Network, Network]:
    """Multilayer perceptrons there and back: any shape of data.

    Args:
      spec: of the data.
      latent: dimensions of the latents that the generator takes.
      outputs: of the encoder; `latent` if not given, `2 * latent` for the moments of a VAE.
      widths: of the hidden layers of the encoder; those of the generator are the same backwards.
      output: of the generator; tanh for images and the identity for points if not given. A
        Bernoulli likelihood takes logits: `jax.nn.identity`.
      conditional: whether the generator receives labels.

    Returns:
      `(encoder, generator)`.

    Raises:
      ValueError: a layer of no width, or data without labels to be conditional on.
    """
    outputs = latent if outputs is None else outputs
    check_widths(*widths, latent, outputs)
    output = output or (jnp.tanh if spec.is_image else jax.nn.identity)
    classes = classes_of(spec, conditional)
    generator = MLPGenerator(spec.shape, tuple(widths)[::-1], classes, output=output)
    encoder = linen(MLPEncoder(outputs, widths), jnp.zeros((2, *spec.shape)))
    return encoder, linen(generator, jnp.zeros((2, latent)), *label_examples(classes))


def pair_critic(spec: Spec, *, latent: int, widths: Sequence[int] = (128, 128, 128)) -> Network:
    """A perceptron from an example and its latent to a score."""
    check_widths(*widths, latent)
    return linen(PairCritic(widths), jnp.zeros((2, *spec.shape)), jnp.zeros((2, latent)))


def vector_critic(size: int, *, widths: Sequence[int] = (128, 128), classes: int = 0) -> Network:
    """A perceptron from a vector `[B, size]`, and a label if there are classes, to a score."""
    check_widths(*widths, size)
    return linen(MLPCritic(widths, classes), jnp.zeros((2, size)), *label_examples(classes))


def vector_encoder(size: int, *, outputs: int, widths: Sequence[int] = (128,)) -> Network:
    """A perceptron from a vector `[B, size]` to a vector `[B, outputs]`."""
    check_widths(*widths, size, outputs)
    return linen(MLPEncoder(outputs, widths), jnp.zeros((2, size)))
