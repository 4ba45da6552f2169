"""Rows with encoders and codes."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gan_jax import codes, families, losses, networks, priors, sampling
from gan_jax.data import partly_labelled
from gan_jax.optimizers import warm_average
from tests.contract.rows import LATENT, Row, images, points


def vae() -> Row:
    """Black and white images drawn from grey ones, without a critic."""
    data, prior = images(), priors.normal(LATENT)
    given = {"latent": LATENT, "widths": (16,), "output": jax.nn.identity}
    pair = networks.mlp_autoencoder(data.spec, outputs=2 * LATENT, **given)
    game = families.vae(
        *pair,
        latent=LATENT,
        likelihood=losses.bernoulli,
        optimizer=optax.adam(1e-3),
        prepare=losses.binarised,
        average=warm_average(0.9),
    )
    trains = {"autoencoder": {"encoder", "generator"}}
    sampler = sampling.from_prior(prior, output=losses.bernoulli.mean)
    return Row(game, data, trains, 2, sampler, judged=())


def bigan(stochastic: bool = False) -> Row:
    """A critic of pairs; one player trains what makes either half of them, a code drawn or not."""
    data, prior = points(), priors.normal(LATENT)
    size, adam = {"latent": LATENT, "widths": (16,)}, optax.adam(1e-3, b1=0.5, b2=0.9)
    outputs = 2 * LATENT if stochastic else LATENT
    game = families.bigan(
        *networks.mlp_autoencoder(data.spec, outputs=outputs, **size),
        networks.pair_critic(data.spec, **size),
        prior=prior,
        stochastic=stochastic,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=warm_average(0.9),
    )
    trains = {"critic": {"critic"}, "generator": {"encoder", "generator"}}
    pairs = (("real", "code"), ("fake", "latent"))
    draws = 4 if stochastic else 2
    return Row(game, data, trains, draws, sampling.from_prior(prior), judged=pairs)


def adversarial_autoencoder(data=None, prior=None, labels=False, **rest) -> Row:
    """A critic of codes, and an encoder that two players train."""
    data, prior = data or points(), prior or priors.normal(LATENT)
    adam = optax.adam(1e-3, b1=0.5, b2=0.9)
    classes = 3 if "labelled_prior" in rest else 0
    names = ("autoencoder", "critic", "encoder")
    game = families.adversarial_autoencoder(
        *networks.mlp_autoencoder(data.spec, latent=LATENT, widths=(16,), conditional=labels),
        networks.vector_critic(LATENT, widths=(16,), classes=classes),
        prior=prior,
        labelled_generator=labels,
        average=warm_average(0.9),
        **{f"{name}_optimizer": adam for name in names},
        **rest,
    )
    both = {"encoder", "generator"}
    trains = {"autoencoder": both, "critic": {"critic"}, "encoder": {"encoder"}}
    sampler = sampling.from_prior(prior, data.spec.frequencies if labels else ())
    compared = {"judged": (("latent",), ("code",)), "opponent": "encoder"}
    return Row(game, data, trains, 2, sampler, labels, **compared)


def informed(few: bool = False) -> Row:
    """Labels that say where a code shall lie: all of them, which the decoder sees too, or a few."""
    data, prior = points(labels=True), priors.mixture(3 * np.eye(3))
    if not few:
        return adversarial_autoencoder(data, prior, labels=True, labelled_prior=True)
    row = adversarial_autoencoder(partly_labelled(data, 6), prior, labelled_prior=True)

    def score(nets, code, label):
        return nets.critic(code, jnp.concatenate([0 * label - 1, label]))

    judged = tuple((name, "labelled_label") for name in ("latent", "code"))
    return dataclasses.replace(row, draws=2 * 3, score=score, judged=judged)


def semi_supervised_autoencoder() -> Row:
    """Two critics, of styles and of classes, and labels of a few examples."""
    data, style = partly_labelled(points(labels=True), 6), priors.normal(LATENT - 1)
    latent, adam = LATENT - 1 + 3, optax.adam(1e-3, b1=0.5, b2=0.9)
    names = ("autoencoder", "critic", "encoder", "classifier")
    game = families.semi_supervised_autoencoder(
        *networks.mlp_autoencoder(data.spec, latent=latent, widths=(16,)),
        networks.vector_critic(LATENT - 1, widths=(16,)),
        networks.vector_critic(3, widths=(16,)),
        style=style,
        classes=3,
        **{f"{name}_optimizer": adam for name in names},
        average=warm_average(0.9),
    )
    trains = {"autoencoder": {"encoder", "generator"}, "critic": {"critic", "class_critic"}}
    trains |= {"encoder": {"encoder"}, "classifier": {"encoder"}}
    prior = codes.latents(style, {"class": codes.categorical(3)})
    return Row(
        game,
        data,
        trains,
        draws=2 * 2,
        sampler=sampling.from_prior(prior),
        score=lambda nets, style, kind: nets.critic(style) + nets.class_critic(kind),
        judged=(("style", "class"), ("code", "found")),
        latent=latent,
        opponent="encoder",
    )


def infogan() -> Row:
    """Codes of two kinds beside the noise, and a critic on the features that a posterior shares."""
    data, adam = points(), optax.adam(1e-3, b1=0.5, b2=0.9)
    known = {"side": codes.categorical(2), "place": codes.uniform(1)}
    size = {"latent": 1 + LATENT, "outputs": 8, "widths": (16,)}
    trunk, generator = networks.mlp_autoencoder(data.spec, **size)
    game = families.infogan(
        generator,
        trunk,
        networks.vector_critic(8, widths=(8,)),
        networks.vector_encoder(8, outputs=3, widths=()),
        noise=priors.normal(1),
        codes=known,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=warm_average(0.9),
    )
    trains = {"critic": {"trunk", "critic", "posterior"}, "generator": {"generator"}}
    sampler = sampling.from_prior(codes.latents(priors.normal(1), known))
    score = lambda nets, x: nets.critic(nets.trunk(x))
    return Row(game, data, trains, 2 * 3, sampler, score=score, latent=1 + LATENT)
