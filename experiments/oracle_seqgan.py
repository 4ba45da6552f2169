"""SeqGAN on its synthetic task: text of a random recurrent network, which then judges the samples.

    gan-jax train oracle_seqgan
    gan-jax train oracle_seqgan --preset PAPER

Measured with `--steps 4000`, half as many steps against the critic, in 473 s on a core of an Intel
Xeon beside other work, jax 0.10.2, 2026-11-22, seed 0; in nats for a symbol, of 1,000 samples and
1,000 new texts of the oracle: after maximum likelihood samples have an oracle NLL of 3.147, and new
texts an NLL of 2.737 under the generator; 500 steps later 3.025 and 2.736. With averaged weights
2,500 samples end at 3.059, the oracle's own texts at 2.291. From held-out texts the samples diverge
in their n-grams of 1 to 4 symbols by 0.002, 0.046, 0.334, 0.680 bits, other texts of the oracle by
0.001, 0.037, 0.307, 0.642, and these with their symbols in any order, from 2 on, by 0.256, 0.729,
0.972.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Yu et al. 2017, arXiv:1609.05473, on few symbols; `PAPER` is the setting of their code."""

    data: str = "oracle?length=10&symbols=50"
    """Data: oracle, or other text, text:PATH, ...; the networks follow length and vocabulary."""
    steps: int = 4500
    """Steps to train, over all three games."""
    pretraining: int = 3000
    """Steps of maximum likelihood, the first game."""
    critic_pretraining: int = 500
    """Steps after them in which the critic alone moves, the second game."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""
    pretraining_rate: float = 1e-2
    """Learning rate of Adam under maximum likelihood."""
    generator_rate: float = 1e-3
    """Learning rate of Adam against the critic; 1e-2 in the paper's code."""
    critic_rate: float = 1e-3
    """Learning rate of Adam of the critic; 1e-4 in the paper's code."""
    critic_moves: int = 5
    """Moves of the critic in a step."""
    rollouts: int = 8
    """Completions of each beginning of a text; 16 in the paper's code."""
    delay: float = 0.8
    """Decay of the copy of the generator that completes texts."""
    baseline: bool = True
    """Whether the other texts of a minibatch are a baseline; not so in the paper."""
    clip: float = 5.0
    """Norm to which the generator's gradient is clipped."""
    width: int = 32
    """Of the generator's embedding and hidden state."""
    sizes: tuple[int, ...] = (1, 2, 3, 4, 5)
    """Of the critic's convolutions, in steps."""
    maps: tuple[int, ...] = (32, 32, 32, 32, 32)
    """Of the critic's convolutions, for each size."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(
    "oracle?length=4&symbols=5&count=120",
    steps=3,
    pretraining=1,
    critic_pretraining=1,
    batch_size=4,
    critic_moves=1,
    rollouts=2,
    width=4,
    sizes=(1, 2),
    maps=(4, 4),
)


FIGURES = "oracle_nll", "held_out_nll"

PAPER = Config(
    "oracle?length=20&symbols=5000",
    steps=20_820,
    pretraining=18_840,
    critic_pretraining=1_180,
    generator_rate=1e-2,
    critic_rate=1e-4,
    critic_moves=20,
    rollouts=16,
    baseline=False,
    sizes=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20),
    maps=(100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160),
)
"""For an accelerator, `--preset PAPER`: 120 epochs, 150 of the critic, and 800 steps as in the
code, but for fewer moves of the critic in a step, of which the code makes 2,355."""


def build(config, spec):
    """The three games, their sampler and the evaluation, for data of this spec."""
    import dataclasses

    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment
    from gan_jax.phases import Phase

    generator, critic = networks.policy_pair(
        spec, embedding=config.width, width=config.width, sizes=config.sizes, maps=config.maps
    )
    prior = priors.uniform(spec.shape[0], 0.0, 1.0)
    likelihood = families.maximum_likelihood(
        generator,
        optimizer=clipped(config.pretraining_rate, config.clip),
        average=lambda step: config.delay,
    )
    game = families.seqgan(
        generator,
        critic,
        prior=prior,
        rollouts=config.rollouts,
        delay=config.delay,
        baseline=config.baseline,
        generator_optimizer=clipped(config.generator_rate, config.clip),
        critic_optimizer=optimizers.adam(config.critic_rate, b1=0.9, b2=0.999),
        critic_moves=config.critic_moves,
    )
    alone = {"critic": game.players["critic"]}
    second = dataclasses.replace(game, players=alone, frozen=("generator",))
    sampler = sampling.from_prior(prior)
    ends = config.pretraining, config.pretraining + config.critic_pretraining
    before = zip((likelihood, second), (sampler, sampler), ends, strict=True)
    return Experiment(
        game,
        sampler,
        evaluations=[metrics.suited(spec)],
        watch={name: name for name in FIGURES} if spec.oracle else {},
        on_chunk=figures(generator, prior, spec) if spec.oracle else None,
        before=[Phase(*each) for each in before],
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )


def clipped(rate, norm):
    """Adam on a gradient that is clipped to a norm."""
    import optax

    from gan_jax import optimizers

    adam = optimizers.adam(rate, b1=0.9, b2=0.999)
    return optax.chain(optimizers.clip_by_global_norm(norm), adam)


def figures(generator, prior, spec, count=1000):
    """The curves of the paper: oracle NLL of samples, and beside it NLL of new oracle texts."""
    import jax

    from gan_jax import metrics
    from gan_jax.data.oracle import drawn

    texts = drawn(spec, count, stream=1)
    keys = jax.random.split(jax.random.key(0), count)
    sample = jax.jit(lambda params: generator.apply(params, {}, prior(keys)))
    score = jax.jit(lambda params: -generator.apply(params, {}, None, spec.decode(texts)).mean())

    def on_chunk(state, metrics_of_chunk):
        params = state.params["generator"]
        values = metrics.oracle_nll(sample(params), spec), score(params)
        return dict(zip(FIGURES, values, strict=True))

    return on_chunk
