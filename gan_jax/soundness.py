"""Whether all numbers of a training are finite, inside of its program and after."""

import math
from collections import defaultdict
from functools import partial, reduce
from typing import Any

import jax
import jax.numpy as jnp

from gan_jax.errors import DivergedError
from gan_jax.game import State


@jax.jit
def sound(tree: Any) -> jax.Array:
    """Whether all numbers are finite: of a state all weights, statistics, averages, optimizers."""
    alike = defaultdict(list)  # leaves of one shape are looked at together: fewer sums to compile
    for leaf in jax.tree.leaves(tree):
        alike[leaf.shape].append(jnp.isfinite(leaf))
    return jnp.stack([reduce(jnp.logical_and, group).all() for group in alike.values()]).all()


def last_sound(
    start: jax.Array, index: jax.Array, before: State, after: State, total: dict[str, jax.Array]
) -> State:
    """The state after a step if it is sound, and so was every one before it; else that before.

    As `judged` and `check_finite` see it after the chunk, which fail a training by itself.

    Args:
      start: the step at which the chunk began.
      index: of the step in its chunk.
      before: the last sound state, whose `step` lags behind if one after it was not.
      after: what the step made of it.
      total: of the metrics of the chunk, up to this step.
    """
    good = (before.step == start + index) & sound((after, total))
    return jax.tree.map(partial(jnp.where, good), after, before)


def judged(played: tuple[State, dict]) -> tuple[State, tuple[dict, jax.Array]]:
    """With the metrics, whether the state is sound.

    Once a chunk, outside of its loop: what is not finite stays so, and the metrics are sums over
    all steps. So the check costs the steps nothing, and no bit of them depends on it.
    """
    state, metrics = played
    return state, (metrics, sound(state))


def check_finite(step: int, metrics: dict[str, float], finite: bool = True) -> None:
    """Raises a DivergedError that names the metrics that are not finite, or else the state."""
    bad = [name for name, value in metrics.items() if not math.isfinite(value)]
    if bad or not finite:
        raise DivergedError(f"Not finite at step {step}: {', '.join(bad) or 'the state'}.", step)
