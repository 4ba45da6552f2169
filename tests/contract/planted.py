"""Families with a fault each, as one meets them in public code: the contract must catch them."""

import dataclasses
from collections.abc import Callable

import jax
import optax

from gan_jax import families, losses, priors
from gan_jax.families.pool import slots
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial
from gan_jax.losses.penalties import shares
from tests.contract.checks import exchanged
from tests.contract.rows import BATCH, LATENT, Row, two_player
from tests.contract.rows_other import cycle
from tests.contract.rows_two_player import classified, with_loss


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


def leaking(row: Row, name: str, network: str) -> Row:
    """A player whose move descends into a network of another as well."""
    player = row.game.players[name]
    draw = player.draw or (lambda nets, keys, batch: batch)
    loss = lambda nets, keys, batch: player.loss(nets, keys, draw(nets, keys, batch))
    given = {"trains": (*player.trains, network), "optimizer": optax.sgd(1e-2)}
    return _with_player(row, name, loss=loss, draw=None, **given)


def sides_exchanged(row: Row) -> Row:
    """A critic that takes fakes for real and what is real for fakes."""
    critic = row.game.players["critic"]
    loss = lambda nets, keys, batch: critic.loss(nets, keys, exchanged(row, batch))
    return _with_player(row, "critic", loss=loss)


def losses_exchanged(row: Row) -> Row:
    """A critic and its opponent, each with the loss of the other."""
    critic, opponent = row.game.players["critic"], row.game.players[row.opponent]
    loss = lambda nets, keys, batch: critic.loss(nets, keys, critic.draw(nets, keys, batch))

    def others(nets, keys, batch):
        # What a critic's move reports is followed, in some games: that is not exchanged.
        _, metrics = critic.loss(nets, keys, batch)
        return opponent.loss(nets, keys, batch)[0], metrics

    return _with_player(_with_player(row, "critic", loss=others), row.opponent, loss=loss)


def opponent_wrong_sign(row: Row) -> Row:
    """An opponent of the critic that maximises its loss."""
    opponent = row.game.players[row.opponent]

    def loss(nets, keys, batch):
        value, metrics = opponent.loss(nets, keys, batch)
        return -value, metrics

    return _with_player(row, row.opponent, loss=loss)


def unlabelled(row: Row, name: str) -> Row:
    """A player whose loss takes all examples for those of one class."""
    loss = row.game.players[name].loss
    one = lambda batch: batch | {"label": 0 * batch["label"]}
    return _with_player(row, name, loss=lambda nets, keys, batch: loss(nets, keys, one(batch)))


def deaf(row: Row, name: str) -> Row:
    """A network that never looks at the label."""
    network = row.game.networks[name]
    apply = lambda params, stats, x, label: network.apply(params, stats, x, 0 * label)
    given = {**row.game.networks, name: network._replace(apply=apply)}
    return dataclasses.replace(row, game=dataclasses.replace(row.game, networks=given))


def no_class_term() -> Row:
    """An AC-GAN whose generator is not told whether its fakes are of their classes."""
    loss = classified(weight=0.0).game.players["generator"].loss
    return _with_player(classified(), "generator", loss=loss)


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
        one_key_twice,
        one_key_for_all_moves,
        no_class_term,
        mean_of_the_shard,
        frozen_in_practice,
        pool_that_forgets,
        one_key_for_both_pools,
    )
}
