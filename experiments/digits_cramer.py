"""The Cramer GAN on the 1,797 handwritten 8x8 digits of scikit-learn.

    gan-jax train digits_cramer --seeds 0..2
    gan-jax train digits_cramer --data ring --widths 128 128 128 --batch-size 256 --latent 2
        --penalty 0.1 --learning-rate 5e-4 --steps 4000 --seeds 0..2

3,000 steps of seeds 0 to 2, in one program, in 201 s on two cores of an Intel Xeon beside other
work (timed 2026-11-21), jax 0.10.2, 2026-11-22. Averaged weights, 360 samples against 360 held-out
digits, by seed: precision 0.550, 0.567, 0.567 (real digits 0.931), recall 0.911, 0.900, 0.892
(0.933), Frechet distance of pixels 0.894, 0.970, 0.924 (0.631). The second command, eight Gaussians
on a ring with the settings of `ring_wgan_gp`, in 374 s on a core beside other work, 2026-11-23, of
2,500 samples by seed: 8 of 8 modes; within three sigma 0.690, 0.700, 0.719 (real points 0.990);
divergence of the modes' histogram 0.0045, 0.0062, 0.0082 nats (0.0021); Wasserstein distance of
1,000 points 0.106, 0.087, 0.072 (0.077).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Bellemare et al. 2017, arXiv:1705.10743, with perceptrons."""

    data: str = "digits"
    """Data: digits, idx:PATH, ...; the networks follow its shape."""
    steps: int = 3000
    """Steps to train: moves of the generator."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 3e-4
    """Of Adam, for both players."""
    penalty: float = 10.0
    """Weight of the gradient penalty."""
    critic_moves: int = 5
    """Moves of the critic in a step."""
    latent: int = 32
    """Dimensions of the normal prior."""
    features: int = 64
    """Between which the critic measures distances."""
    widths: tuple[int, ...] = (256, 256)
    """Of the hidden layers of both networks."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, features=4, widths=(8,))


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    critic, generator = networks.mlp_autoencoder(
        spec, latent=config.latent, outputs=config.features, widths=config.widths
    )
    generator, critic = networks.with_precision(config.precision, generator, critic)
    adam = optimizers.adam(config.learning_rate, b1=0.5, b2=0.9)
    game = families.cramer(
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
        watch={"gap": "critic/gap", "distance": "generator/loss"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
