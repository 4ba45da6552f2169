"""Wasserstein GANs: the critic's slope bounded by clipping its weights, or by a penalty."""

import optax

from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network
from gan_jax.losses.adversarial import wasserstein
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.optimizers import clip_weights


def wgan(
    generator: Network,
    critic: Network,
    *,
    critic_optimizer: optax.GradientTransformation,
    clip: float = 0.01,
    critic_moves: int = 5,
    **rest,
) -> Game:
    """min_G max_d E d(x) - E d(G(z)), every weight of d within [-clip, clip].

    Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1; RMSprop at 5e-5 in the paper.
    Differs from the paper's code: no 100 moves of the critic at the start and every 500th step.

    Args:
      generator: latents to examples.
      critic: examples to scores.
      critic_optimizer: before clipping.
      clip: the bound on each weight.
      critic_moves: n_critic.
      **rest: prior, generator's optimizer and more, as for `two_player`.
    """
    return two_player(
        generator,
        critic,
        loss=wasserstein,
        critic_optimizer=optax.chain(critic_optimizer, clip_weights(clip)),
        critic_moves=critic_moves,
        **rest,
    )


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
