"""Relativistic GANs, where the critic compares real with fake, and R3GAN among them."""

from collections.abc import Callable

import jax

from gan_jax.families.fitting import check_loss
from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network, bind, init
from gan_jax.losses.adversarial import Adversarial
from gan_jax.losses.penalties import zero_centred
from gan_jax.losses.relativistic import average_standard, check_relativistic, paired
from gan_jax.optimizers import scheduled


def relativistic(
    generator: Network,
    critic: Network,
    *,
    loss: Adversarial | Callable = average_standard,
    **rest,
) -> Game:
    """min_d 1/2 [E s(E d(G) - d(x)) + E s(d(G) - E d(x))], and the same with x and G exchanged.

    So for RaSGAN, the default; s is the softplus.

    Jolicoeur-Martineau 2018, arXiv:1807.00734, eq. 14 and 15; algorithm 2.

    Args:
      generator: latents to examples.
      critic: examples to raw scores.
      loss: `losses.average_standard` (RaSGAN), `average_least_squares`, `average_hinge`, or
        `paired` (RSGAN); or a schedule of such, as for `two_player`.
      **rest: prior, optimizers and more, as for `two_player`.

    Raises:
      ValueError: a loss that is not relativistic, since the paper defines no such game of it.
    """
    game = two_player(generator, critic, loss=loss, **rest)

    def check(key):
        pair = scheduled(loss, bind(game, init(game, key)))
        check_loss(pair)
        check_relativistic(pair)

    jax.eval_shape(check, jax.random.key(0))
    return game


def r3gan(
    generator: Network, critic: Network, *, weight: float | jax.Array | Callable = 1.0, **rest
) -> Game:
    """min_d E s(d(G) - d(x)) + weight/2 (E |grad d(x)|^2 + E |grad d(G)|^2); G: E s(d(x) - d(G)).

    Huang et al. 2024, arXiv:2501.05441, eq. 2, 4 and 5: the paired relativistic loss with R1 and R2
    in every move; local convergence is proven for it.

    Args:
      generator: latents to examples.
      critic: examples to raw scores; it must not mix examples (no batch norm).
      weight: gamma, or its schedule; the paper lets it fall to a tenth over the first fifth.
      **rest: prior, optimizers and more, as for `two_player`.
    """
    penalty = zero_centred(weight, real=True, fake=True)
    return two_player(generator, critic, loss=paired, penalty=penalty, **rest)
