"""CycleGAN: two generators between two domains without pairs, each undoing the other."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import optax

from gan_jax import ranges
from gan_jax.families import fitting
from gan_jax.families.pool import pool, slots
from gan_jax.game import Game, Network, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial, least_squares

LEAST_SQUARES = least_squares._replace(generator=lambda *scores: 2 * least_squares[1](*scores))
"""LSGAN as in section 4 of the paper: the critic's objective is halved, the generator's is not."""


def cycle(
    generator: Network,
    inverse: Network,
    critic: Network,
    inverse_critic: Network,
    *,
    shape: Sequence[int],
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    loss: Adversarial = LEAST_SQUARES,
    weight: float | jax.Array = 10.0,
    identity: float | jax.Array = 0.5,
    size: int = 50,
    average: Callable | None = None,
) -> Game:
    """Adversarial losses + weight [E |F(G(a)) - a| + E |G(F(b)) - b| + identity L_identity].

    Zhu et al. 2017, arXiv:1703.10593, eq. 3; L_identity = E |G(b) - b| + E |F(a) - a|, section 5.2;
    |.| is the mean over an example. In a minibatch b is `real` and a is `source`, as in the data
    of `gan_jax.data.domains`. Differs from the paper's code: the critics move first.

    Args:
      generator: G, a to the domain of b, `[B, *shape]`.
      inverse: F, b to the domain of a.
      critic: examples like b to raw scores, `[B]` or of patches, `[B, h, w]`.
      inverse_critic: examples like a to raw scores.
      shape: of an example of either domain.
      generator_optimizer: of both generators.
      critic_optimizer: of both critics.
      loss: a pair from `gan_jax.losses`.
      weight: lambda, of the cycle loss.
      identity: of the identity loss, as a share of lambda.
      size: fakes that each of the networks `pool` and `inverse_pool` keeps for its critic.
      average: step -> decay of averages of the weights of both generators; none if not given.

    Raises:
      ValueError: networks that do not fit the shape or the loss, no such loss, or a number out of
        its range.
    """
    distance = lambda one, other: jnp.abs(one - other).mean()

    def draw(nets, keys, batch):
        if "source" not in batch:
            raise ValueError("CycleGAN needs two domains, its data have one: give domains:SPEC.")
        fake, back = nets.generator(batch["source"]), nets.inverse(batch["real"])
        one, other = (slots(own, size) for own in apart(keys))
        fakes = {"fake": fake, "inverse_fake": back}
        return batch | fakes | {"fake_slot": one, "inverse_fake_slot": other}

    def critic_loss(nets, keys, batch):
        fake = nets.pool(batch["fake"], batch["fake_slot"])
        back = nets.inverse_pool(batch["inverse_fake"], batch["inverse_fake_slot"])
        scores = nets.critic(batch["real"]), nets.critic(fake)
        others = nets.inverse_critic(batch["source"]), nets.inverse_critic(back)
        metrics = fitting.means(*scores) | fitting.means(*others, "inverse_")
        return loss.critic(*scores) + loss.critic(*others), metrics

    def generator_loss(nets, keys, batch):
        a, b = batch["source"], batch["real"]
        fake, back = nets.generator(a), nets.inverse(b)
        value = loss.generator(nets.critic(b), nets.critic(fake))
        value += loss.generator(nets.inverse_critic(a), nets.inverse_critic(back))
        returned = distance(nets.inverse(fake), a) + distance(nets.generator(back), b)
        kept = distance(nets.generator(b), b) + distance(nets.inverse(a), a)
        value += weight * (returned + identity * kept)
        return value, {"cycle": returned, "identity": kept}

    ranges.not_negative("weight of the cycle loss", weight)
    ranges.not_negative("share of the identity loss", identity)
    fitting.check_loss(loss)
    generators = {"generator": generator, "inverse": inverse}
    pools = {"pool": pool("fake", shape, size), "inverse_pool": pool("inverse_fake", shape, size)}
    critics = {"critic": critic, "inverse_critic": inverse_critic} | pools
    players = {
        "critic": Player(tuple(critics), critic_loss, critic_optimizer, draw=draw),
        "generator": Player(tuple(generators), generator_loss, generator_optimizer),
    }
    game = Game(generators | critics, players, average=fitting.averages(average, *generators))
    example = jax.ShapeDtypeStruct((2, *shape), jnp.float32)
    for name, network in generators.items():
        fitting.check_outputs(name, fitting.output(network, example), example.shape, "for the data")
    for network in (critic, inverse_critic):
        fitting.check_scores(loss, network, lambda _: (example,))
    return game
