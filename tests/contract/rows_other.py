"""Rows of text, of waves, of tables and of two domains."""

import jax.numpy as jnp
import numpy as np
import optax

from gan_jax import conditions, families, losses, networks, priors, sampling
from gan_jax.data import Dataset, Spec, from_arrays
from gan_jax.data.columns import Column, Mode
from gan_jax.optimizers import warm_average
from tests.contract.rows import BATCH, LATENT, Row, points


def letters() -> Dataset:
    """Six letters out of four, all different."""
    numbers = np.random.default_rng(0).choice(4**4, 96, replace=False)  # all begin with aa
    real = np.stack(np.unravel_index(numbers, (4,) * 6), axis=1).astype(np.uint8)
    spec = Spec((6, 4), 1.0, 0.0, vocabulary=tuple("abcd"))
    return Dataset({"real": real}, {"real": real[:0]}, spec, "text")


def text() -> Row:
    """Text by the Gumbel-softmax: latents and noise beside them, in a pair."""
    data = letters()
    prior = priors.together(priors.normal(LATENT), priors.gumbel(6, 4))
    pair = networks.text_pair(data.spec, latent=LATENT, width=4, blocks=1)
    adam = optax.adam(1e-2, b1=0.5, b2=0.9)
    rest = {"critic_moves": 2, "average": warm_average(0.9)}
    game = families.wgan_gp(
        *pair, prior=prior, generator_optimizer=adam, critic_optimizer=adam, **rest
    )
    trains = {"critic": {"critic"}, "generator": {"generator"}}
    return Row(game, data, trains, 3 * 2 + 2, sampling.from_prior(prior))


def policy(*, rewarded: bool) -> Row:
    """Text symbol by symbol: rewarded by a critic, or of maximum likelihood."""
    data, prior, adam = letters(), priors.uniform(6, 0.0, 1.0), optax.adam(3e-2)
    given = {"embedding": 3, "width": 4, "sizes": (2,), "maps": 4, "critic_embedding": 3}
    generator, critic = networks.policy_pair(data.spec, **given)
    sampler = sampling.from_prior(prior)
    if not rewarded:
        game = families.maximum_likelihood(generator, optimizer=adam, average=warm_average(0.9))
        return Row(game, data, {"likelihood": {"generator"}}, 0, sampler, judged=(), latent=6)
    optimizers = {"generator_optimizer": adam, "critic_optimizer": adam}
    given = {"rollouts": 2, "baseline": True, "critic_moves": 2}
    game = families.seqgan(generator, critic, prior=prior, **optimizers, **given)
    trains = {"critic": {"critic"}, "generator": {"generator"}}
    return Row(game, data, trains, 2 + 1 + 2 * 5, sampler, latent=6)


def arae() -> Row:
    """Text by way of codes: an encoder that two players train, and a critic of codes."""
    data, prior = letters(), priors.normal(LATENT)
    names = ("autoencoder", "critic", "generator")
    adam = {f"{name}_optimizer": optax.adam(1e-2, b1=0.5, b2=0.9) for name in names}
    game = families.arae(
        *networks.text_autoencoder(data.spec, code=4, embedding=3, width=3),
        networks.vector_encoder(LATENT, outputs=4, widths=(16,)),
        networks.vector_critic(4, widths=(16,)),
        prior=prior,
        penalty=losses.gradient_penalty(),
        encoder_optimizer=optax.sgd(1e-2),
        critic_moves=2,
        average=warm_average(0.9),
        **adam,
    )
    trains = {"autoencoder": {"encoder", "decoder"}, "critic": {"critic"}}
    trains |= {"generator": {"generator", "encoder"}}
    sampler = sampling.from_codes(prior, priors.uniform(6, 0.0, 1.0))
    return Row(game, data, trains, 1 + 2 * 2 + 1, sampler, judged=(("code",), ("fake",)))


def waves() -> Row:
    """Waves with labels by LSTMs: latents `[B, T, d]` and scores `[B, T]`, one for each step."""
    random, label = np.random.default_rng(0), np.arange(96) % 3
    real = 0.6 + 0.1 * label[:, None] + 0.1 * random.normal(size=(96, 4))
    data = from_arrays(np.float32(real), label, sequences=True)
    prior, adam = priors.normal(4, LATENT), optax.adam(1e-3, b1=0.9, b2=0.999)
    pair = networks.recurrent_pair(
        data.spec, latent=LATENT, width=4, per_step=True, conditional=True
    )
    game = families.vanilla(
        *pair,
        prior=prior,
        conditional=True,
        generator_optimizer=adam,
        critic_optimizer=optax.sgd(0.1),
        average=warm_average(0.9),
    )
    trains = {"critic": {"critic"}, "generator": {"generator"}}
    sampler = sampling.from_prior(prior, data.spec.frequencies)
    return Row(game, data, trains, 2, sampler, conditional=True)


def cycle() -> Row:
    """Two generators and two critics of points, whose fakes pass through pools that fill up."""
    first, second = points(), points()
    part = first.train | {"source": -second.train["real"][::-1]}
    held_out = first.held_out | {"source": -second.held_out["real"]}
    data, adam = Dataset(part, held_out, first.spec), optax.adam(1e-3, b1=0.5, b2=0.9)
    generator, critic = networks.mlp_pair(data.spec, latent=2, widths=(16,))
    game = families.cycle(
        *(generator, generator, critic, critic),
        shape=data.spec.shape,
        size=BATCH + 3,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=warm_average(0.9),
    )
    judging = {"critic", "inverse_critic", "pool", "inverse_pool"}
    trains = {"critic": judging, "generator": {"generator", "inverse"}}
    return Row(game, data, trains, 2, sampling.from_prior(priors.normal(2)), latent=2)


def ctgan() -> Row:
    """Rows of a table that are drawn by weights, each with a condition that it meets."""
    random, adam = np.random.default_rng(0), optax.adam(1e-3, b1=0.5, b2=0.9)
    choice = random.integers(3, size=96)
    counts = tuple(np.bincount(choice).tolist())
    word = Column("word", "categorical", categories=("a", "b", "c"), counts=counts)
    number = Column("number", "continuous", modes=(Mode(1.0, 0.0, 1.0, 4.0),))
    scalar = random.uniform(-0.9, -0.1, (96, 1))
    real = np.concatenate([np.eye(3)[choice], scalar], axis=1).astype(np.float32)
    asked = conditions.conditions((word, number))
    spec, part = Spec((4,), 1.0, 0.0, columns=(word, number)), {"real": real}
    data = Dataset(part, {"real": real[:0]}, spec, "table", asked.weights(real))
    prior = priors.together(priors.normal(LATENT), priors.gumbel(4))
    output = lambda logits, noise: networks.table_output(logits, spec, noise, 0.5)
    game = families.ctgan(
        networks.vector_encoder(LATENT + 3, outputs=4, widths=(16,)),
        networks.vector_critic(4 + 3, widths=(16,)),
        prior=prior,
        conditions=asked,
        output=output,
        generator_optimizer=adam,
        critic_optimizer=adam,
        critic_moves=2,
        average=warm_average(0.9),
    )
    trains = {"critic": {"critic"}, "generator": {"generator"}}
    score = lambda nets, *inputs: nets.critic(jnp.concatenate(inputs, axis=1))
    compared = (("real", "condition"), ("fake", "condition"))
    sampler = sampling.from_conditions(prior, asked, output)
    given = {"score": score, "judged": compared, "latent": LATENT + 3}
    return Row(game, data, trains, 2 * 4 + 3, sampler, **given)
