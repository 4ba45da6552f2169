"""Families with a fault each, as one meets them in public code: the contract must catch them."""

import dataclasses
from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax import families, losses, networks, priors
from gan_jax.families.pool import slots
from gan_jax.game import Game, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial
from gan_jax.losses.penalties import shares
from tests.contract.rows import BATCH, LATENT, Row, points, two_player
from tests.contract.rows_other import cycle
from tests.contract.rows_two_player import with_loss


def _with_player(row: Row, name: str, **changes) -> Row:
    player = dataclasses.replace(row.game.players[name], **changes)
    players = {**row.game.players, name: player}
    return dataclasses.replace(row, game=dataclasses.replace(row.game, players=players))


def wrong_sign() -> Row:
    """A critic that minimises the Wasserstein estimate."""
    wrong = Adversarial(lambda real, fake: real.mean() - fake.mean(), losses.wasserstein.generator)
    return two_player(with_loss(wrong))


def generator_wrong_sign() -> Row:
    """A generator that minimises its scores."""
    wrong = Adversarial(losses.wasserstein.critic, lambda real, fake: fake.mean())
    return two_player(with_loss(wrong))


def leak() -> Row:
    """A critic's move that descends into the generator as well."""
    row = two_player(families.vanilla)
    critic, game = row.game.players["critic"], row.game

    def loss(nets, keys, batch):
        fake = nets.generator(priors.normal(LATENT)(keys))
        return critic.loss(nets, keys, batch | {"fake": fake})

    leaking = Player(("critic", "generator"), loss, optax.sgd(1e-2), draw=critic.draw)
    players = {"critic": leaking, "generator": game.players["generator"]}
    return dataclasses.replace(row, game=Game(game.networks, players))


def one_key_twice() -> Row:
    """Latents and the share of the interpolation from one key, as in two public JAX WGANs."""
    row = two_player(families.wgan_gp, critic_moves=2, draws=5)
    critic, prior = row.game.players["critic"], priors.normal(LATENT)

    def loss(nets, keys, batch):
        drawn = {"fake": nets.generator(prior(keys)), "drawn": shares(keys, batch["real"])}
        return critic.loss(nets, keys, batch | drawn)

    return _with_player(row, "critic", loss=loss, draw=None)


def one_key_for_all_moves() -> Row:
    """Every move of the critic on the latents of a constant key."""
    row = two_player(families.wgan, critic_moves=3, draws=4, critic_optimizer=optax.sgd(1e-2))
    draw = row.game.players["critic"].draw
    constant = lambda nets, keys, batch: draw(nets, jax.random.split(jax.random.key(0), 8), batch)
    return _with_player(row, "critic", draw=constant)


def ignored_label() -> Row:
    """A conditional game whose critic never looks at the label."""
    row = two_player(families.vanilla, labels=True)
    spec = points(labels=True).spec
    blind = networks.linen(networks.MLPCritic((16,)), jnp.zeros((2, *spec.shape)))
    deaf = blind._replace(apply=lambda params, stats, x, label: blind.apply(params, stats, x))
    game = dataclasses.replace(row.game, networks={**row.game.networks, "critic": deaf})
    return dataclasses.replace(row, game=game)


def ignored_label_in_generator() -> Row:
    """A conditional game whose generator never looks at the label."""
    row = two_player(families.vanilla, labels=True)
    blind = networks.linen(networks.MLPGenerator((2,), (16,)), jnp.zeros((2, LATENT)))
    deaf = blind._replace(apply=lambda params, stats, z, label: blind.apply(params, stats, z))
    game = dataclasses.replace(row.game, networks={**row.game.networks, "generator": deaf})
    return dataclasses.replace(row, game=game)


def mean_of_the_shard() -> Row:
    """A relativistic average over the examples of this device alone."""
    average = lambda real, fake: jax.nn.softplus(fake.mean() - real).mean()
    row = two_player(with_loss(Adversarial(average, lambda real, fake: average(fake, real))))
    return row


def frozen_in_practice() -> Row:
    """A generator whose optimizer does nothing."""
    row = two_player(families.vanilla)
    return _with_player(row, "generator", optimizer=optax.set_to_zero())


def pool_that_forgets() -> Row:
    """CycleGAN whose pool stays empty, as one that is kept outside of the state."""
    row = cycle()
    lost = row.game.networks["pool"]._replace(refresh=lambda params, stats, batch, metrics: stats)
    game = dataclasses.replace(row.game, networks={**row.game.networks, "pool": lost})
    return dataclasses.replace(row, game=game)


def one_key_for_both_pools() -> Row:
    """CycleGAN that exchanges the fakes of both domains by the same draws."""
    row = cycle()
    draw = row.game.players["critic"].draw

    def twice(nets, keys, batch):
        again = {"inverse_fake_slot": slots(apart(keys)[0], BATCH + 3)}
        return draw(nets, keys, batch) | again

    return _with_player(row, "critic", draw=twice)


PLANTED: dict[str, Callable[[], Row]] = {
    make.__name__: make
    for make in (
        wrong_sign,
        generator_wrong_sign,
        leak,
        one_key_twice,
        one_key_for_all_moves,
        ignored_label,
        ignored_label_in_generator,
        mean_of_the_shard,
        frozen_in_practice,
        pool_that_forgets,
        one_key_for_both_pools,
    )
}
