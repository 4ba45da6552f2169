"""SeqGAN: a policy draws text symbol by symbol, and a critic of whole texts rewards it."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import optax

from gan_jax import axis, ranges
from gan_jax.families.fitting import check_alike
from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import non_saturating
from gan_jax.numerics import wide
from gan_jax.priors import Prior


def seqgan(
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    generator_optimizer: optax.GradientTransformation,
    rollouts: int = 16,
    delay: float | jax.Array = 0.8,
    baseline: bool = False,
    **rest,
) -> Game:
    """The critic minimises cross-entropy, the generator -E sum_t log p(y_t | y_<t) Q_t by its text.

    Yu et al. 2017, arXiv:1609.05473, eq. 2, 4, 5 and 7. Q_t, the value of the step, is the mean of
    sigmoid(d) over texts that begin with y_1, ..., y_t and are completed by a delayed copy of the
    policy; that of the last step is the reward of y itself. The copy is the average of the
    generator's weights of this decay. Text alone is drawn, so that no gradient goes through it.
    Train the policy by `maximum_likelihood` before, with the same average: see
    `gan_jax.experiment.Experiment.before`.

    Args:
      generator: latents to one-hot text `[B, T, V]`, `(z, x, kept)` to text that begins as x does,
        and `(None, x)` to log p(x_t | x_<t), as `networks.LSTMPolicy`.
      critic: text to raw scores `[B]`.
      prior: keys to latents `[B, T]`: `priors.uniform(T, 0.0, 1.0)`.
      generator_optimizer: of the generator.
      rollouts: completions of each beginning.
      delay: decay of the copy that completes texts, in [0, 1); the code's 0.8.
      baseline: whether the values of the other texts of the minibatch are a baseline, their mean at
        each step: the same gradient on average, with less noise. Differs from the paper: new.
      **rest: critic's optimizer and moves, as for `two_player`.

    Returns:
      A game with the networks `generator` and `critic`, and the players of the same names. Metrics
      of the generator: `reward`, and its `entropy` in nats for a symbol.
    """
    ranges.share("delay of the copy that completes texts", delay)
    if rollouts < 1:
        raise ValueError(f"A step is valued by 1 roll-out or more; given: {rollouts}.")

    def loss(nets, keys, batch):
        keys, own = apart(keys)
        text = jax.lax.stop_gradient(nets.generator(prior(own)))
        check_alike(text, batch["real"])
        values = step_values(nets, keys, text, prior=prior, rollouts=rollouts)
        log_p = nets.generator(None, text)
        credit = _above_others(values) if baseline else values
        value = -(jax.lax.stop_gradient(credit) * log_p).sum(1).mean()
        return value, {"reward": values[:, -1].mean(), "entropy": -log_p.mean()}

    game = two_player(
        generator,
        critic,
        prior=prior,
        loss=non_saturating,
        generator_optimizer=generator_optimizer,
        average=lambda step: delay,
        **rest,
    )
    player = Player(("generator",), loss, generator_optimizer)
    return replace(game, players=game.players | {"generator": player})


def step_values(
    nets, keys: jax.Array, text: jax.Array, *, prior: Prior, rollouts: int
) -> jax.Array:
    """Q_t, the reward that the critic is expected to give once the first t symbols stand.

    Args:
      nets: with `critic` and `average.generator`, from `game.bind(game, state)`.
      keys: of the texts, `[B]`.
      text: `[B, T, V]`, one-hot.
      prior: keys to latents `[B, T]`.
      rollouts: completions of each beginning.

    Returns:
      `[B, T]`, in [0, 1].
    """
    count, steps, _ = text.shape
    reward = lambda text: jax.nn.sigmoid(wide(nets.critic(text)))
    kept = jnp.repeat(jnp.arange(1, steps), count)
    begun = jnp.tile(text, (steps - 1, 1, 1))

    def once(index):
        own = jax.vmap(jax.random.fold_in, (0, None))(keys, index)
        latents = prior(jnp.concatenate(apart(own, steps - 1)))
        completed = nets.average.generator(latents, begun, kept)
        return reward(completed).reshape(steps - 1, count)

    values = jax.lax.map(once, jnp.arange(rollouts)).mean(0)
    return jnp.concatenate([values, reward(text)[None]]).T


def _above_others(values: jax.Array) -> jax.Array:
    """Values `[B, T]` less the mean at each step of those of all other texts of the batch."""
    count = len(values) * axis.size()
    if count < 2:
        raise ValueError("A baseline is the mean over other texts: use a batch of 2 or more.")
    return (values - axis.mean(values.mean(0))[None]) * (count / (count - 1))
