"""Wasserstein GANs: the critic's slope bounded by clipping its weights, or by a penalty."""

from dataclasses import replace

import jax
import jax.numpy as jnp

from gan_jax import ranges
from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network
from gan_jax.losses.adversarial import wasserstein
from gan_jax.losses.penalties import gradient_penalty


def clipped(game: Game, bound: float | jax.Array, name: str = "critic") -> Game:
    """The game in which every weight of a network is put back within [-bound, bound] after a move.

    Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1, line 7, with the paper's bound of 0.01. All
    parameters are clipped, also the gains and biases of normalisation, as in the paper's code.

    Args:
      game: of any family.
      bound: above 0; may be traced.
      name: of the network.

    Raises:
      ValueError: no such bound, or a network that divides its weights by their spectral norm.
    """
    ranges.positive("bound of the weights", bound)
    if "spectral" in jax.eval_shape(game.networks[name].init, jax.random.key(0))[1]:
        raise ValueError(
            f"A {name} with spectral normalisation is bounded already, whatever the size of its "
            "weights: clip those of a plain one, or leave out the clipping."
        )
    clip = lambda weight: jnp.clip(weight, -bound, bound).astype(weight.dtype)

    def within(player):
        inside = lambda own: own | {name: jax.tree.map(clip, own[name])}
        return replace(player, project=lambda own: inside(player.project(own)))

    players = {n: within(p) if name in p.trains else p for n, p in game.players.items()}
    return replace(game, players=players)


def wgan(
    generator: Network, critic: Network, *, clip: float = 0.01, critic_moves: int = 5, **rest
) -> Game:
    """min_G max_d E d(x) - E d(G(z)), every weight of d within [-clip, clip].

    Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1; RMSprop at 5e-5 in the paper.
    Differs from the paper's code: no 100 moves of the critic at the start and every 500th step.

    Args:
      generator: latents to examples.
      critic: examples to scores.
      clip: the bound on each weight.
      critic_moves: n_critic.
      **rest: prior, optimizers and more, as for `two_player`.
    """
    game = two_player(generator, critic, loss=wasserstein, critic_moves=critic_moves, **rest)
    return clipped(game, clip)


def wgan_gp(
    generator: Network, critic: Network, *, weight: float = 10.0, critic_moves: int = 5, **rest
) -> Game:
    """min_G max_d E d(x) - E d(G(z)) - weight E (|grad d(x^)| - 1)^2, x^ between real and fake.

    Gulrajani et al. 2017, arXiv:1704.00028, algorithm 1; Adam at 1e-4 with betas (0, 0.9) there.

    Args:
      generator: latents to examples.
      critic: examples to scores; it must not mix examples (no batch norm).
      weight: lambda of the penalty.
      critic_moves: n_critic.
      **rest: prior, optimizers and more, as for `two_player`.
    """
    return two_player(
        generator,
        critic,
        loss=wasserstein,
        penalty=gradient_penalty(weight),
        critic_moves=critic_moves,
        **rest,
    )
