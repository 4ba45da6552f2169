"""One phase of progressive growing: the new layers of both networks fade in together."""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace

import jax
import jax.numpy as jnp

from gan_jax import ranges
from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import wasserstein
from gan_jax.losses.penalties import gradient_penalty


def progressive(
    generator: Network,
    critic: Network,
    *,
    fade: Callable[[jax.Array], jax.Array],
    shown: Callable[[jax.Array, jax.Array], jax.Array],
    weight: float = 10.0,
    drift: float = 0.001,
    **rest,
) -> Game:
    """WGAN-GP plus drift E d(x)^2, on images between two sizes: `(1 - share) old + share new`.

    Karras et al. 2017, arXiv:1710.10196, figure 2 and appendix A.1; Adam at 1e-3 with betas (0,
    0.99) there. `gan_jax.transplant` makes the first state of a phase from the last one before.
    The slope that is penalised is, as in the authors' code, that of the sum of a minibatch's scores
    in each example: a score's own, but where `MinibatchDeviation` lets it depend on the others.
    Real examples, fakes and what lies between them are minibatches by themselves then.
    Differs from the authors' code: no labels; the share follows steps, whatever their minibatch,
    and not images shown; the average of the generator's weights follows each step, and not each
    move of the critic, before the generator's.

    Args:
      generator: latents and the share `[B]` of its new layers to images.
      critic: images and the share `[B]` to scores; it may see how a minibatch spreads, and has no
        batch norm.
      fade: step -> share, from 0 to 1, such as `optax.linear_schedule(0, 1, 10_000, first_step)`.
      shown: real images of the data and the share to those that the critic is shown, such as
        `networks.shown(spec, size)`.
      weight: lambda of the gradient penalty.
      drift: weight of the square of real scores, 0 or more.
      **rest: prior, optimizers and more, as for `two_player`.

    Raises:
      ValueError: as for `two_player`.
    """

    ranges.not_negative("drift of the scores", drift)

    def critic_loss(real, fake):
        return wasserstein.critic(real, fake) + drift * jnp.square(real).mean()

    loss = wasserstein._replace(critic=critic_loss)
    penalty = gradient_penalty(weight)._replace(separate=not critic.mixes)
    game = two_player(*map(_whole, (generator, critic)), loss=loss, penalty=penalty, **rest)
    players = {name: _fading(player, fade, shown) for name, player in game.players.items()}
    networks = {"generator": generator, "critic": critic}
    return dataclasses.replace(game, networks=networks, players=players)


def _whole(network: Network) -> Network:
    """The network at a share of 1, as it is after the phase."""
    at_end = lambda params, stats, x: network.apply(params, stats, x, jnp.ones(x.shape[:1]))
    return network._replace(apply=at_end)


def _fading(player: Player, fade: Callable, shown: Callable) -> Player:
    """The player, to whom networks and real images look as they are at the step's share."""

    def seen(function):
        def wrapped(nets, keys, batch):
            share = lambda x: jnp.full(x.shape[:1], fade(nets.step))
            at = lambda network: lambda x: network(x, share(x))
            networks = SimpleNamespace(
                generator=at(nets.generator), critic=at(nets.critic), step=nets.step
            )
            real = shown(batch["real"], share(batch["real"]))
            return function(networks, keys, batch | {"real": real})

        return wrapped

    def draw(nets, keys, batch):
        return seen(player.draw)(nets, keys, batch) | {"real": batch["real"]}

    return dataclasses.replace(player, loss=seen(player.loss), draw=player.draw and draw)
