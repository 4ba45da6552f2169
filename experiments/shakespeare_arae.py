"""ARAE on windows of 32 characters of Shakespeare: a WGAN of the codes of an autoencoder.

    gan-jax train shakespeare_arae --seed SEED

A beginning alone: `--steps 1500`, 456 s on one of two cores of an Intel Xeon, jax 0.10.2,
2026-11-22, seed 0, averaged weights, 2,500 samples against 2,500 held-out windows: the divergences
of the n-grams of 1 to 4 characters are 0.003, 0.042, 0.168, 0.393 bits (real text 0.002, 0.035,
0.112, 0.247; its characters in any order, from 2 on: 0.315, 0.646, 0.906).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Zhao et al. 2018, arXiv:1706.04223, smaller; Adam and a gradient penalty by default."""

    data: str = "text:$GAN_JAX_DATA/text/tinyshakespeare.txt"
    """Data: text:PATH, text:PATH?lines=1, ...; the networks follow length and vocabulary."""
    steps: int = 5000
    """Steps to train: moves of the autoencoder and of the generator."""
    batch_size: int = 64
    """Examples in a minibatch, over all devices."""
    autoencoder_rate: float = 1e-3
    """Learning rate of Adam for the cross-entropy; plain descent at 1 in their code."""
    learning_rate: float = 1e-4
    """Learning rate of Adam of generator and critic."""
    encoder_rate: float = 1.0
    """Learning rate of the encoder's plain descent against the critic."""
    weight: float = 0.01
    """Of the encoder's part against the critic."""
    penalty: float = 10.0
    """Weight of the gradient penalty; 0 clips the critic's weights instead, as in the paper."""
    clip: float = 0.01
    """Bound on the critic's weights where there is no penalty."""
    critic_moves: int = 5
    """Moves of the critic in a step."""
    noise: float = 0.2
    """Deviation of the noise on the codes that are decoded, at first."""
    noise_decay: float = 0.995
    """What the noise is multiplied by every 100 steps."""
    norm: float = 1.0
    """To which the gradients of encoder and decoder are clipped."""
    latent: int = 100
    """Dimensions of the normal prior."""
    code: int = 128
    """Dimensions of a code; 300 in their code."""
    embedding: int = 32
    """Of a character; 300 for words in their code."""
    width: int = 128
    """Of the decoder's hidden state; 300 in their code."""
    widths: tuple[int, ...] = (256, 256)
    """Of the hidden layers of generator and critic; 300, 300 in their code."""
    average: float = 0.999
    """Decay of the averages of the weights of encoder, decoder and generator."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(
    steps=2, batch_size=4, critic_moves=1, latent=4, code=4, embedding=4, width=4, widths=(4,)
)

PAPER = Config(code=300, embedding=300, width=300, widths=(300, 300))
"""The sizes of their code, for an accelerator: `--preset PAPER`, with as many `--steps` as there is
time for."""


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    import optax

    from gan_jax import (
        families,
        losses,
        metrics,
        networks,
        optimizers,
        play,
        priors,
        ranges,
        sampling,
    )
    from gan_jax.experiment import Experiment

    prior = priors.normal(config.latent)
    size = {"code": config.code, "embedding": config.embedding, "width": config.width}
    clipped = optimizers.clip_by_global_norm(config.norm)
    decay = ranges.positive("decay of the noise", config.noise_decay)
    adam = optimizers.adam(config.learning_rate, b1=0.5, b2=0.9)
    game = families.arae(
        *networks.text_autoencoder(spec, **size),
        networks.vector_encoder(config.latent, outputs=config.code, widths=config.widths),
        networks.vector_critic(config.code, widths=config.widths),
        prior=prior,
        penalty=losses.gradient_penalty(config.penalty) if config.penalty else None,
        clip=config.clip,
        critic_moves=config.critic_moves,
        weight=config.weight,
        noise=optax.exponential_decay(config.noise, 100, decay, staircase=True),
        autoencoder_optimizer=optax.chain(
            clipped, optimizers.adam(config.autoencoder_rate, b1=0.9, b2=0.999)
        ),
        encoder_optimizer=optax.chain(clipped, optimizers.sgd(config.encoder_rate)),
        critic_optimizer=adam,
        generator_optimizer=adam,
        average=optimizers.warm_average(config.average),
    )
    return Experiment(
        game,
        sampling.from_codes(prior, priors.uniform(spec.shape[0], 0.0, 1.0)),
        evaluations=[metrics.suited(spec)],
        watch={"cross-entropy": "autoencoder/nll", "Wasserstein": "critic/gap"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
