"""The table of the contract: one row a family, at its smallest."""

from collections.abc import Callable, Collection, Iterable
from functools import partial

import optax
import pytest

from gan_jax import augmentation, families, losses, networks
from tests.contract.rows import Row, two_player
from tests.contract.rows_encoders import (
    adversarial_autoencoder,
    bigan,
    infogan,
    informed,
    semi_supervised_autoencoder,
    vae,
)
from tests.contract.rows_other import arae, ctgan, cycle, policy, text, waves
from tests.contract.rows_two_player import (
    adaptive,
    classified,
    cramer,
    dragan,
    lecam,
    packed,
    progressive,
    relative,
    residual,
    with_loss,
)

FEW = ("wgan_gp_conditional", "relativistic")
"""Rows that differ in how examples meet one another: where tests take long, the others are slow."""

LONG = ("sngan", "sagan", "biggan")
LONG += ("relativistic_paired", "relativistic_least_squares", "relativistic_hinge")
"""Rows that take long to compile, or are nearly those of others: all their tests are slow."""

# With m moves of the critic a step draws m + 1 latents for an example, and m epsilons if penalised.
ROWS: dict[str, Callable[[], Row]] = {
    "minimax": lambda: two_player(families.vanilla, saturating=True),
    "non_saturating": lambda: two_player(families.vanilla),
    "least_squares": lambda: two_player(with_loss(losses.least_squares)),
    "hinge": lambda: two_player(with_loss(losses.hinge), critic_moves=2, draws=3),
    "dcgan": lambda: two_player(
        families.vanilla, pair=partial(networks.dcgan_pair, width=4, normalise_critic=True)
    ),
    "sngan": lambda: residual(partial(networks.sngan_pair, width=2)),
    "sagan": lambda: residual(partial(networks.sagan_pair, width=2), both=True),
    "biggan": lambda: residual(partial(networks.biggan_pair, width=1, embedding=2), both=True),
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
    "packed": packed,
    "relativistic": lambda: two_player(families.relativistic),
    "relativistic_paired": lambda: two_player(relative(losses.paired)),
    "relativistic_least_squares": lambda: two_player(relative(losses.average_least_squares)),
    # The hinges are at rest from the beginning for a critic whose scores are far apart by then.
    "relativistic_hinge": lambda: two_player(
        relative(losses.average_hinge), critic=networks.spectral
    ),
    "r3gan": lambda: two_player(families.r3gan, labels=True),
    "acgan": classified,
    "progressive": progressive,
    "lecam": lecam,
    "adaptive": adaptive,
    "cramer": cramer,
    "dragan": dragan,
    "wgan_gp_conditional": lambda: two_player(
        families.wgan_gp, labels=True, critic_moves=2, draws=5
    ),
    "vae": vae,
    "bigan": bigan,
    "ali": lambda: bigan(stochastic=True),
    "adversarial_autoencoder": adversarial_autoencoder,
    "informed": informed,
    "informed_by_few": lambda: informed(few=True),
    "semi_supervised_autoencoder": semi_supervised_autoencoder,
    "infogan": infogan,
    "text": text,
    "waves": waves,
    "cycle": cycle,
    "maximum_likelihood": lambda: policy(rewarded=False),
    "seqgan": lambda: policy(rewarded=True),
    "arae": arae,
    "ctgan": ctgan,
}


def slow_but(quick: Collection, cases: Iterable) -> list:
    """Cases as parameters of a test, which is slow for all but some of them."""
    marks = lambda case: () if case in quick else pytest.mark.slow
    values = lambda case: case if isinstance(case, tuple) else (case,)
    return [pytest.param(*values(case), marks=marks(case)) for case in cases]
