"""CTGAN on the census table Adult: 32,561 rows of 6 numbers and 9 categories.

    GAN_JAX_DATA=FOLDER gan-jax train adult_ctgan --seed SEED

FOLDER holds adult/adult.csv, with the names of the columns in its first row. A table of people who
do not exist: gan-jax sample RUN --n 10000 --out people.csv
With --conditions Salary the generator is asked for that column alone, which stays in the rows.

3,000 steps of seeds 0 to 4, one after another, each in 225 to 292 s on one of two cores of an Intel
Xeon (seed 0 in 824 s beside more work), jax 0.10.2, 2026-11-22; averaged weights. Four classifiers
learn the salary from 26,048 samples and are tested on all held-out rows, as `python -m
benchmarks.tables --runs RUN RUN RUN RUN RUN` does it, by seed: mean F1 0.586, 0.585, 0.591, 0.584,
0.588 (trained on real rows 0.667), mean AUC 0.833, 0.833, 0.842, 0.825, 0.839 (0.889), of boosted
trees 0.860, 0.862, 0.870, 0.857, 0.859 (0.903). Mean total variation of the categories 0.022 to
0.032 (real rows 0.010), mean Kolmogorov-Smirnov statistic 0.022 to 0.026 (0.006); no category is
lost. Mean difference of the associations of two columns 0.045 to 0.054 (0.011). Near copies of
training rows: 0.8 to 1.1 % (held-out rows 2.8 %).

Beside the package `ctgan` 0.12.1 with its own settings, five minutes of one core for each, seed 0,
by `python -m benchmarks.tables --minutes 5`: mean F1 0.601 (the package 0.589), mean AUC 0.846
(0.830), mean total variation 0.027 (0.096), mean Kolmogorov-Smirnov statistic 0.022 (0.199);
4,630 steps (2,132). All figures are in `benchmarks/results/tables.json`.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Xu et al. 2019, arXiv:1907.00503, with the rates and the weight decay of its code.

    Differs from CTGAN: no dropout in the critic, and an average of the generator's weights.
    """

    data: str = "csv:$GAN_JAX_DATA/adult/adult.csv"
    """Data: csv:PATH, parquet:PATH, ...; the networks follow its columns."""
    steps: int = 3000
    """Steps to train: moves of the generator."""
    batch_size: int = 500
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 2e-4
    """Of Adam, for both players."""
    weight_decay: float = 1e-6
    """Of both players: how much of a weight is added to its gradient."""
    penalty: float = 10.0
    """Weight of the gradient penalty."""
    obedience: float = 1.0
    """Weight of the cross-entropy between the condition and what the generator gives."""
    conditions: tuple[str, ...] = ()
    """The columns that the generator is asked for, such as a label; all with categories if none."""
    critic_moves: int = 1
    """Moves of the critic in a step."""
    pack: int = 10
    """Rows that the critic judges together."""
    latent: int = 128
    """Dimensions of the normal prior."""
    widths: tuple[int, ...] = (256, 256)
    """Of the hidden layers of both networks."""
    temperature: float = 0.2
    """Of the Gumbel-softmax of every choice."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    target: str = ""
    """The column that classifiers predict, to judge samples; the last with categories if empty."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters, scores and penalties are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(f"{Config.data}?encoding=quantiles", steps=2, batch_size=4, pack=2, widths=(8,))


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from functools import partial

    import optax

    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.conditions import conditions
    from gan_jax.experiment import Experiment

    asked = conditions(spec.columns, config.conditions)
    prior = priors.together(priors.normal(config.latent), priors.gumbel(*spec.shape))
    output = partial(networks.table_output, spec=spec, temperature=config.temperature)
    draw = lambda logits, noise: output(logits, noise=noise)
    size = {"latent": config.latent, "condition": asked.size, "widths": config.widths}
    pair = networks.table_pair(spec, pack=config.pack, **size)
    generator, critic = networks.with_precision(config.precision, *pair)
    adam = optimizers.adam(config.learning_rate, b1=0.5, b2=0.9)
    adam = optax.chain(optimizers.add_decayed_weights(config.weight_decay), adam)
    game = families.ctgan(
        generator,
        critic,
        prior=prior,
        conditions=asked,
        output=draw,
        weight=config.penalty,
        obedience=config.obedience,
        critic_moves=config.critic_moves,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_conditions(prior, asked, draw),
        evaluations=[metrics.suited(spec), *metrics.for_columns(spec.columns, config.target)],
        watch={"Wasserstein": "critic/gap", "disobedience": "generator/cross_entropy"},
        weigh=asked.weights,
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
