"""Where to go on from when a checkpoint is damaged: the newest that is sound."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from gan_jax import checkpoint, processes
from gan_jax.errors import CheckpointError, DamagedError


def newest_sound(
    folder: Path, like: Callable[[int], Any]
) -> tuple[int, Any, dict[int, DamagedError]]:
    """The step and the state of the newest checkpoint that is sound; why later ones are not.

    Several processes agree on it: what one of them finds damaged is damaged.

    Args:
      folder: of the checkpoints.
      like: step -> what the state of that step must look like.

    Raises:
      CheckpointError: there is none, what is wrong with the newest; or one is of another model.
    """
    damaged: dict[int, DamagedError] = {}
    for step in checkpoint.steps(folder):
        state, problem = _attempt(folder, step, like)
        worst = max(processes.gathered(_grave(problem)))
        if worst == 0:
            return step, state, damaged
        problem = problem or DamagedError(f"Another process cannot read step {step} of {folder}.")
        if worst > 1:
            raise problem
        damaged[step] = problem
    raise next(iter(damaged.values()))


def put_aside(folder: Path, step: int) -> Path:
    """Moves a damaged checkpoint out of the way of the next of its step; returns where to."""
    aside = folder.parent / "damaged"
    aside.mkdir(exist_ok=True)
    place = next(p for p in (aside / f"{step}.{n}" for n in count()) if not p.exists())
    return (folder / str(step)).rename(place)


def _attempt(folder: Path, step: int, like: Callable) -> tuple[Any, CheckpointError | None]:
    try:
        return checkpoint.restore(folder, step, like(step))[0], None
    except CheckpointError as error:
        return None, error


def _grave(problem: CheckpointError | None) -> int:
    """0 for none, 1 for damage, before which an earlier checkpoint may be sound, 2 for others."""
    return 0 if problem is None else 1 if isinstance(problem, DamagedError) else 2
