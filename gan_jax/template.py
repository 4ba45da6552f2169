"""template: one line on what it trains and on what; gan-jax list shows it.

gan-jax train template.py --steps 1000
"""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Every field is a flag of `gan-jax train`, with the text below it as its help."""

    # The loop itself reads these three.
    data: str = "digits"
    """Data: digits, ring, grid, swiss_roll or idx:PATH; the networks follow its shape."""
    steps: int = 1000
    """Steps to train: rounds in which every player makes its moves."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""

    # The others are yours.
    learning_rate: float = 3e-4
    """Of Adam, for both players."""
    penalty: float = 1.0
    """Weight of the gradient penalty."""
    latent: int = 16
    """Dimensions of the normal prior."""
    width: int = 128
    """Of the hidden layers of both networks."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, width=8)
"""The least that runs through: for a test."""


def build(config, spec):
    """The game, its sampler and its evaluation.

    `spec` is that of the data: `spec.shape` of one example, `spec.classes`. JAX and flax are
    imported in here, so that `--help` answers at once.
    """
    import flax.linen as nn
    import jax.numpy as jnp

    from gan_jax import families, losses, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment

    class Generator(nn.Module):
        """Latents [B, latent] to examples [B, *shape]."""

        @nn.compact
        def __call__(self, z):
            hidden = nn.relu(nn.Dense(config.width)(z))
            hidden = nn.relu(nn.Dense(config.width)(hidden))
            x = nn.Dense(math.prod(spec.shape))(hidden)
            return (jnp.tanh(x) if spec.is_image else x).reshape(-1, *spec.shape)

    class Critic(nn.Module):
        """Examples to raw scores [B]: no sigmoid, and no batch norm under a penalty."""

        @nn.compact
        def __call__(self, x):
            hidden = nn.leaky_relu(nn.Dense(config.width)(x.reshape(x.shape[0], -1)), 0.2)
            hidden = nn.leaky_relu(nn.Dense(config.width)(hidden), 0.2)
            return nn.Dense(1)(hidden)[:, 0]

    # The examples of the inputs give shapes only; the batch of 2 stands for any.
    generator = networks.linen(Generator(), jnp.zeros((2, config.latent)))
    critic = networks.linen(Critic(), jnp.zeros((2, *spec.shape)))
    prior = priors.normal(config.latent)
    adam = optimizers.adam(config.learning_rate, b1=0.0, b2=0.9)

    # Any pair of losses and any penalty; a family such as families.wgan_gp is a shorthand for it.
    game = families.two_player(
        generator,
        critic,
        prior=prior,
        loss=losses.hinge,
        penalty=losses.gradient_penalty(config.penalty),
        critic_moves=1,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(0.999),
    )

    def on_chunk(state, metrics):
        """Your own figures beside the others in metrics.jsonl, every --log-every steps."""
        bias = state.params["critic"]["Dense_2"]["bias"]
        return {"critic/bias": float(bias[0])}

    return Experiment(
        game,
        sampling.from_prior(prior),
        evaluations=[metrics.suited(spec)],  # (held-out data, samples) -> figures by name
        watch={"gap": "critic/gap", "penalty": "critic/penalty"},  # shown while it trains
        on_chunk=on_chunk,
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
