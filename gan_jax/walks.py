"""How evenly waves change along walks in a latent space."""

import jax
import numpy as np

from gan_jax.latents import between, suited, unevenness
from gan_jax.metrics.sequences import best_sines
from gan_jax.metrics.tasks import Task
from gan_jax.priors import Prior

WALKS, STEPS = 32, 64
"""How many walks, the same every time, and their steps."""
SHARE = 0.9
"""Of the walks, those that a figure is no less than."""
MOST = 1000.0
"""A figure at most: where more than half of the steps change nothing, it has no bound."""


def jumps(prior: Prior, classes: int = 0) -> Task:
    """A task: the largest step along a walk over its median step, no more in nine of ten walks.

    1 is even, and a few a walk that hastens and lingers; where a wave becomes another at once, it
    is many times that. Each walk is from one latent to another, by `slerp` if the prior is normal,
    and its label stays what it is.

    Args:
      prior: of the latents, each one array.
      classes: of a conditional generator, whose walks are of all of them in turn; or 0.

    Returns:
      A task with the figures `walk_jump`, of the waves themselves (their Euclidean distance), and
      `frequency_jump` and `amplitude_jump`, of their `best_sines`.
    """

    def task(nets, held_out, train):
        frames, way = STEPS + 1, suited(prior)
        walk = jax.jit(jax.vmap(lambda start, end: between(start, end, frames, way)))
        ends = prior(jax.random.split(jax.random.key(0), 2 * WALKS))
        latents = np.concatenate(walk(ends[:WALKS], ends[WALKS:]))
        label = np.repeat(np.arange(WALKS, dtype=np.int32) % max(classes, 1), frames)
        waves = nets.generator(latents, *([label] if classes else []))
        frequencies, amplitudes = best_sines(waves)
        return {
            "walk_jump": _jump(waves),
            "frequency_jump": _jump(frequencies),
            "amplitude_jump": _jump(amplitudes),
        }

    return task


def _jump(values: np.ndarray) -> float:
    """Of the values along all walks, one after another."""
    found = [min(unevenness(walk), MOST) for walk in np.split(np.asarray(values), WALKS)]
    return float(np.quantile(found, SHARE))
