"""A conditional GAN on the 1,797 handwritten 8x8 digits: ask for a digit, get that one.

    gan-jax train digits_conditional --seeds 0..2
    gan-jax evaluate RUN --features classifier --figures usefulness

8,000 steps of seeds 0 to 2, in one program, in 201 s on two cores of an Intel Xeon beside other
work (timed 2026-11-21), jax 0.10.2, 2026-11-22. Averaged weights, 360 samples against 360 held-out
digits, by seed: precision 0.933, 0.919, 0.953 (real digits 0.931), recall 0.789, 0.822, 0.808
(0.933), Frechet distance of pixels 0.864, 0.719, 0.948 (0.631); 0.986, 0.975 and 0.989 of the
samples show, to `metrics.classifier`, the digit asked for (real 0.986). By the second command, on
features of a classifier, support vectors that learnt from samples are right about 0.981, 0.983 and
0.981 of real digits (from real ones 0.989).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Mirza and Osindero 2014, arXiv:1411.1784, under the losses of R3GAN (arXiv:2501.05441).

    Differs from the paper: both networks are perceptrons of two layers of 256; there the critic is
    of maxout units, and labels and latents have hidden layers of their own.
    """

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
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, width=8)


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    generator, critic = networks.mlp_pair(
        spec, latent=config.latent, widths=(config.width, config.width), conditional=True
    )
    generator, critic = networks.with_precision(config.precision, generator, critic)
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
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
