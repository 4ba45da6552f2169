"""Relativistic losses: how much more real is a real example than a fake one?

Jolicoeur-Martineau 2018, arXiv:1807.00734. Notation: C = d(x) and F = d(G(z)) are raw scores, C'
and F' their means over the global batch, s(t) = log(1 + exp(t)). Both halves need both scores, so
the generator too sees a real minibatch. The halves of an average loss mirror one another, and each
term of them depends on single examples of one side and on the mean of the other.

Differs from the paper: the average losses have the factor 1/2 of the author's code.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.nn import relu, softplus

from gan_jax import axis
from gan_jax.losses.adversarial import Adversarial


def paired_critic(real: jax.Array, fake: jax.Array) -> jax.Array:
    """E s(-(C - F)), the i-th real example beside the i-th fake one: RSGAN, and RpGAN's form.

    Jolicoeur-Martineau 2018, arXiv:1807.00734, eq. 6; in R3GAN Huang et al. 2024,
    arXiv:2501.05441, eq. 2.

    >>> float(paired_critic(jnp.zeros(4), jnp.zeros(4)))  # log 2
    0.6931471824645996
    """
    return softplus(_differences(fake, real)).mean()


def paired_generator(real: jax.Array, fake: jax.Array) -> jax.Array:
    """E s(-(F - C)); the same references."""
    return softplus(_differences(real, fake)).mean()


def _differences(scores: jax.Array, others: jax.Array) -> jax.Array:
    if scores.shape != others.shape:
        raise ValueError(
            "A paired loss compares the i-th real score with the i-th fake one; given: shapes "
            f"{scores.shape} and {others.shape}: give as many of each, or take an average loss."
        )
    return scores - others


def average(term_real: Callable, term_fake: Callable) -> Adversarial:
    """1/2 [E a(C - F') + E b(F - C')] for the critic, and with a and b exchanged for the generator.

    Jolicoeur-Martineau 2018, arXiv:1807.00734, eq. 14 and 15.

    Args:
      term_real: a, of what a real score is above the mean of fake ones; elementwise.
      term_fake: b, of what a fake score is above the mean of real ones; elementwise.
    """

    def critic(real: jax.Array, fake: jax.Array) -> jax.Array:
        return _half(term_real, term_fake, real, fake)

    def generator(real: jax.Array, fake: jax.Array) -> jax.Array:
        return _half(term_fake, term_real, real, fake)

    return Adversarial(critic, generator)


def _half(of_real: Callable, of_fake: Callable, real: jax.Array, fake: jax.Array) -> jax.Array:
    means = axis.mean((real.mean(), fake.mean()))
    return (of_real(real - means[1]).mean() + of_fake(fake - means[0]).mean()) / 2


def check_relativistic(loss: Adversarial) -> None:
    """Refuses a loss one of whose halves changes when all scores rise together."""
    with jax.ensure_compile_time_eval():
        real, fake = jnp.array([0.5, -1.0]), jnp.array([-0.25, 2.0])
        pairs = [(half(real + 1, fake + 1), half(real, fake)) for half in loss[:2]]
        same = [jnp.isclose(*pair, rtol=1e-4) for pair in pairs]
    if not all(isinstance(found, jax.core.Tracer) or found for found in same):
        raise ValueError(
            "A relativistic loss is of differences between real and fake scores, and this one is "
            "not: use losses.paired, average_standard, average_least_squares or average_hinge, or "
            "play this one by two_player."
        )


paired = Adversarial(paired_critic, paired_generator)
average_standard = average(lambda t: softplus(-t), softplus)
average_least_squares = average(lambda t: jnp.square(t - 1), lambda t: jnp.square(t + 1))
average_hinge = average(lambda t: relu(1 - t), lambda t: relu(1 + t))
