"""Any two-player game, whose critic is held near what it used to say: LeCam regularisation."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from gan_jax import ranges
from gan_jax.families.fitting import beside_critic
from gan_jax.families.two_player import check_scores, two_player
from gan_jax.game import Game, Network
from gan_jax.losses.adversarial import Adversarial
from gan_jax.optimizers import blend, scheduled


def lecam(
    generator: Network,
    critic: Network,
    *,
    loss: Adversarial,
    weight: float | jax.Array | Callable = 0.3,
    decay: float | jax.Array = 0.99,
    **rest,
) -> Game:
    """The critic's loss plus weight * [E (d(x) - a_F)^2 + E (d(G(z)) - a_R)^2]; for few data.

    a_R and a_F are averages of E d(x) and E d(G(z)) over the critic's moves, a <- decay a + (1 -
    decay) E d, from 0: Tseng et al. 2021, arXiv:2104.03310. They are the network `anchors` of the
    critic's player. Differs from the paper's code: no ReLU in the squares, as in the paper's
    equation.

    Args:
      generator: latents to examples.
      critic: examples to raw scores.
      loss: a pair from `gan_jax.losses`.
      weight: lambda, or its schedule.
      decay: of the averages, from 0 to 1.
      **rest: prior, optimizers and more, as for `two_player`.

    Raises:
      ValueError: as for `two_player`, or a number out of its range.
    """
    ranges.not_negative("weight of the LeCam regularisation", weight)
    ranges.share("decay of the anchors", decay)

    def anchored(nets) -> Adversarial:
        pair, held = scheduled(loss, nets), nets.anchors()

        def regularised(real, fake):
            term = jnp.square(real - held["fake"]).mean() + jnp.square(fake - held["real"]).mean()
            return pair.critic(real, fake) + scheduled(weight, nets.step) * term

        return pair._replace(critic=regularised)

    def follow(anchors, batch, metrics):
        return blend(anchors, {name: metrics[name] for name in anchors}, decay)

    game = two_player(generator, critic, loss=anchored, **rest)
    check_scores(loss, generator, critic, **rest)
    return beside_critic(game, "anchors", follow, "real", "fake")
