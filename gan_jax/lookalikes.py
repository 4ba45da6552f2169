"""Samples beside the training examples nearest to them: whether a generator has copied."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_jax import data, loading, report
from gan_jax.data.source import some
from gan_jax.evaluation import EXAMINED
from gan_jax.markup import Block, Gallery, Paragraph, Picture
from gan_jax.metrics import digits, nearest

SAMPLES = 8


def lookalikes(run: Path, name: str) -> list[Block]:
    """A picture of samples of images, each followed by its nearest training example.

    Args:
      run: whose newest checkpoint is sampled; of several replicas the first that has not diverged.
      name: what the report calls it.

    Raises:
      CheckpointError: the run has no checkpoint.
    """
    found = loading.load_all(run)
    trained = next((one for one in found if not one.diverged), found[0])
    if not trained.spec.is_image:
        return [Paragraph(f"{name}: nearest training examples are shown of images alone.")]
    real = data.open(trained.config.data, trained.fingerprint)
    points = np.asarray(real.spec.decode(some(real.train["real"], EXAMINED)))
    samples = trained.sample(SAMPLES, seed=trained.seed)["samples"]
    chosen, squares = nearest(samples, points)
    pairs = np.stack([samples, points[chosen[:, 0]]], axis=1).reshape(-1, *samples.shape[1:])
    roots = np.sqrt(np.maximum(squares[:, 0], 0) / samples[0].size)
    caption = (
        f"{name}, step {int(trained.state.step)}: samples, each followed by the nearest of "
        f"{len(points)} training examples; root mean squared differences of pixels, from -1 to 1: "
        f"{', '.join(map(digits, roots))}"
    )
    return [Gallery([Picture(report.png(pairs, trained.spec), caption)])]
