"""Networks: `linen` makes one of a flax module; some modules; the layers that they are made of."""

from gan_jax.networks.characters import TextCritic, TextGenerator
from gan_jax.networks.dcgan import DCGANCritic, DCGANGenerator
from gan_jax.networks.layers import BatchNorm, Conv, ConvDown, ConvTranspose, ConvUp
from gan_jax.networks.minibatch import MinibatchDeviation
from gan_jax.networks.mlp import MLPCritic, MLPGenerator
from gan_jax.networks.network import linen
from gan_jax.networks.packing import packed
from gan_jax.networks.pairs import dcgan_pair, mlp_pair, recurrent_pair, resnet_pair, text_pair
from gan_jax.networks.precision import checkpointed, half, with_precision
from gan_jax.networks.recurrent import LSTM, LSTMCritic, LSTMGenerator
from gan_jax.networks.resnet import ResNetCritic, ResNetGenerator
from gan_jax.networks.spectral import spectral

__all__ = [
    "LSTM",
    "BatchNorm",
    "Conv",
    "ConvDown",
    "ConvTranspose",
    "ConvUp",
    "DCGANCritic",
    "DCGANGenerator",
    "LSTMCritic",
    "LSTMGenerator",
    "MLPCritic",
    "MLPGenerator",
    "MinibatchDeviation",
    "ResNetCritic",
    "ResNetGenerator",
    "TextCritic",
    "TextGenerator",
    "checkpointed",
    "dcgan_pair",
    "half",
    "linen",
    "mlp_pair",
    "packed",
    "recurrent_pair",
    "resnet_pair",
    "spectral",
    "text_pair",
    "with_precision",
]
