"""What a row of the contract is, and one of a generator and a critic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import optax

from gan_jax import networks, priors, sampling
from gan_jax.data import Dataset, from_arrays
from gan_jax.game import Game
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
    devices: int = 8  # at most, among which a minibatch can be cut


def points(labels: bool = False) -> Dataset:
    """Points around (1, -1), all different."""
    random = np.random.default_rng(0)
    real = (random.normal(size=(96, 2)) * 0.3 + [1.0, -1.0]).astype(np.float32)
    label = np.arange(96) % 3 if labels else None
    return from_arrays(real, label)


def images(labels: bool = False) -> Dataset:
    """Grey 8x8 images, all different."""
    random = np.random.default_rng(0)
    label = np.arange(96) % 3 if labels else None
    return from_arrays(random.integers(100, 256, (96, 8, 8, 1)).astype(np.uint8), label)


def two_player(
    family: Callable, *, labels=False, draws=2, pair=None, critic=None, latent=LATENT, **rest
) -> Row:
    """A row of a generator and a critic; `draws` latents (and more) for an example in a step.

    Its networks are perceptrons, or those of `pair(spec, latent=..., conditional=...)` for images.
    """
    data = images(labels) if pair or "augmentation" in rest else points(labels)
    prior, pair = priors.normal(latent), pair or partial(networks.mlp_pair, widths=(16,))
    pair = pair(data.spec, latent=latent, conditional=labels)
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
    return Row(game, data, trains, draws, sampler, labels, latent=latent)
