"""Families: functions from networks, a prior and a few numbers to a `Game`."""

from gan_jax.families.acgan import acgan
from gan_jax.families.cramer import cramer
from gan_jax.families.lecam import lecam
from gan_jax.families.progressive import progressive
from gan_jax.families.relativistic import r3gan, relativistic
from gan_jax.families.two_player import two_player
from gan_jax.families.vanilla import vanilla
from gan_jax.families.wgan import wgan, wgan_gp

__all__ = [
    "acgan",
    "cramer",
    "lecam",
    "progressive",
    "r3gan",
    "relativistic",
    "two_player",
    "vanilla",
    "wgan",
    "wgan_gp",
]
