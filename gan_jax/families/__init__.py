"""Families: functions from networks, a prior and a few numbers to a `Game`."""

from gan_jax.families.acgan import acgan
from gan_jax.families.adaptive import adaptive
from gan_jax.families.adversarial_autoencoder import adversarial_autoencoder
from gan_jax.families.arae import arae
from gan_jax.families.bigan import bigan
from gan_jax.families.cramer import cramer
from gan_jax.families.ctgan import ctgan
from gan_jax.families.cycle import cycle
from gan_jax.families.infogan import infogan
from gan_jax.families.lecam import lecam
from gan_jax.families.likelihood import maximum_likelihood
from gan_jax.families.progressive import progressive
from gan_jax.families.relativistic import r3gan, relativistic
from gan_jax.families.semi_supervised_autoencoder import semi_supervised_autoencoder
from gan_jax.families.seqgan import seqgan
from gan_jax.families.two_player import two_player
from gan_jax.families.vae import importance_bound, vae
from gan_jax.families.vanilla import vanilla
from gan_jax.families.wgan import clipped, wgan, wgan_gp

__all__ = [
    "acgan",
    "adaptive",
    "adversarial_autoencoder",
    "arae",
    "bigan",
    "clipped",
    "cramer",
    "ctgan",
    "cycle",
    "importance_bound",
    "infogan",
    "lecam",
    "maximum_likelihood",
    "progressive",
    "r3gan",
    "relativistic",
    "semi_supervised_autoencoder",
    "seqgan",
    "two_player",
    "vae",
    "vanilla",
    "wgan",
    "wgan_gp",
]
