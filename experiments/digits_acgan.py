"""AC-GAN on the 1,797 handwritten 8x8 digits of scikit-learn: the critic's features also classify.

    gan-jax train digits_acgan --seeds 0..2

4,000 steps of seeds 0 to 2, in one program, in 223 s on two cores of an Intel Xeon beside other
work, jax 0.10.2, 2026-11-22. Averaged weights, 360 samples against 360 held-out digits, by seed:
precision 0.914, 0.908, 0.894 (real digits 0.931), recall 0.453, 0.481, 0.489 (0.933), Frechet
distance of pixels 1.441, 1.235, 1.330 (0.631); of 1,000
samples 1.000, 1.000, 1.000 show, to `metrics.classifier`, the digit asked for (real 0.986).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Odena et al. 2016, arXiv:1610.09585, with the networks of DCGAN."""

    data: str = "digits"
    """Data with labels: digits, idx:PATH, ...; the networks follow its shape."""
    steps: int = 4000
    """Steps to train: one move of each player."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 2e-4
    """Of Adam, for both players."""
    weight: float = 1.0
    """Of the class terms; the paper's."""
    latent: int = 32
    """Dimensions of the normal prior."""
    width: int = 32
    """Channels of the widest maps."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters and scores are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, width=4)


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    adam = optimizers.adam(config.learning_rate, b1=0.5, b2=0.999)
    made = networks.acgan_networks(spec, latent=config.latent, width=config.width)
    parts = networks.with_precision(config.precision, *made.values())
    game = families.acgan(
        **dict(zip(made, parts, strict=True)),
        prior=prior,
        weight=config.weight,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior, spec.frequencies),
        evaluations=[metrics.suited(spec)],
        measures=[metrics.label_accuracy],
        watch={"critic": "critic/loss", "accuracy": "critic/accuracy_of_fakes"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
