"""Arrays to numbers: adversarial losses of raw scores, and penalties on a critic."""

from gan_jax.losses.adversarial import (
    Adversarial,
    hinge,
    least_squares,
    least_squares_with,
    minimax,
    non_saturating,
    wasserstein,
)
from gan_jax.losses.penalties import Penalty, gradient_penalty, zero_centred
from gan_jax.losses.relativistic import (
    average_hinge,
    average_least_squares,
    average_standard,
    paired,
)

__all__ = [
    "Adversarial",
    "Penalty",
    "average_hinge",
    "average_least_squares",
    "average_standard",
    "gradient_penalty",
    "hinge",
    "least_squares",
    "least_squares_with",
    "minimax",
    "non_saturating",
    "paired",
    "wasserstein",
    "zero_centred",
]
