"""Adversarial losses: pairs of functions of the critic's raw scores, both to be minimised.

Each half receives the scores of a real and of a fake minibatch, `real` and `fake` `[B]`; a half
that does not need one of them leaves it to the compiler to drop. Notation: d is the critic's raw
output, s(t) = log(1 + exp(t)) the softplus; no loss here takes the logarithm of a sigmoid.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.nn import relu, softplus


class Adversarial(NamedTuple):
    """The losses of the critic and of the generator, each `(real, fake) -> scalar`."""

    critic: Callable[[jax.Array, jax.Array], jax.Array]
    generator: Callable[[jax.Array, jax.Array], jax.Array]
    unbounded: bool = False  # whether it is of scores without bounds: a sigmoid is refused


def logistic_critic(real: jax.Array, fake: jax.Array) -> jax.Array:
    """E s(-d(x)) + E s(d(G(z))): the cross-entropy of real against fake.

    Goodfellow et al. 2014, arXiv:1406.2661, eq. 1, for D = sigmoid(d).

    >>> float(logistic_critic(jnp.zeros(4), jnp.zeros(4)))  # 2 log 2
    1.3862943649291992
    """
    return softplus(-real).mean() + softplus(fake).mean()


def saturating_generator(real: jax.Array, fake: jax.Array) -> jax.Array:
    """-E s(d(G(z))) = E log(1 - D(G(z))): the generator's part of the minimax value.

    Goodfellow et al. 2014, arXiv:1406.2661, eq. 1. Its gradient vanishes where the critic wins.
    """
    return -softplus(fake).mean()


def non_saturating_generator(real: jax.Array, fake: jax.Array) -> jax.Array:
    """E s(-d(G(z))) = -E log D(G(z)); Goodfellow et al. 2014, arXiv:1406.2661, section 3."""
    return softplus(-fake).mean()


def hinge_critic(real: jax.Array, fake: jax.Array) -> jax.Array:
    """E max(0, 1 - d(x)) + E max(0, 1 + d(G(z))); Lim and Ye 2017, arXiv:1705.02894, eq. 5."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


def linear_generator(real: jax.Array, fake: jax.Array) -> jax.Array:
    """-E d(G(z)): what the generator minimises under the hinge and the Wasserstein critic."""
    return -fake.mean()


def wasserstein_critic(real: jax.Array, fake: jax.Array) -> jax.Array:
    """E d(G(z)) - E d(x), minus the dual estimate; Arjovsky et al. 2017, arXiv:1701.07875, eq. 3.

    Differs from the paper: the paper ascends the estimate, here its negative is minimised.
    """
    return fake.mean() - real.mean()


def least_squares_with(
    fake_target: float = 0.0, real_target: float = 1.0, generator_target: float = 1.0
) -> Adversarial:
    """E (d(x) - b)^2 / 2 + E (d(G(z)) - a)^2 / 2, and E (d(G(z)) - c)^2 / 2 for the generator.

    Mao et al. 2016, arXiv:1611.04076, eq. 2. With b - c = 1 and b - a = 2 the generator minimises
    the Pearson divergence; the defaults are the paper's eq. 9.

    Args:
      fake_target: a, what the critic should say of a fake.
      real_target: b, what the critic should say of a real example.
      generator_target: c, what the generator wants the critic to say of a fake.
    """

    def critic(real: jax.Array, fake: jax.Array) -> jax.Array:
        return (jnp.square(real - real_target).mean() + jnp.square(fake - fake_target).mean()) / 2

    def generator(real: jax.Array, fake: jax.Array) -> jax.Array:
        return jnp.square(fake - generator_target).mean() / 2

    return Adversarial(critic, generator)


minimax = Adversarial(logistic_critic, saturating_generator)
non_saturating = Adversarial(logistic_critic, non_saturating_generator)
hinge = Adversarial(hinge_critic, linear_generator)
least_squares = least_squares_with()
wasserstein = Adversarial(wasserstein_critic, linear_generator, unbounded=True)
