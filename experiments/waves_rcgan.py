"""RCGAN on sines and sawtooths of 30 steps, with labels.

    gan-jax train waves_rcgan --seeds 0..2
    gan-jax evaluate RUN --features classifier --figures usefulness
    gan-jax evaluate RUN --features pixels --figures usefulness two_sample

10,000 steps of seeds 0 to 2, in one program, in 53 minutes on half of a core of an Intel Xeon, jax
0.10.2, 2026-11-22 (one seed by itself on two cores: 365 s). Averaged weights, 2,500 samples against
2,500 held-out waves, means of the seeds: squared discrepancy (MMD) 0.0024 (real waves 0.00001,
which by chance exceed 0.00015 in one of twenty cases; untrained 0.274), distance of the spectra
0.145 (0.039), mean residual after the best sine 0.191 (0.186), Wasserstein distance of these
residuals 0.011 (0.001), precision 0.926 (0.965), recall 0.848 (0.960), labels as asked 0.999
(1.000). Classifiers that learn on features of samples know 0.993 of real waves (on those of real
ones 1.000). By the third command, on raw values, the nearest neighbours among samples know 0.943 of
real waves (among real ones 1.000), support vectors 0.985 (1.000), and logistic regression, to which
raw waves of any phase are all alike, 0.578 (0.507); a two-sample test by the nearest wave is right
for 0.656 (0.488). Walks between two latents are uneven: in nine of ten the longest of 64 steps is
at most 34 to 48 times the median one.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Esteban et al. 2017, arXiv:1706.02633: LSTMs, with latents of each step and Adam for G alone.

    Differs from the paper: sawtooths beside its sines; averaged weights; no scores of real
    waves with wrong labels; one move of the critic in a step, where the settings that come with
    its code have five rounds.
    """

    data: str = "waves"
    """Data: waves, waves?steps=60, ...; the networks follow its shape."""
    steps: int = 10_000
    """Steps to train: moves of the generator."""
    batch_size: int = 28
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 1e-3
    """Of the generator's Adam."""
    critic_rate: float = 0.1
    """Of the critic's gradient descent."""
    critic_moves: int = 1
    """Moves of the critic in a step."""
    latent: int = 5
    """Dimensions of the normal prior at each step."""
    width: int = 100
    """Of the hidden states of both networks."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters and scores are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(data="waves?count=200", steps=2, batch_size=4, width=4)


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling, walks
    from gan_jax.experiment import Experiment

    prior, conditional = priors.normal(spec.shape[0], config.latent), bool(spec.classes)
    generator, critic = networks.recurrent_pair(
        spec, latent=config.latent, width=config.width, per_step=True, conditional=conditional
    )
    generator, critic = networks.with_precision(config.precision, generator, critic)
    game = families.vanilla(
        generator,
        critic,
        prior=prior,
        conditional=conditional,
        critic_moves=config.critic_moves,
        generator_optimizer=optimizers.adam(config.learning_rate, b1=0.9, b2=0.999),
        critic_optimizer=optimizers.sgd(config.critic_rate),
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior, spec.frequencies),
        evaluations=[metrics.for_sequences()],
        measures=[metrics.label_accuracy, metrics.sequence_threshold],
        tasks=[walks.jumps(prior, len(spec.classes))],
        watch={"gap": "critic/gap", "generator": "generator/loss"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
