"""Networks: `linen` makes one of a flax module; some modules; the layers that they are made of."""

from gan_jax.networks.coded import (
    dcgan_autoencoder,
    mlp_autoencoder,
    pair_critic,
    vector_critic,
    vector_encoder,
)
from gan_jax.networks.dcgan import DCGANCritic, DCGANGenerator
from gan_jax.networks.encoders import DCGANEncoder, MLPEncoder, PairCritic
from gan_jax.networks.layers import BatchNorm, Conv, ConvDown, ConvTranspose, ConvUp
from gan_jax.networks.mlp import MLPCritic, MLPGenerator
from gan_jax.networks.network import linen
from gan_jax.networks.pairs import dcgan_pair, mlp_pair, recurrent_pair, resnet_pair
from gan_jax.networks.precision import checkpointed, half, with_precision
from gan_jax.networks.recurrent import LSTM, LSTMCritic, LSTMGenerator
from gan_jax.networks.resnet import ResNetCritic, ResNetGenerator

__all__ = [
    "LSTM",
    "BatchNorm",
    "Conv",
    "ConvDown",
    "ConvTranspose",
    "ConvUp",
    "DCGANCritic",
    "DCGANEncoder",
    "DCGANGenerator",
    "LSTMCritic",
    "LSTMGenerator",
    "MLPCritic",
    "MLPEncoder",
    "MLPGenerator",
    "PairCritic",
    "ResNetCritic",
    "ResNetGenerator",
    "checkpointed",
    "dcgan_autoencoder",
    "dcgan_pair",
    "half",
    "linen",
    "mlp_autoencoder",
    "mlp_pair",
    "pair_critic",
    "recurrent_pair",
    "resnet_pair",
    "vector_critic",
    "vector_encoder",
    "with_precision",
]
