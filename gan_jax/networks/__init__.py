"""Networks: `linen` makes one of a flax module; some modules; the layers that they are made of."""

from gan_jax.networks.acgan import acgan_networks
from gan_jax.networks.attention import SelfAttention
from gan_jax.networks.biggan import BigGANGenerator
from gan_jax.networks.characters import TextCritic, TextGenerator
from gan_jax.networks.coded import (
    mlp_autoencoder,
    pair_critic,
    vector_critic,
    vector_encoder,
)
from gan_jax.networks.conditional import ClassBatchNorm, ConditionalBatchNorm, Projection
from gan_jax.networks.dcgan import DCGANCritic, DCGANGenerator, DCGANTrunk
from gan_jax.networks.encoders import MLPEncoder, PairCritic
from gan_jax.networks.growing import enlarged, progressive_pair, shown
from gan_jax.networks.image_pairs import biggan_pair, r3gan_pair, sagan_pair, sngan_pair
from gan_jax.networks.infogan import infogan_networks
from gan_jax.networks.instance import InstanceNorm
from gan_jax.networks.layers import BatchNorm, Conv, ConvDown, ConvTranspose, ConvUp
from gan_jax.networks.minibatch import MinibatchDeviation
from gan_jax.networks.mlp import MLPCritic, MLPGenerator, maxout_layer, normalised_layer, relu_layer
from gan_jax.networks.network import linen, zero_to_one
from gan_jax.networks.packing import packed
from gan_jax.networks.pairs import dcgan_pair, mlp_pair, recurrent_pair, resnet_pair, text_pair
from gan_jax.networks.policy import LSTMPolicy, TextCNN, policy_pair
from gan_jax.networks.precision import checkpointed, half, with_precision
from gan_jax.networks.progressive import ProgressiveCritic, ProgressiveGenerator
from gan_jax.networks.r3gan import R3GANCritic, R3GANGenerator
from gan_jax.networks.recurrent import LSTM, LSTMCritic, LSTMGenerator
from gan_jax.networks.resnet import ResNetCritic, ResNetGenerator, sizes
from gan_jax.networks.sngan import SNGANCritic, SNGANGenerator
from gan_jax.networks.spectral import spectral
from gan_jax.networks.table import (
    TableGenerator,
    table_draw,
    table_generator,
    table_output,
    table_pair,
)
from gan_jax.networks.text_autoencoder import TextDecoder, TextEncoder, text_autoencoder
from gan_jax.networks.translation import PatchCritic, Translator, translation_networks

__all__ = [
    "LSTM",
    "BatchNorm",
    "BigGANGenerator",
    "ClassBatchNorm",
    "ConditionalBatchNorm",
    "Conv",
    "ConvDown",
    "ConvTranspose",
    "ConvUp",
    "DCGANCritic",
    "DCGANGenerator",
    "DCGANTrunk",
    "InstanceNorm",
    "LSTMCritic",
    "LSTMGenerator",
    "LSTMPolicy",
    "MLPCritic",
    "MLPEncoder",
    "MLPGenerator",
    "MinibatchDeviation",
    "PairCritic",
    "PatchCritic",
    "ProgressiveCritic",
    "ProgressiveGenerator",
    "Projection",
    "R3GANCritic",
    "R3GANGenerator",
    "ResNetCritic",
    "ResNetGenerator",
    "SNGANCritic",
    "SNGANGenerator",
    "SelfAttention",
    "TableGenerator",
    "TextCNN",
    "TextCritic",
    "TextDecoder",
    "TextEncoder",
    "TextGenerator",
    "Translator",
    "acgan_networks",
    "biggan_pair",
    "checkpointed",
    "dcgan_pair",
    "enlarged",
    "half",
    "infogan_networks",
    "linen",
    "maxout_layer",
    "mlp_autoencoder",
    "mlp_pair",
    "normalised_layer",
    "packed",
    "pair_critic",
    "policy_pair",
    "progressive_pair",
    "r3gan_pair",
    "recurrent_pair",
    "relu_layer",
    "resnet_pair",
    "sagan_pair",
    "shown",
    "sizes",
    "sngan_pair",
    "spectral",
    "table_draw",
    "table_generator",
    "table_output",
    "table_pair",
    "text_autoencoder",
    "text_pair",
    "translation_networks",
    "vector_critic",
    "vector_encoder",
    "with_precision",
    "zero_to_one",
]
