"""Adversarial losses to adversarial losses: label smoothing, and learning from the best fakes."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from gan_jax import axis, ranges
from gan_jax.losses.adversarial import Adversarial, logistic_critic


def label_smoothing(loss: Adversarial, real_target: float | jax.Array = 0.9) -> Adversarial:
    """E [a s(-d(x)) + (1 - a) s(d(x))] + E s(d(G(z))): a real example is real by a share a only.

    One-sided label smoothing, Salimans et al. 2016, arXiv:1606.03498, section 3.4. The best critic
    is then D = a p / (p + q), for the densities p of the data and q of the fakes; fakes keep their
    label, or the critic would hold the generator where it is. Since s(d) = s(-d) + d it adds
    (1 - a) E d(x) to the loss. The generator's half stays as it is.

    Args:
      loss: one whose critic minimises the cross-entropy: `minimax` or `non_saturating`.
      real_target: a, from 0 to 1; may be traced.

    Raises:
      ValueError: a loss without labels to smooth, or a target out of its range.

    >>> from gan_jax.losses import non_saturating
    >>> smooth = label_smoothing(non_saturating)
    >>> round(float(smooth.critic(jnp.ones(4), jnp.full(4, -1e4))), 4)  # s(-1) + 0.1
    0.4133
    """
    ranges.share("label of real examples", real_target)
    if not isinstance(loss, Adversarial) or loss.critic is not logistic_critic:
        raise ValueError(
            "label_smoothing is for a critic of cross-entropy (losses.minimax, non_saturating), "
            "and once; other losses have no label to smooth, but for the targets of "
            "losses.least_squares_with(real_target=0.9)."
        )

    def critic(real: jax.Array, fake: jax.Array) -> jax.Array:
        return loss.critic(real, fake) + (1 - real_target) * real.mean()

    return loss._replace(critic=critic)


def top_k(loss: Adversarial, share: float | jax.Array = 0.5) -> Adversarial:
    """The generator's loss over those k of its B fakes alone that the critic scores highest.

    Sinha et al. 2020, arXiv:2002.06224, with k = share * B, rounded, at least 1, of the global
    batch; fakes with the k-th score are all kept. The paper lets k fall from B as training goes on:
    `two_player(loss=lambda nets: top_k(hinge, share(nets.step)))`.

    Args:
      loss: one whose generator minimises a mean over examples or pairs of them.
      share: of the fakes that are kept, from 0 to 1; may be traced.

    Raises:
      ValueError: the generator's loss is no such mean, or a share out of its range.

    >>> from gan_jax.losses import hinge
    >>> float(top_k(hinge).generator(jnp.zeros(4), jnp.array([1.0, 2.0, 3.0, 4.0])))
    -3.5
    """
    ranges.share("share of the fakes that are kept", share)
    _check_mean(loss.generator)

    def generator(real: jax.Array, fake: jax.Array) -> jax.Array:
        kept = _highest(fake, share)
        terms = jnp.where(kept, _each(loss.generator, real, fake), 0)
        return terms.sum() / axis.mean(kept.sum().astype(terms.dtype))

    return loss._replace(generator=generator)


def _highest(scores: jax.Array, share: float | jax.Array) -> jax.Array:
    """Which of the scores are among the highest of the global batch."""
    if scores.ndim != 1:
        raise ValueError(f"top_k ranks one score an example, [B]; given: shape {scores.shape}.")
    everyone = jnp.sort(axis.gather(jax.lax.stop_gradient(scores)))
    kept = jnp.clip(jnp.round(share * len(everyone)).astype(int), 1, len(everyone))
    return scores >= everyone[len(everyone) - kept]


def _each(half: Callable, real: jax.Array, fake: jax.Array) -> jax.Array:
    return jax.vmap(lambda real, fake: half(real[None], fake[None]))(real, fake)


def _check_mean(half: Callable) -> None:
    real, fake = jnp.array([0.5, -1.0]), jnp.array([-0.25, 2.0])
    with jax.ensure_compile_time_eval():
        mean = jnp.isclose(half(real, fake), _each(half, real, fake).mean(), rtol=1e-4)
    if not isinstance(mean, jax.core.Tracer) and not mean:
        raise ValueError(
            "top_k drops single fakes from the generator's loss, which must be a mean over "
            "examples; one that compares with the mean of all (relativistic averages) is not: "
            "use losses.paired."
        )
