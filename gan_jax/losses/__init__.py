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
from gan_jax.losses.combined import lazily, total
from gan_jax.losses.consistency import consistency
from gan_jax.losses.distances import energy_distance
from gan_jax.losses.penalties import Penalty, dragan, gradient_penalty, zero_centred
from gan_jax.losses.relativistic import (
    average_hinge,
    average_least_squares,
    average_standard,
    paired,
)
from gan_jax.losses.transforms import label_smoothing, top_k

__all__ = [
    "Adversarial",
    "Penalty",
    "average_hinge",
    "average_least_squares",
    "average_standard",
    "consistency",
    "dragan",
    "energy_distance",
    "gradient_penalty",
    "hinge",
    "label_smoothing",
    "lazily",
    "least_squares",
    "least_squares_with",
    "minimax",
    "non_saturating",
    "paired",
    "top_k",
    "total",
    "wasserstein",
    "zero_centred",
]
