"""R3GAN of LSTMs on sines and sawtooths of 30 steps, with labels: a latent for a whole wave.

    gan-jax train waves_r3gan
    gan-jax evaluate RUN --features classifier --figures usefulness
    gan-jax explore RUN walk --out walk.png

Trained in 665 s on two thirds of a core of an Intel Xeon, jax 0.10.2, 2026-11-22, seed 0. Averaged
weights, 2,500 samples against 2,500 held-out waves: squared discrepancy (MMD)
0.0007 (real waves 0.00001, which by chance exceed 0.00015 in one of twenty cases), distance of the
spectra 0.065 (0.039), mean residual after the best sine 0.225 (0.186), Wasserstein distance of
these residuals 0.044 (0.001), precision 0.630 (0.965), recall 0.858 (0.960), labels as asked 0.987
(1.000). Classifiers that learn on features of samples know 0.999 of real waves (on those of real
ones 1.000). A walk between two latents has 64 steps, and in nine of ten walks the longest step is
at most 5.6 times the median one; of frequencies 16 times, of amplitudes 10 times (`walk_jump`,
`frequency_jump`, `amplitude_jump`). The `walk_jump` of `waves_rcgan`, which has latents of each
step, is from 34 to 48. After `--steps 2400` discrepancy 0.0016, precision 0.365; with a penalty of
0.5 0.0040 and 0.162.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Huang et al. 2024, arXiv:2501.05441: RpGAN with R1 and R2, here of LSTMs."""

    data: str = "waves"
    """Data: waves, waves?steps=60, ...; the networks follow its shape."""
    steps: int = 6000
    """Steps to train: one move of each player."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 1e-3
    """Of Adam, for both networks; it falls to a hundredth along a cosine."""
    penalty: float = 0.05
    """Weight of R1 and R2."""
    latent: int = 8
    """Dimensions of the normal prior; two are too few for frequency, amplitude and phase."""
    width: int = 64
    """Of the hidden states of both networks."""
    average: float = 0.995
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(data="waves?count=200", steps=2, batch_size=4, width=4)


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    import optax

    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling, walks
    from gan_jax.experiment import Experiment

    prior, conditional = priors.normal(config.latent), bool(spec.classes)
    generator, critic = networks.recurrent_pair(
        spec, latent=config.latent, width=config.width, conditional=conditional
    )
    generator, critic = networks.with_precision(config.precision, generator, critic)
    rate = optax.cosine_decay_schedule(config.learning_rate, config.steps, alpha=0.01)
    adam = optimizers.adam(rate, b1=0.0, b2=0.99)
    game = families.r3gan(
        generator,
        critic,
        prior=prior,
        conditional=conditional,
        weight=config.penalty,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior, spec.frequencies),
        evaluations=[metrics.for_sequences()],
        measures=[metrics.label_accuracy, metrics.sequence_threshold],
        tasks=[walks.jumps(prior, len(spec.classes))],
        watch={"gap": "critic/gap", "penalty": "critic/penalty"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
