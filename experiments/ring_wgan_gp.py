"""WGAN-GP on eight Gaussians on a ring.

    gan-jax train ring_wgan_gp --seeds 0..2

8,000 steps of seeds 0 to 2, in one program, in 285 s on a core of an Intel Xeon, jax 0.10.2,
2026-11-23. Averaged weights, 2,500 samples, by seed: 8 of 8 modes; within three sigma 0.904, 0.888,
0.903 (real points 0.990); divergence of the modes' histogram 0.0015, 0.0025, 0.0012 nats (real
points 0.0021); Wasserstein distance of 1,000 points 0.090, 0.059, 0.059 (real points 0.077).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Gulrajani et al. 2017, arXiv:1704.00028, with the weight of its 2-D examples."""

    data: str = "ring"
    """Data: ring, grid, swiss_roll, ...; the networks follow its shape."""
    steps: int = 8000
    """Steps to train: moves of the generator."""
    batch_size: int = 256
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 5e-4
    """Of Adam, for both players."""
    penalty: float = 0.1
    """Weight of the gradient penalty."""
    critic_moves: int = 5
    """Moves of the critic in a step."""
    latent: int = 2
    """Dimensions of the normal prior."""
    widths: tuple[int, ...] = (128, 128, 128)
    """Of the hidden layers of both networks."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, widths=(8,))


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    generator, critic = networks.mlp_pair(spec, latent=config.latent, widths=config.widths)
    generator, critic = networks.with_precision(config.precision, generator, critic)
    adam = optimizers.adam(config.learning_rate, b1=0.5, b2=0.9)
    game = families.wgan_gp(
        generator,
        critic,
        prior=prior,
        weight=config.penalty,
        critic_moves=config.critic_moves,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior),
        evaluations=[metrics.suited(spec)],
        watch={"Wasserstein": "critic/gap", "penalty": "critic/penalty"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
