"""A conditional GAN on the 1,797 handwritten 8x8 digits: ask for a digit, get that one.

    gan-jax train digits_conditional

Not measured yet.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """Mirza and Osindero 2014, arXiv:1411.1784, under the losses of R3GAN (arXiv:2501.05441)."""

    data: str = "digits"
    """Data with labels: digits, idx:PATH, ...; the networks follow its shape."""
    steps: int = 8000
    """Steps to train: one move of each player."""
    batch_size: int = 128
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 3e-4
    """Of Adam, for both players."""
    penalty: float = 1.0
    """Weight of the zero-centred penalties on real examples and on fakes."""
    latent: int = 32
    """Dimensions of the normal prior."""
    width: int = 256
    """Of the two hidden layers of both networks."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""


QUICK = Config(steps=2, batch_size=4, width=8)


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, priors, sampling
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    generator, critic = networks.mlp_pair(
        spec, latent=config.latent, widths=(config.width, config.width), conditional=True
    )
    adam = optimizers.adam(config.learning_rate, b1=0.0, b2=0.9)
    game = families.r3gan(
        generator,
        critic,
        prior=prior,
        weight=config.penalty,
        generator_optimizer=adam,
        critic_optimizer=adam,
        conditional=True,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior, spec.frequencies),
        evaluations=[metrics.suited(spec)],
        measures=[metrics.label_accuracy],
        watch={"gap": "critic/gap", "penalty": "critic/penalty"},
    )
