"""What a generator makes of its prior: all that it makes, or what it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import jax
import jax.numpy as jnp

from gan_jax.conditions import Conditions
from gan_jax.errors import UsageError
from gan_jax.keys import apart
from gan_jax.priors import Normal, Prior

Sampler = Callable  # (nets, keys [B]) -> {"samples": [B, ...], "labels": [B] where there are any}


@dataclass(frozen=True)
class Generated:
    """The sampler of a generator, which `asked` can change: see `sampling.from_prior`.

    Attributes:
      prior: keys to latents.
      output: of the generator to an example.
      label: keys to labels; None for a generator that receives none.
      shown_to: `(nets, samples)` to anything, by networks whose statistics samples fix as well.
      choose: `(keys, examples)` to samples, where examples say no more than how likely these are;
        what is made of latents without keys is left unchosen.
    """

    prior: Prior
    output: Callable = jax.nn.identity
    label: Prior | None = None
    shown_to: Callable | None = None
    choose: Callable | None = None

    def __call__(self, nets, keys: jax.Array) -> dict[str, jax.Array]:
        """A sample for each key, and its label."""
        keys, choosing = self._keys(keys)
        made = self.made(nets, *self._latents(keys))
        if self.choose is None:
            return made
        return made | {"samples": self.choose(choosing, made["samples"])}

    def latents(self, keys: jax.Array) -> tuple[jax.Array, jax.Array | None]:
        """The latents of the samples, `[B, ...]`, and the labels `[B]` if there are any."""
        return self._latents(self._keys(keys)[0])

    def _keys(self, keys: jax.Array) -> tuple[jax.Array, jax.Array | None]:
        """Of the latents, and of the choices."""
        return (keys, None) if self.choose is None else apart(keys)

    def _latents(self, keys: jax.Array) -> tuple[jax.Array, jax.Array | None]:
        if self.label is None:
            return self.prior(keys), None
        latents, labels = apart(keys)
        return self.prior(latents), self.label(labels)

    def made(
        self, nets, latents: jax.Array, labels: jax.Array | None = None
    ) -> dict[str, jax.Array]:
        """The samples of these latents and labels."""
        if labels is None:
            return {"samples": self.output(nets.generator(latents))}
        return {"samples": self.output(nets.generator(latents, labels)), "labels": labels}


class Shifted(NamedTuple):
    """A sampler whose latents are not those of training: fixed statistics are those of training."""

    sampler: Sampler
    training: Sampler

    def __call__(self, nets, keys: jax.Array) -> dict[str, jax.Array]:
        return self.sampler(nets, keys)


@dataclass(frozen=True, eq=False)
class Conditioned:
    """The sampler of a generator that receives conditions: see `sampling.from_conditions`.

    Attributes:
      prior: keys to latents and noise.
      conditions: of the table.
      output: logits and noise to encoded rows.
      condition: keys to conditional vectors.
    """

    prior: Prior
    conditions: Conditions
    output: Callable
    condition: Prior

    def __call__(self, nets, keys: jax.Array) -> dict[str, jax.Array]:
        """A row for each key."""
        keys, drawing = apart(keys)
        latents, noise = self.prior(keys)
        logits = nets.generator(jnp.concatenate([latents, self.condition(drawing)], axis=1))
        return {"samples": self.output(logits, noise)}


def conditions_of(sampler: Sampler) -> Conditions:
    """The conditions that the generator receives.

    Raises:
      UsageError: it receives none.
    """
    if isinstance(sampler, Shifted) and isinstance(sampler.sampler, Conditioned):
        return sampler.sampler.conditions
    raise UsageError("The model has no conditions: it cannot be asked for a category of a column.")


def asked(
    sampler: Sampler,
    *,
    label: int | None = None,
    truncation: float | None = None,
    category: int | None = None,
) -> Sampler:
    """The sampler, asked for examples of one label or category, or for typical ones.

    The truncation trick of Brock et al. 2018, arXiv:1809.11096, section 3.1: better samples of less
    variety. Fixed statistics are measured from latents so truncated, of all labels; a category
    leaves them as they are.

    Args:
      sampler: of `sampling.from_prior`, or for a category of `sampling.from_conditions`.
      label: from 0.
      truncation: the largest entry of a latent, in standard deviations, above 0.
      category: the number of a condition, from 0; the generator may give another.

    Raises:
      UsageError: the generator does not receive labels or conditions, or its prior is not normal;
        or a truncation that is no number above 0.
    """
    if truncation is not None and not 0 < truncation < math.inf:
        raise UsageError(f"A truncation is a number above 0; given: {truncation}.")
    if category is not None:
        known = conditions_of(sampler)
        fixed = lambda keys: jax.nn.one_hot(jnp.full(len(keys), category), known.size)
        sampler = sampler._replace(sampler=replace(sampler.sampler, condition=fixed))
    if label is None and truncation is None:
        return sampler
    if not isinstance(sampler, Generated):
        raise UsageError(
            "The samples of this model are not of a generator and its prior: they "
            "have no label to ask for, and nothing to truncate."
        )
    if truncation is not None:
        if not isinstance(sampler.prior, Normal):
            raise UsageError("The prior of this model is not normal, and cannot be truncated.")
        sampler = replace(sampler, prior=sampler.prior.truncated(truncation))
    if label is None:
        return sampler
    if sampler.label is None:
        raise UsageError("The model is not conditional: it cannot be asked for a label.")
    fixed = lambda keys: jnp.full(len(keys), label, jnp.int32)
    return Shifted(replace(sampler, label=fixed), training=sampler)
