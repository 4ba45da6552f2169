"""The Cramer GAN, whose generator minimises an energy distance between learned features."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import wasserstein
from gan_jax.losses.distances import energy_distance, norms
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.priors import Prior


def cramer(
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    weight: float | jax.Array | Callable = 10.0,
    critic_moves: int = 5,
    average: Callable | None = None,
) -> Game:
    """min_G E|h(x) - h(g)| + E|h(x) - h(g')| - E|h(g) - h(g')|; max_h E f(x) - E f(g) - weight gp.

    f(a) = |h(a) - h(g')| - |h(a)|, for fakes g and g' of independent latents, and gp its gradient
    penalty: Bellemare et al. 2017, arXiv:1705.10743, algorithm 1; Adam at 1e-4 there.

    The generator's loss is the energy distance of the features but for a constant. In f the norm
    |h(a)| stands for E|h(a) - h(x')|, so that one real example is enough. So E f(x) - E f(g), with
    h fixed, is a surrogate and no proper divergence: of data at 5 and fakes at 2, with h(a) = a, it
    is zero. Differs from the paper: no condition.

    Args:
      generator: latents `[B, d]` to examples `[B, ...]`.
      critic: h, examples to features `[B, k]`, 256 of them in the paper; it must not mix examples.
      prior: keys `[B]` to latents.
      generator_optimizer: of the generator.
      critic_optimizer: of the critic.
      weight: lambda of the penalty, or its schedule.
      critic_moves: n_critic.
      average: step -> decay of an average of the generator's weights; none if not given.

    Raises:
      ValueError: a critic that mixes examples, or whose weights are clipped and divided by their
        spectral norm.
    """
    penalty = gradient_penalty(weight)

    def with_fakes(nets, keys, batch):
        both = apart(keys)
        fake, other = (nets.generator(prior(keys)) for keys in both)
        check_alike(fake, batch["real"])
        return batch | {"fake": fake, "other": other}

    def draw(nets, keys, batch):
        return with_fakes(nets, *fitting.with_drawn(penalty, keys, batch))

    def features(nets, batch):
        given = jnp.concatenate([batch[name] for name in ("real", "fake", "other")])
        return jnp.split(_vectors(nets.critic(given)), 3)

    def critic_loss(nets, keys, batch):
        real, fake, other = features(nets, batch)
        score = lambda vectors: norms(vectors - other) - norms(vectors)
        real, fake = score(real), score(fake)
        f = lambda x: score(nets.critic(x))
        term, paid = fitting.penalised(penalty, f, batch, nets.step)
        return wasserstein.critic(real, fake) + term, fitting.means(real, fake) | paid

    def generator_loss(nets, keys, batch):
        real, fake, other = features(nets, with_fakes(nets, keys, batch))
        return energy_distance(real, real, fake, other), {}

    players = {
        "critic": Player(
            ("critic",), critic_loss, critic_optimizer, critic_moves, draw, separate=("critic",)
        ),
        "generator": Player(("generator",), generator_loss, generator_optimizer),
    }
    average = fitting.averages(average, "generator")
    return Game({"generator": generator, "critic": critic}, players, average=average)


def _vectors(features: jax.Array) -> jax.Array:
    if features.ndim != 2:
        raise ValueError(
            "The critic of a Cramer GAN gives features [B, k], 2 or more of each example; this one "
            f"gave shape {features.shape}: leave out its last layer."
        )
    return features
