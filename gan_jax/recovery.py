"""Where to go on from when a checkpoint is damaged: the newest that is sound."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gan_jax import checkpoint
from gan_jax.errors import CheckpointError


def newest_sound(
    folder: Path, like: Callable[[int], Any]
) -> tuple[int, Any, dict[int, CheckpointError]]:
    """The step and the state of the newest checkpoint that can be restored; why later ones cannot.

    Args:
      folder: of the checkpoints.
      like: step -> what the state of that step must look like.

    Raises:
      CheckpointError: there is none: what is wrong with the newest.
    """
    damaged: dict[int, CheckpointError] = {}
    for step in checkpoint.steps(folder):
        try:
            return step, checkpoint.restore(folder, step, like(step))[0], damaged
        except CheckpointError as error:
            damaged[step] = error
    raise next(iter(damaged.values()))


def put_aside(folder: Path, step: int) -> Path:
    """Moves a damaged checkpoint out of the way of the next of its step; returns where to."""
    place = folder.parent / "damaged"
    place.mkdir(exist_ok=True)
    before = len(list(place.glob(f"{step}.*")))
    return (folder / str(step)).rename(place / f"{step}.{before}")
