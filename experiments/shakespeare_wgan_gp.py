"""WGAN-GP on windows of 32 characters of Shakespeare.

    gan-jax train shakespeare_wgan_gp --seed SEED

A beginning alone: `--steps 400`, 576 s on a core of an Intel Xeon that had other work to do, jax
0.10.2, 2026-11-22, seed 0, averaged weights, 2,500 samples against 2,500 held-out windows: the
divergences of the n-grams of 1 to 4 characters are 0.061, 0.261, 0.518, 0.753 bits (untrained
0.386, 0.790, 0.972, 0.999; real text 0.002, 0.035, 0.112, 0.247). Real characters in any order
have, from 2 on, 0.314, 0.646, 0.906, and the samples' own 0.354, 0.649, 0.893: so it has learnt
what follows what. After 140 steps they are 0.155, 0.565, 0.824, 0.949, worse than without order;
at the paper's 1e-4 500 steps reach 0.379, 0.705, 0.890, 0.966. With `--output gumbel`, stopped
after 330 of 400 steps, the same seed: 0.088, 0.369, 0.648, 0.846 (the samples' own in any order
0.357, 0.634, 0.877): it has learnt little yet of what follows what.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Gulrajani et al. 2017, arXiv:1704.00028, its model of characters, smaller by default."""

    data: str = "text:$GAN_JAX_DATA/text/tinyshakespeare.txt"
    """Data: text:PATH, text:PATH?lines=1, ...; the networks follow length and vocabulary."""
    steps: int = 1000
    """Steps to train: moves of the generator."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 1e-3
    """Of Adam, for both players; 1e-4 in the paper's code, over 200,000 steps."""
    penalty: float = 10.0
    """Weight of the gradient penalty."""
    critic_moves: int = 5
    """Moves of the critic in a step; 10 in the paper's code."""
    latent: int = 128
    """Dimensions of the normal prior."""
    width: int = 64
    """Channels of all layers; 512 in the paper."""
    blocks: int = 3
    """Residual blocks in each network; 5 in the paper."""
    output: Literal["softmax", "gumbel", "straight_through"] = "softmax"
    """What the critic sees: probabilities, Gumbel-softmax, or symbols drawn with its gradient."""
    temperature: float = 1.0
    """Of the softmax."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, critic_moves=1, width=4, blocks=1)

PAPER = Config(steps=200_000, learning_rate=1e-4, critic_moves=10, width=512, blocks=5)
"""The setting of the paper's code, for an accelerator: `--preset PAPER`."""


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    if config.output != "softmax":
        prior = priors.together(prior, priors.gumbel(*spec.shape))
    generator, critic = networks.text_pair(
        spec,
        latent=config.latent,
        width=config.width,
        blocks=config.blocks,
        temperature=config.temperature,
        straight_through=config.output == "straight_through",
    )
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
