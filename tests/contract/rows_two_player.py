"""Rows of two players that are more than a loss and a penalty."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from gan_jax import augmentation, families, losses, networks, priors
from gan_jax.losses.distances import norms
from gan_jax.optimizers import warm_average
from tests.contract.rows import BATCH, LATENT, Row, images, two_player


def cramer() -> Row:
    """Features of the critic, and its score of an example in terms of them and of fakes."""
    features = networks.linen(networks.MLPGenerator((8,), (16,)), np.zeros((2, 2), np.float32))
    row = two_player(families.cramer, critic=lambda _: features, critic_moves=2, draws=8)

    def score(nets, x):
        fake = nets.generator(priors.normal(LATENT)(jax.random.split(jax.random.key(8), len(x))))
        return norms(nets.critic(x) - nets.critic(fake)) - norms(nets.critic(x))

    return replace(row, score=score)


def dragan() -> Row:
    """Penalties that add up, one of them with noise of its own, and a smooth label."""
    noise = jax.vmap(lambda key, x: x + 0.1 * jax.random.normal(key, x.shape))
    penalty = losses.total(losses.dragan(), losses.consistency(noise))
    return two_player(
        with_loss(losses.label_smoothing(losses.non_saturating)), penalty=penalty, draws=5
    )


def lecam() -> Row:
    """Anchors beside a spectral critic, and the best fakes alone."""
    family = lambda *pair, **rest: families.lecam(*pair, loss=losses.top_k(losses.hinge), **rest)
    row = two_player(family, critic=networks.spectral)
    return replace(row, trains=row.trains | {"critic": {"critic", "anchors"}})


def adaptive() -> Row:
    """Augmentations whose probability rises from the first move on; a coin and a shift each."""
    shifts = {"augmentations": [augmentation.shift()], "target": -1.0, "images": 1000}
    family = lambda *pair, augmentation, **rest: families.adaptive(
        *pair, loss=losses.hinge, **shifts, **rest
    )
    row = two_player(family, augmentation=None, draws=2 + 2 * 2 * 2)
    return replace(row, trains=row.trains | {"critic": {"critic", "adaptive"}})


def with_loss(loss: losses.Adversarial) -> Callable:
    """`two_player` under a loss."""
    return lambda *pair, **rest: families.two_player(*pair, loss=loss, **rest)


def relative(loss: losses.Adversarial) -> Callable:
    """`relativistic` under a loss."""
    return lambda *pair, **rest: families.relativistic(*pair, loss=loss, **rest)


def packed() -> Row:
    """A critic of packs of two, of maxout units, and a perceptron with batch norm."""
    layers = {"layer": networks.normalised_layer, "critic_layer": networks.maxout_layer(3)}
    pair = partial(networks.mlp_pair, widths=(16,), pack=2, **layers)
    return replace(two_player(families.vanilla, pair=pair), devices=BATCH // 2)


def residual(pair: Callable, *, both: bool = False) -> Row:
    """Residual networks of images and labels, the critic's (or both) under a spectral norm."""

    def normalised(*rest, **given):
        generator, critic = pair(*rest, **given)
        if both:
            generator = networks.spectral(generator, include=lambda path: path.endswith("kernel"))
        return generator, networks.spectral(critic)

    return two_player(with_loss(losses.hinge), labels=True, pair=normalised, latent=4)


def classified(weight: float = 1.0) -> Row:
    """A generator that is told the labels, and a critic that finds them, beside a classifier."""
    row, features = two_player(families.vanilla, labels=True), jnp.zeros((2, 8))
    optimizer = optax.adam(1e-3, b1=0.5, b2=0.9)
    game = families.acgan(
        row.game.networks["generator"],
        networks.linen(networks.MLPCritic((16,)), features),
        networks.linen(nn.Dense(3), features),
        networks.linen(nn.Sequential([nn.Dense(8), nn.relu]), jnp.zeros((2, 2))),
        prior=priors.normal(LATENT),
        weight=weight,
        generator_optimizer=optimizer,
        critic_optimizer=optimizer,
        average=warm_average(0.9),
    )
    trains = row.trains | {"critic": {"critic", "classifier", "trunk"}}
    score = lambda nets, x, label: nets.critic(nets.trunk(x))
    return replace(row, game=game, trains=trains, score=score)


def progressive() -> Row:
    """A phase of progressive growing: the second size of both networks fades in."""
    spec = images().spec
    summarised = networks.MinibatchDeviation(4)
    pair = networks.progressive_pair(spec, size=8, latent=LATENT, widths=2, summarised=summarised)
    fade = optax.linear_schedule(0.25, 1.0, 5)

    family = partial(families.progressive, fade=fade, shown=networks.shown(spec, 8))
    row = two_player(family, pair=lambda spec, **rest: pair, draws=3)
    share = lambda nets, x: jnp.full(x.shape[:1], fade(nets.step))
    return replace(row, score=lambda nets, x: nets.critic(x, share(nets, x)))
