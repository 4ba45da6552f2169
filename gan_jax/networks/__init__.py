"""Networks: `linen` makes one of a flax module; some modules; the layers that they are made of."""

from gan_jax.networks.dcgan import DCGANCritic, DCGANGenerator
from gan_jax.networks.layers import BatchNorm, Conv, ConvTranspose
from gan_jax.networks.mlp import MLPCritic, MLPGenerator
from gan_jax.networks.network import linen
from gan_jax.networks.pairs import dcgan_pair, mlp_pair

__all__ = [
    "BatchNorm",
    "Conv",
    "ConvTranspose",
    "DCGANCritic",
    "DCGANGenerator",
    "MLPCritic",
    "MLPGenerator",
    "dcgan_pair",
    "linen",
    "mlp_pair",
]
