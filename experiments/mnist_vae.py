"""A variational autoencoder on MNIST, black and white by chance anew in every step.

    gan-jax train mnist_vae

`autoencoder/bound` is the evidence lower bound in nats for an image, on the training data; the
evaluation gives it on held-out digits, made black and white by chance, and `importance_bound`, of
100 draws of z.

9,380 steps, 20 epochs, in 143 s on two cores of an Intel Xeon beside other work, jax 0.10.2,
2026-11-22, seed 0, 10,000 held-out digits: bound -100.8 nats, importance bound -96.1. Without the
shift of pixels to 0 and 1 that the encoder has here: -103.0 and -97.4. Of 2,500 samples precision
0.916 (real digits 0.852), recall 0.349 (0.881), on grey pixels.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Kingma and Welling 2013, arXiv:1312.6114: one hidden layer, a Bernoulli likelihood; Adam."""

    data: str = "idx:$GAN_JAX_DATA/mnist"
    """Data: idx:PATH, digits, ...; images, which the networks follow in shape."""
    steps: int = 9380
    """Steps to train: moves of the one player."""
    batch_size: int = 128
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 1e-3
    """Of Adam."""
    latent: int = 20
    """Dimensions of the normal prior."""
    widths: tuple[int, ...] = (400,)
    """Of the hidden layers of the encoder; those of the decoder are the same backwards."""
    beta: float = 1.0
    """Weight of the divergence between posterior and prior."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters and losses are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, widths=(8,))


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    import jax

    from gan_jax import (
        codes,
        families,
        losses,
        metrics,
        networks,
        optimizers,
        play,
        priors,
        sampling,
    )
    from gan_jax.experiment import Experiment

    encoder, generator = networks.mlp_autoencoder(
        spec,
        latent=config.latent,
        outputs=2 * config.latent,
        widths=config.widths,
        output=jax.nn.identity,
    )
    pair = networks.zero_to_one(encoder), generator
    encoder, generator = networks.with_precision(config.precision, *pair)
    game = families.vae(
        encoder,
        generator,
        latent=config.latent,
        likelihood=losses.bernoulli,
        optimizer=optimizers.adam(config.learning_rate, b1=0.9, b2=0.999),
        beta=config.beta,
        prepare=losses.binarised,
    )
    plane = lambda nets: {"plane": losses.bernoulli.mean(nets.generator(codes.plane()))}
    return Experiment(
        game,
        sampling.from_prior(priors.normal(config.latent), output=losses.bernoulli.mean),
        evaluations=[metrics.suited(spec)],
        tasks=[metrics.explains(losses.bernoulli, prepare=losses.binarised)],
        pictures=plane if config.latent == 2 else None,
        watch={"bound": "autoencoder/bound", "divergence": "autoencoder/divergence"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )
