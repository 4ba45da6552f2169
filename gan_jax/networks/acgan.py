"""The networks of AC-GAN for images: those of DCGAN, where critic and classifier share a trunk."""

import jax
import jax.numpy as jnp

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.conditional import Projection
from gan_jax.networks.dcgan import DCGANGenerator, DCGANTrunk
from gan_jax.networks.fitting import check_widths, classes_of
from gan_jax.networks.layers import Dense
from gan_jax.networks.network import linen


def acgan_networks(
    spec: Spec, *, latent: int, width: int = 64, normalise_critic: bool = False
) -> dict[str, Network]:
    """The networks of `families.acgan`, for square images of a size that is a multiple of 4.

    `families.acgan(**acgan_networks(spec, latent=64), prior=priors.normal(64), ...)`

    Args:
      spec: of the data.
      latent: dimensions of the prior.
      width: channels of the widest maps.
      normalise_critic: batch norm in the trunk; not under a penalty.

    Returns:
      `generator`, `trunk`, `critic` and `classifier`.

    Raises:
      ValueError: the data are no such images, or have no labels.
    """
    check_widths(width, latent)
    classes = classes_of(spec, True)
    z, x, label = jnp.zeros((2, latent)), jnp.zeros((2, *spec.shape)), jnp.zeros(2, jnp.int32)
    trunk = linen(DCGANTrunk(width, normalise=normalise_critic), x)
    features = jax.eval_shape(lambda: trunk.apply(*trunk.init(jax.random.key(0)), x))
    return {
        "generator": linen(DCGANGenerator(spec.shape, width, classes), z, label),
        "trunk": trunk,
        "critic": linen(Projection(), features),
        "classifier": linen(Dense(classes), features),
    }
