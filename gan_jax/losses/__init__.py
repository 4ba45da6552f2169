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
from gan_jax.losses.penalties import Penalty, gradient_penalty

__all__ = [
    "Adversarial",
    "Penalty",
    "gradient_penalty",
    "hinge",
    "least_squares",
    "least_squares_with",
    "minimax",
    "non_saturating",
    "wasserstein",
]
