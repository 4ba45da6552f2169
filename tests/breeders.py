"""A breeder of small images by an untrained perceptron, for the tests of breeding and its page."""

from functools import lru_cache
from pathlib import Path

import jax
import optax

from gan_jax import families, networks, priors, sampling
from gan_jax.data import Spec
from gan_jax.game import init
from gan_jax.generations import Breeder
from gan_jax.lineage import Lineage
from gan_jax.making import Maker, maker

CLASSES = ("a", "b", "c")
SHAPE = (8, 8, 1)
NORMAL, UNIFORM = priors.normal(4), priors.uniform(4)


def spec(classes: tuple[str, ...] = CLASSES) -> Spec:
    """Of the images."""
    return Spec(SHAPE, 1.0, 0.0, classes, (0.5, 0.2, 0.3)[: len(classes)])


@lru_cache
def made(prior=NORMAL, classes: tuple[str, ...] = CLASSES) -> Maker:
    """The generator, of weights that are always the same."""
    of, conditional = spec(classes), bool(classes)
    pair = networks.mlp_pair(of, latent=4, widths=(8,), conditional=conditional)
    adam = {"generator_optimizer": optax.adam(1e-3), "critic_optimizer": optax.adam(1e-3)}
    game = families.vanilla(*pair, prior=prior, conditional=conditional, **adam)
    sampler = sampling.from_prior(prior, of.frequencies)
    return maker(game, sampler, init(game, jax.random.key(0)))


def breeder(folder: Path, prior=NORMAL, classes: tuple[str, ...] = CLASSES, **at) -> Breeder:
    """A breeder whose lineage lies in the folder; `step` and `weights` as they are given."""
    given = {"step": 7, "weights": "average", "digest": "0f"} | at
    return Breeder(made(prior, classes), Lineage(folder), classes, **given)
