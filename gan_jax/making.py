"""A trained generator as a function of latents: what exploring its latent space begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np

from gan_jax import encoding
from gan_jax.errors import UsageError
from gan_jax.game import Game, State, bind
from gan_jax.generated import Generated, Sampler
from gan_jax.keys import numbered, stream
from gan_jax.priors import Prior


class Maker(NamedTuple):
    """What `maker` returns.

    Attributes:
      prior: of the latents; `priors.Normal` says whether directions or places matter.
      latents: `(seed, count)` to latents `[count, ...]` and labels `[count]`, or None for labels:
        those from which `Trained.sample(count, seed=seed)` is made.
      make: latents `[N, ...]` and labels `[N]`, if it is conditional, to samples `[N, ...]`.
      conditional: whether the generator receives labels.
      traced: as `make`, of JAX's arrays, to be compiled and differentiated; all rows at once.
      fixed: the state that makes them: averaged weights, statistics that are fixed.
    """

    prior: Prior
    latents: Callable[[int, int], tuple[np.ndarray, np.ndarray | None]]
    make: Callable[..., np.ndarray]
    conditional: bool
    traced: Callable[..., jax.Array]
    fixed: State


def maker(game: Game, sampler: Sampler, state: State, *, average: bool = True) -> Maker:
    """The generator of a game as a function of latents, with its statistics fixed as for samples.

    Args:
      game: that was played.
      sampler: of the game, from `sampling.from_prior`.
      state: of the game.
      average: whether to use averaged weights, where the game has any.

    Raises:
      UsageError: the samples are not of a generator and a prior, or its latents are no one array.
    """
    if not isinstance(sampler, Generated):
        raise UsageError(
            "The samples of this model are not of a generator and its prior: it has no latent "
            "space to explore."
        )
    latent = jax.eval_shape(sampler.prior, jax.random.split(jax.random.key(0), 2))
    if not isinstance(latent, jax.ShapeDtypeStruct):
        raise UsageError(
            f"A sample of this model is made of {len(jax.tree.leaves(latent))} latents, such as "
            "numbers and noise; exploring needs one."
        )
    state = encoding.fixed(game, sampler, state, average=average)
    nets, draw = encoding.functions(game, state), jax.jit(sampler.latents)

    def latents(seed: int, count: int) -> tuple[np.ndarray, np.ndarray | None]:
        keys = numbered(stream(jax.random.key(seed), "sample"), 0, count)
        return jax.tree.map(np.asarray, draw(keys))

    def make(latents: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        given = (latents,) if labels is None else (latents, labels)
        return np.asarray(output(nets.generator(*given)), np.float32)

    def traced(latents: jax.Array, labels: jax.Array | None = None) -> jax.Array:
        return sampler.made(bind(game, state), latents, labels)["samples"]

    output = jax.jit(sampler.output)
    return Maker(sampler.prior, latents, make, sampler.label is not None, traced, state)
