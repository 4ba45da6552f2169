"""Any two-player game, whose critic is held near what it used to say: LeCam regularisation."""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
import optax

from gan_jax import ranges
from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network
from gan_jax.losses.adversarial import Adversarial
from gan_jax.optimizers import scheduled

ANCHORS = Network(
    lambda key: ({"real": jnp.zeros(()), "fake": jnp.zeros(())}, {}), lambda params, stats: params
)
"""Two numbers as a network, so that they are saved, restored and shared like any other."""


def lecam(
    generator: Network,
    critic: Network,
    *,
    loss: Adversarial,
    critic_optimizer: optax.GradientTransformation,
    weight: float | jax.Array | Callable = 0.3,
    decay: float | jax.Array = 0.99,
    **rest,
) -> Game:
    """The critic's loss plus weight * [E (d(x) - a_F)^2 + E (d(G(z)) - a_R)^2]; for few data.

    a_R and a_F are averages of E d(x) and E d(G(z)) over the critic's moves, a <- decay a + (1 -
    decay) E d, from 0: Tseng et al. 2021, arXiv:2104.03310. They are the network `anchors`,
    which the critic's player trains: to descend on (a - E d)^2 / 2 at a rate of 1 - decay is that
    average. Differs from the paper's code: no ReLU in the squares, as in the paper's equation.

    Args:
      generator: latents to examples.
      critic: examples to raw scores.
      loss: a pair from `gan_jax.losses`.
      critic_optimizer: of the critic.
      weight: lambda, or its schedule.
      decay: of the averages, from 0 to 1.
      **rest: prior, generator's optimizer and more, as for `two_player`.
    """
    ranges.not_negative("weight of the LeCam regularisation", weight)
    ranges.share("decay of the anchors", decay)

    def anchored(nets) -> Adversarial:
        pair, anchors = scheduled(loss, nets), nets.anchors()
        held = jax.lax.stop_gradient(anchors)

        def regularised(real, fake):
            means = jax.lax.stop_gradient({"real": real.mean(), "fake": fake.mean()})
            apart = optax.tree.norm(jax.tree.map(jnp.subtract, anchors, means), squared=True) / 2
            term = jnp.square(real - held["fake"]).mean() + jnp.square(fake - held["real"]).mean()
            value = pair.critic(real, fake) + scheduled(weight, nets.step) * term
            return value + apart - jax.lax.stop_gradient(apart)  # a gradient, and no value

        return pair._replace(critic=regularised)

    game = two_player(generator, critic, loss=anchored, critic_optimizer=critic_optimizer, **rest)
    rules = {"critic": critic_optimizer, "anchors": optax.sgd(1 - decay)}
    optimizer = optax.partition(rules, {name: name for name in rules})
    player = replace(game.players["critic"], trains=tuple(rules), optimizer=optimizer)
    networks = {**game.networks, "anchors": ANCHORS}
    return replace(game, networks=networks, players={**game.players, "critic": player})
