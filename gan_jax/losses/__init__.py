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
from gan_jax.losses.latent import (
    importance_weighted,
    moments,
    normal_log_density,
    reparameterised,
    standard_divergence,
)
from gan_jax.losses.penalties import Penalty, gradient_penalty, zero_centred
from gan_jax.losses.reconstruction import Likelihood, bernoulli, binarised, gaussian
from gan_jax.losses.relativistic import (
    average_hinge,
    average_least_squares,
    average_standard,
    paired,
)

__all__ = [
    "Adversarial",
    "Likelihood",
    "Penalty",
    "average_hinge",
    "average_least_squares",
    "average_standard",
    "bernoulli",
    "binarised",
    "gaussian",
    "gradient_penalty",
    "hinge",
    "importance_weighted",
    "least_squares",
    "least_squares_with",
    "minimax",
    "moments",
    "non_saturating",
    "normal_log_density",
    "paired",
    "reparameterised",
    "standard_divergence",
    "wasserstein",
    "zero_centred",
]
