"""The first GAN, non-saturating, on eight Gaussians on a ring.

    gan-jax train ring_vanilla --seeds 0..2

10,000 steps of seeds 0 to 2, in one program, in 246 s on two cores of an Intel Xeon beside other
work, jax 0.10.2, 2026-11-21. Averaged weights, 2,500 samples, by seed: 8, 8 and 7 of 8 modes;
within three sigma 0.869, 0.896, 0.886 (real points 0.990); divergence of the modes' histogram
0.029, 0.066, 0.148 nats (real points 0.0021).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Goodfellow et al. 2014, arXiv:1406.2661, with Adam."""

    data: str = "ring"
    """Data: ring, grid, swiss_roll, ...; the networks follow its shape."""
    steps: int = 10000
    """Steps to train: one move of each player."""
    batch_size: int = 256
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 2e-4
    """Of Adam, for both players."""
    latent: int = 2
    """Dimensions of the normal prior."""
    widths: tuple[int, ...] = (128, 128, 128)
    """Of the hidden layers of both networks."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    saturating: bool = False
    """Whether the generator plays the minimax value itself."""
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
    adam = optimizers.adam(config.learning_rate, b1=0.5, b2=0.999)
    game = families.vanilla(
        generator,
        critic,
        prior=prior,
        saturating=config.saturating,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior),
        evaluations=[metrics.suited(spec)],
        watch={"critic": "critic/loss", "generator": "generator/loss"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
