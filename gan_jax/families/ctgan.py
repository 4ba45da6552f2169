"""CTGAN: a generator of tables that is asked for a category, and pays where it does not give it."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax import ranges
from gan_jax.conditions import Conditions
from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import wasserstein
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.priors import Prior


def ctgan(
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    conditions: Conditions,
    output: Callable[[jax.Array, jax.Array], jax.Array],
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    weight: float | jax.Array | Callable = 10.0,
    obedience: float = 1.0,
    critic_moves: int = 1,
    average: Callable | None = None,
) -> Game:
    """WGAN-GP of rows under a condition, and the generator's E CE(condition, what it gives).

    Xu et al. 2019, arXiv:1907.00503, section 4.3 and 4.4. Training by sampling: play on data with
    `conditions.weights`, from which each real row brings a condition that it meets; the fake beside
    it is asked for the same. The generator logs `cross_entropy`, in nats.
    Differs from the paper: the cross-entropy is that of the logits, without Gumbel noise, as in its
    code; real rows and fakes have their conditions in the same order; no dropout in the critic.

    Args:
      generator: latents and after them the condition, `[B, d + K]`, to logits `[B, D]`.
      critic: encoded rows and after them the condition, `[B, D + K]`, to scores; see `packed`.
      prior: keys to latents `[B, d]` and noise for `output`: `together(normal(d), gumbel(D))`.
      conditions: of the table.
      output: logits and noise to encoded rows, such as `gan_jax.networks.table_output`.
      generator_optimizer: of the generator.
      critic_optimizer: of the critic.
      weight: lambda of the gradient penalty, or its schedule.
      obedience: weight of the cross-entropy.
      critic_moves: moves of the critic for each move of the generator.
      average: step -> decay of an average of the generator's weights; none if not given.

    Returns:
      A game with the networks `generator` and `critic`, and the players of the same names; sample
      it by `gan_jax.sampling.from_conditions`.

    Raises:
      ValueError: a negative weight, a critic that mixes examples or bounds its scores, or weights
        that are clipped and divided by their spectral norm.
    """
    ranges.not_negative("weight of the cross-entropy", obedience)
    penalty = gradient_penalty(weight)

    def with_fakes(nets, keys, batch):
        keys, own = apart(keys)
        condition = conditions.of(own, batch["real"])
        latents, noise = prior(keys)
        logits = nets.generator(jnp.concatenate([latents, condition], axis=1))
        check_alike(logits, batch["real"])
        return batch | {"condition": condition, "logits": logits, "fake": output(logits, noise)}

    def draw(nets, keys, batch):
        return with_fakes(nets, *fitting.with_drawn(penalty, keys, batch))

    def scorer(nets, batch):
        return lambda x: nets.critic(jnp.concatenate([x, batch["condition"]], axis=1))

    def critic_loss(nets, keys, batch):
        score = scorer(nets, batch)
        real, fake = score(batch["real"]), score(batch["fake"])
        fitting.check_unbounded(wasserstein, score, batch["real"])
        term, paid = fitting.penalised(penalty, score, batch, nets.step)
        return wasserstein.critic(real, fake) + term, fitting.means(real, fake) | paid

    def generator_loss(nets, keys, batch):
        batch = with_fakes(nets, keys, batch)
        missed = conditions.cross_entropy(batch["logits"], batch["condition"]).mean()
        value = -scorer(nets, batch)(batch["fake"]).mean()
        return value + obedience * missed, {"cross_entropy": missed}

    def inputs(count):
        latents, noise = fitting.drawn(prior, count=count)
        condition = jax.ShapeDtypeStruct((count, conditions.size), jnp.float32)
        beside = lambda x: jax.eval_shape(lambda *xs: jnp.concatenate(xs, axis=1), x, condition)
        logits = fitting.output(generator, beside(latents))
        return (beside(jax.eval_shape(output, logits, noise)),)

    game = Game(
        networks={"generator": generator, "critic": critic},
        players={
            "critic": Player(
                ("critic",), critic_loss, critic_optimizer, critic_moves, draw, ("critic",)
            ),
            "generator": Player(("generator",), generator_loss, generator_optimizer),
        },
        average=fitting.averages(average, "generator"),
    )
    fitting.check_scores(wasserstein, critic, inputs)
    return game
