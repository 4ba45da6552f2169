"""PacGAN on eight Gaussians on a ring, or on a grid: the critic judges packs of points.

    gan-jax train ring_pacgan --pack 2 --seeds 0..2
    gan-jax train ring_pacgan --pack 2 --seeds 0..2 --data grid

12,000 steps, far fewer than the paper's, in about three minutes on two cores of an Intel Xeon
beside much other work, jax 0.10.2, 2026-11-21. Averaged weights, 2,500 samples, means of seeds 0 to
2 in one program. Ring, packs of 1, 2, 3 and 4: 7.7, 8, 8 and 8 of 8 modes; within three sigma
0.930, 0.960, 0.927 and 0.805 (real points 0.990); divergence of the modes' histogram 0.104, 0.0018,
0.0013 and 0.0087 nats (real points 0.0021). On the grid packs of 2 find 25 of 25 modes after
40,000 steps, and larger ones have not converged by then; with the paper's networks, by `--preset
PAPER`, they do better the larger they are, of which 50,000 of its 400,000 steps were measured:
`experiments/README.md`.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Lin et al. 2017, arXiv:1712.04086, around the first GAN, with smaller networks."""

    data: str = "ring"
    """Data: ring, grid, swiss_roll, ...; the networks follow its shape."""
    steps: int = 12_000
    """Steps to train: one move of each player."""
    batch_size: int = 240
    """Examples in a minibatch, over all devices: a multiple of the pack."""
    pack: int = 2
    """Examples in a pack; 1 is the first GAN."""
    learning_rate: float = 5e-4
    """Of Adam, for both players."""
    beta1: float = 0.5
    """Decay of Adam's first moment, for both players."""
    latent: int = 2
    """Dimensions of the normal prior."""
    widths: tuple[int, ...] = (128, 128, 128)
    """Of the hidden layers of both networks."""
    critic_widths: tuple[int, ...] = ()
    """Of the critic's hidden layers, if they are others."""
    published: bool = False
    """Whether the generator has the paper's batch norm, the critic its maxout of five pieces, and
    both move at once."""
    average: float = 0.999
    """Decay of the average of the generator's weights."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters and scores are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


PAPER = Config(
    steps=400_000,
    batch_size=200,
    learning_rate=1e-4,
    beta1=0.8,
    widths=(400,) * 4,
    critic_widths=(200,) * 3,
    average=0.0,
    published=True,
)
"""The paper's setting, `--preset PAPER`, for its packs of 2; its minibatch is of 100 packs, so give
`--batch-size 400` with `--pack 4`. Differs from the paper: the last layers' weights are larger."""
QUICK = Config(steps=2, batch_size=4, widths=(8,))


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, priors, sampling
    from gan_jax.experiment import Experiment
    from gan_jax.game import update

    prior = priors.normal(config.latent)
    layer, critic_layer, rule = networks.relu_layer, networks.relu_layer, update
    if config.published:
        layer, critic_layer = networks.normalised_layer, networks.maxout_layer(5)
        rule = play.simultaneous
    pair = networks.mlp_pair(
        spec,
        latent=config.latent,
        widths=config.widths,
        critic_widths=config.critic_widths or config.widths,
        layer=layer,
        critic_layer=critic_layer,
        pack=config.pack,
    )
    generator, critic = networks.with_precision(config.precision, *pair)
    adam = optimizers.adam(config.learning_rate, b1=config.beta1, b2=0.999)
    game = families.vanilla(
        generator,
        critic,
        prior=prior,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_prior(prior),
        evaluations=[metrics.suited(spec)],
        watch={"critic": "critic/loss", "generator": "generator/loss"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up, rule),
    )
