"""One row a family: what the contract plays, and what it must know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from gan_jax import augmentation, codes, conditions, families, losses, networks, priors, sampling
from gan_jax.data import Dataset, Spec, from_arrays, partly_labelled
from gan_jax.data.columns import Column, Mode
from gan_jax.game import Game, Network
from gan_jax.losses.distances import norms
from gan_jax.optimizers import warm_average

LATENT, BATCH = 3, 8


@dataclass(frozen=True, eq=False)
class Row:
    """A family at its smallest."""

    game: Game
    data: Dataset
    trains: Mapping[str, set]  # player -> networks that its move changes
    draws: int  # random draws for an example, over all moves of a step
    sampler: Callable
    conditional: bool = False
    score: Callable = lambda nets, *inputs: nets.critic(*inputs)  # what the critic raises for real
    judged: tuple = (("real",), ("fake",))  # what it compares, by its names in what it draws
    latent: int = LATENT  # dimensions that the generator takes
    opponent: str = "generator"  # the player that wants its second half scored as the first


def points(labels: bool = False) -> Dataset:
    """Points around (1, -1), all different."""
    random = np.random.default_rng(0)
    real = (random.normal(size=(96, 2)) * 0.3 + [1.0, -1.0]).astype(np.float32)
    label = np.arange(96) % 3 if labels else None
    return from_arrays(real, label)


def images() -> Dataset:
    """Grey 8x8 images, all different."""
    random = np.random.default_rng(0)
    return from_arrays(random.integers(100, 256, (96, 8, 8, 1)).astype(np.uint8))


def two_player(
    family: Callable, *, labels=False, draws=2, picture=False, critic=None, **rest
) -> Row:
    """A row of a generator and a critic; `draws` latents (and more) for an example in a step."""
    data = images() if picture or "augmentation" in rest else points(labels)
    prior = priors.normal(LATENT)
    if picture:
        pair = networks.dcgan_pair(data.spec, latent=LATENT, width=4, normalise_critic=True)
    else:
        pair = networks.mlp_pair(data.spec, latent=LATENT, widths=(16,), conditional=labels)
    if critic:
        pair = pair[0], critic(pair[1])
    adam = {"b1": 0.5, "b2": 0.9}
    optimizers = {
        "generator_optimizer": optax.adam(1e-3, **adam),
        "critic_optimizer": optax.adam(1e-3, **adam),
    }
    rest = optimizers | {"average": warm_average(0.9)} | rest
    if labels:
        rest["conditional"] = True
    game = family(*pair, prior=prior, **rest)
    trains = {"critic": {"critic"}, "generator": {"generator"}}
    sampler = sampling.from_prior(prior, data.spec.frequencies if labels else ())
    return Row(game, data, trains, draws, sampler, labels)


def cramer() -> Row:
    """Features of the critic, and its score of an example in terms of them and of fakes."""
    features = networks.linen(networks.MLPGenerator((8,), (16,)), np.zeros((2, 2), np.float32))
    row = two_player(families.cramer, critic=lambda _: features, critic_moves=2, draws=8)

    def score(nets, x):
        fake = nets.generator(priors.normal(LATENT)(jax.random.split(jax.random.key(8), len(x))))
        return norms(nets.critic(x) - nets.critic(fake)) - norms(nets.critic(x))

    return replace(row, score=score)


def dragan() -> Row:
    """Penalties that add up, one of them with noise of its own, and a smooth label."""
    noise = jax.vmap(lambda key, x: x + 0.1 * jax.random.normal(key, x.shape))
    penalty = losses.total(losses.dragan(), losses.consistency(noise))
    return two_player(
        with_loss(losses.label_smoothing(losses.non_saturating)), penalty=penalty, draws=5
    )


def lecam() -> Row:
    """Anchors beside a spectral critic, and the best fakes alone."""
    family = lambda *pair, **rest: families.lecam(*pair, loss=losses.top_k(losses.hinge), **rest)
    row = two_player(family, critic=networks.spectral)
    return replace(row, trains=row.trains | {"critic": {"critic", "anchors"}})


def adaptive() -> Row:
    """Augmentations whose probability rises from the first move on; a coin and a shift each."""
    shifts = {"augmentations": [augmentation.shift()], "target": -1.0, "images": 1000}
    family = lambda *pair, augmentation, **rest: families.adaptive(
        *pair, loss=losses.hinge, **shifts, **rest
    )
    row = two_player(family, augmentation=None, draws=2 + 2 * 2 * 2)
    return replace(row, trains=row.trains | {"critic": {"critic", "adaptive"}})


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


def with_loss(loss: losses.Adversarial) -> Callable:
    """`two_player` under a loss."""
    return lambda *pair, **rest: families.two_player(*pair, loss=loss, **rest)


def classified() -> Row:
    """A generator that is told the labels, and a critic that finds them, beside a classifier."""
    row, features = two_player(families.vanilla, labels=True), jnp.zeros((2, 8))
    optimizer = optax.adam(1e-3, b1=0.5, b2=0.9)
    game = families.acgan(
        row.game.networks["generator"],
        networks.linen(networks.MLPCritic((16,)), features),
        networks.linen(nn.Dense(3), features),
        networks.linen(nn.Sequential([nn.Dense(8), nn.relu]), jnp.zeros((2, 2))),
        prior=priors.normal(LATENT),
        generator_optimizer=optimizer,
        critic_optimizer=optimizer,
        average=warm_average(0.9),
    )
    trains = row.trains | {"critic": {"critic", "classifier", "trunk"}}
    score = lambda nets, x, label: nets.critic(nets.trunk(x))
    return replace(row, game=game, trains=trains, score=score)


def fading(generator: Network, critic: Network, **rest) -> Game:
    """A phase of progressive growing; of the networks a share of the inputs is new."""

    def sharing(network):
        def apply(params, stats, x, share=1.0):
            share = jnp.broadcast_to(share, x.shape[:1])[:, None]
            return network.apply(params, stats, (1 + share) / 2 * x)

        return network._replace(apply=apply)

    return families.progressive(
        sharing(generator),
        sharing(critic),
        fade=optax.linear_schedule(0.0, 1.0, 5),
        shown=lambda x, share: (1 + share[:, None]) / 2 * x,
        **rest,
    )


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


def bigan() -> Row:
    """A critic of pairs; one player trains what makes either half of them."""
    data, prior = points(), priors.normal(LATENT)
    size, adam = {"latent": LATENT, "widths": (16,)}, optax.adam(1e-3, b1=0.5, b2=0.9)
    game = families.bigan(
        *networks.mlp_autoencoder(data.spec, **size),
        networks.pair_critic(data.spec, **size),
        prior=prior,
        generator_optimizer=adam,
        critic_optimizer=adam,
        average=warm_average(0.9),
    )
    trains = {"critic": {"critic"}, "generator": {"encoder", "generator"}}
    pairs = (("real", "code"), ("fake", "latent"))
    return Row(game, data, trains, 2, sampling.from_prior(prior), judged=pairs)


def adversarial_autoencoder() -> Row:
    """A critic of codes, and an encoder that two players train."""
    data, prior = points(), priors.normal(LATENT)
    adam = optax.adam(1e-3, b1=0.5, b2=0.9)
    game = families.adversarial_autoencoder(
        *networks.mlp_autoencoder(data.spec, latent=LATENT, widths=(16,)),
        networks.vector_critic(LATENT, widths=(16,)),
        prior=prior,
        autoencoder_optimizer=adam,
        critic_optimizer=adam,
        encoder_optimizer=adam,
        average=warm_average(0.9),
    )
    both = {"encoder", "generator"}
    trains = {"autoencoder": both, "critic": {"critic"}, "encoder": {"encoder"}}
    sampler, compared = sampling.from_prior(prior), (("latent",), ("code",))
    return Row(game, data, trains, 2, sampler, judged=compared, opponent="encoder")


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


FEW = ("dcgan", "wgan_gp_conditional", "relativistic")
"""Rows that differ in how examples meet one another: where tests take long, the others are slow."""

# With m moves of the critic a step draws m + 1 latents for an example, and m epsilons if penalised.
ROWS: dict[str, Callable[[], Row]] = {
    "minimax": lambda: two_player(families.vanilla, saturating=True),
    "non_saturating": lambda: two_player(families.vanilla),
    "least_squares": lambda: two_player(with_loss(losses.least_squares)),
    "hinge": lambda: two_player(with_loss(losses.hinge), critic_moves=2, draws=3),
    "dcgan": lambda: two_player(families.vanilla, picture=True),
    "conditional": lambda: two_player(families.vanilla, labels=True),
    "wgan": lambda: two_player(
        families.wgan,
        critic_moves=3,
        draws=4,
        clip=0.2,
        critic_optimizer=optax.rmsprop(5e-3),
    ),
    "wgan_gp": lambda: two_player(families.wgan_gp, critic_moves=3, draws=7),
    # Each of its two moves augments real and fake examples.
    "augmentation": lambda: two_player(
        with_loss(losses.hinge), augmentation=augmentation.shift(), draws=2 + 2 * 2
    ),
    "relativistic": lambda: two_player(families.relativistic),
    "r3gan": lambda: two_player(families.r3gan, labels=True),
    "acgan": classified,
    "progressive": lambda: two_player(fading, draws=3),
    "lecam": lecam,
    "adaptive": adaptive,
    "cramer": cramer,
    "dragan": dragan,
    "wgan_gp_conditional": lambda: two_player(
        families.wgan_gp, labels=True, critic_moves=2, draws=5
    ),
    "vae": vae,
    "bigan": bigan,
    "adversarial_autoencoder": adversarial_autoencoder,
    "semi_supervised_autoencoder": semi_supervised_autoencoder,
    "infogan": infogan,
    "text": text,
    "cycle": cycle,
    "maximum_likelihood": lambda: policy(rewarded=False),
    "seqgan": lambda: policy(rewarded=True),
    "ctgan": ctgan,
}
