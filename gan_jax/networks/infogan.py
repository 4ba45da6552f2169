"""The networks of InfoGAN for images: those of DCGAN, where critic and posterior share a trunk."""

import jax.numpy as jnp

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.coded import vector_critic, vector_encoder
from gan_jax.networks.dcgan import DCGANGenerator, DCGANTrunk
from gan_jax.networks.fitting import check_widths
from gan_jax.networks.network import linen


def infogan_networks(
    spec: Spec,
    *,
    latent: int,
    outputs: int,
    features: int = 1024,
    width: int = 64,
    normalise: bool = True,
) -> dict[str, Network]:
    """The networks of `families.infogan`, for square images of a size that is a multiple of 4.

    Chen et al. 2016, arXiv:1606.03657, appendix C.1, with 62 dimensions of noise. Differs from the
    paper: the generator has no layer of 1,024; the posterior's hidden layer has ReLU without batch
    norm; the trunk's leaky ReLU has slope 0.2 in place of 0.1.

    Args:
      spec: of the data.
      latent: dimensions of noise and codes together.
      outputs: of the posterior.
      features: that critic and posterior share.
      width: channels of the widest maps.
      normalise: batch norm in the trunk; False for a penalty, which needs each example by itself.

    Returns:
      `generator`, `trunk`, `critic` and `posterior`.

    Raises:
      ValueError: the data are no such images, or a layer has no width.
    """
    check_widths(width, latent, outputs, features)
    return {
        "generator": linen(DCGANGenerator(spec.shape, width), jnp.zeros((2, latent))),
        "trunk": linen(DCGANTrunk(width, features, normalise), jnp.zeros((2, *spec.shape))),
        "critic": vector_critic(features, widths=()),
        "posterior": vector_encoder(features, outputs=outputs),
    }
