"""An adversarial autoencoder on the 1,797 handwritten 8x8 digits of scikit-learn.

    gan-jax train digits_aae --seeds 0..2
    gan-jax train digits_aae --seeds 0..2 --style
    gan-jax train digits_aae --seeds 0..2 --latent 2
    gan-jax train digits_aae --seeds 0..2 --latent 2 --prior swiss_roll --informed
    gan-jax train digits_aae --data 'digits?labelled=100' --latent 2 --prior swiss_roll --informed
    gan-jax encode runs/digits_aae --out codes.png

The evaluation gives how the codes of held-out data follow the prior, in its deviations, and their
reconstruction, mean squared error for each pixel, beside that of as many principal components. Of
two dimensions it draws `plane.png`, what the decoder makes of the codes on a grid; with --style
`styles.png`, along whose rows a style stays and the class changes.

4,000 steps of seeds 0 to 2, in one program, in 294 to 458 s on two cores of an Intel Xeon beside
other work, jax 0.10.2, 2026-11-22, averaged weights, 360 held-out digits, by seed. First command:
the codes' means are within 0.08, 0.04, 0.11 deviations of the prior, their deviations 0.73 to 1.02,
0.90 to 1.04, 0.88 to 1.01 of it; reconstruction 0.101, 0.069, 0.069 (principal components 0.099);
of samples precision 0.875, 0.900, 0.889 (real digits 0.931), recall 0.406, 0.539, 0.444 (0.933).
With --style: reconstruction 0.079, 0.077, 0.069, recall 0.339, 0.444, 0.461. The informed roll:
distance of codes to the prior, labels beside them, 0.913, 0.885, 0.920 (of the prior to itself
0.639), reconstruction 0.178, 0.171, 0.169 (principal components 0.214). With `--latent 2`,
236 s on half of a core: deviations 0.88 to 0.97 of the prior, means within 0.08;
reconstruction 0.143, 0.143, 0.134 (0.214); samples of two dimensions have precision 0.992, 0.992,
0.986, and next to no recall: 0.006, 0.022, 0.017. With the labels of 100 digits alone, the fifth
command with seeds 0 to 2: distance of codes to the informed roll 2.338, 2.843, 2.154,
reconstruction 0.165, 0.168, 0.159.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Config:
    """Makhzani et al. 2015, arXiv:1511.05644, with Adam in place of gradient descent."""

    data: str = "digits"
    """Data: digits, idx:PATH, ...; the networks follow its shape."""
    steps: int = 4000
    """Steps to train: one move of each of the three players."""
    batch_size: int = 100
    """Examples in a minibatch, over all devices."""
    learning_rate: float = 3e-4
    """Of Adam, for the reconstruction."""
    adversarial_rate: float = 5e-4
    """Of Adam, for the critic and the encoder's move against it."""
    latent: int = 8
    """Dimensions of the prior; 2 unless it is normal."""
    prior: Literal["normal", "circle", "swiss_roll"] = "normal"
    """Of the codes; circle is a Gaussian for each class, on a circle."""
    deviation: float = 5.0
    """Of the normal prior, in each dimension; a tenth of it is that of the other two."""
    informed: bool = False
    """Whether the label, where known, says which part of circle or swiss_roll a code follows."""
    widths: tuple[int, ...] = (256, 256)
    """Of the hidden layers of all three networks."""
    style: bool = False
    """Whether the decoder is told the label, so that the code is left with the style."""
    average: float = 0.999
    """Decay of the averages of the weights of encoder and generator."""
    precision: Literal["float32", "bf16"] = "float32"
    """Of the networks' inner values; parameters and scores are always float32."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """Of the learning rates, on top of what else they do: linear and cosine end at 0."""
    warm_up: int = 0
    """First steps, in which the learning rates grow to what they are."""


QUICK = Config(steps=2, batch_size=4, widths=(8,))


def build(config, spec):
    """The game, its sampler and its evaluation, for data of this spec."""
    from gan_jax import families, metrics, networks, optimizers, play, sampling
    from gan_jax.experiment import Experiment

    prior = _prior(config, len(spec.classes))
    encoder, generator = networks.mlp_autoencoder(
        spec, latent=config.latent, widths=config.widths, conditional=config.style
    )
    classes = len(spec.classes) if config.informed else 0
    critic = networks.vector_critic(config.latent, widths=config.widths, classes=classes)
    three = networks.with_precision(config.precision, encoder, generator, critic)
    adversarial = optimizers.adam(config.adversarial_rate, b1=0.5, b2=0.999)
    game = families.adversarial_autoencoder(
        *three,
        prior=prior,
        autoencoder_optimizer=optimizers.adam(config.learning_rate, b1=0.9, b2=0.999),
        critic_optimizer=adversarial,
        encoder_optimizer=adversarial,
        labelled_prior=config.informed,
        labelled_generator=config.style,
        average=optimizers.warm_average(config.average),
    )
    task = metrics.reaches(prior, informed=config.informed, labelled=config.style)
    if config.prior == "normal":
        task = metrics.follows(config.deviation, labelled=config.style)
    return Experiment(
        game,
        sampling.from_prior(prior, spec.frequencies if config.style else ()),
        evaluations=[metrics.suited(spec)],
        pictures=_pictures(config, prior, len(spec.classes)),
        tasks=[task],
        watch={"critic": "critic/loss", "reconstruction": "autoencoder/loss"},
        rule=play.annealed(config.steps, config.schedule, config.warm_up),
    )


def _pictures(config, prior, classes):
    import jax
    import jax.numpy as jnp

    from gan_jax import codes

    def styles(nets):
        latent = prior(jax.random.split(jax.random.key(0), classes))
        label = jnp.tile(jnp.arange(classes), classes)
        return {"styles": nets.generator(jnp.repeat(latent, classes, axis=0), label)}

    if config.style:
        return styles
    plane = lambda nets: {"plane": nets.generator(codes.plane(config.deviation))}
    return plane if config.latent == 2 else None


def _prior(config, classes):
    import jax.numpy as jnp

    from gan_jax import priors

    if config.prior == "normal":
        if config.informed:
            raise ValueError(
                "A normal prior has no parts: --informed is for circle and swiss_roll."
            )
        return priors.normal(config.latent, deviation=config.deviation)
    if config.style and config.informed:
        raise ValueError(
            "--style keeps the label out of the code, --informed puts it in: give one."
        )
    if config.latent != 2 or classes < 2:
        raise ValueError(
            f"The prior {config.prior} is of 2 dimensions and as many parts as classes; given: "
            f"--latent {config.latent}, {classes} classes."
        )
    if config.prior == "swiss_roll":
        return priors.swiss_roll(
            classes, radius=2 * config.deviation, deviation=config.deviation / 10
        )
    angles = 2 * jnp.pi * jnp.arange(classes) / classes
    centres = 2 * config.deviation * jnp.stack([jnp.cos(angles), jnp.sin(angles)], axis=1)
    return priors.mixture(centres, config.deviation / 10)
