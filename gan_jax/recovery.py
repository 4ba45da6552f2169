"""Where to go on from: the newest checkpoint that is sound, or one that was asked for."""

import shutil
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from gan_jax import checkpoint, history, processes, runs
from gan_jax.errors import CheckpointError, DamagedError


class Sound(NamedTuple):
    """A checkpoint that is what was saved."""

    step: int
    state: Any
    about: dict
    damaged: dict[int, DamagedError]  # what is wrong with later ones


def newest_sound(folder: Path, like: Callable[[int], Any]) -> Sound:
    """The newest checkpoint that is sound, and why later ones are not.

    Several processes agree on it: what one of them finds damaged is damaged.

    Args:
      folder: of the checkpoints.
      like: step -> what the state of that step must look like.

    Raises:
      CheckpointError: there is none, what is wrong with the newest; or one is of another model.
    """
    damaged: dict[int, DamagedError] = {}
    for step in checkpoint.steps(folder):
        found, problem = _attempt(folder, step, like)
        worst = max(processes.gathered(_grave(problem)))
        if worst == 0:
            return Sound(step, *found, damaged)
        problem = problem or DamagedError(f"Another process cannot read step {step} of {folder}.")
        if worst > 1:
            raise problem
        damaged[step] = problem
    raise next(iter(damaged.values()))


def put_aside(folder: Path, step: int) -> Path:
    """Moves a damaged checkpoint out of the way of the next of its step; returns where to."""
    return (folder / str(step)).rename(_place(folder.parent / "damaged", step))


def go_back(run: Path, step: int, folders: Iterable[Path]) -> Path | None:
    """Moves what came after a step to RUN/later, for a run that goes on from there.

    Args:
      run: that this process holds.
      step: of a checkpoint.
      folders: of the run and of its replicas, which have rows of metrics.

    Returns:
      A folder with the later checkpoints, pictures and steps to replay, the evaluations, and a
      copy of all rows there were; None if nothing is later.
    """
    checkpoints = run / runs.CHECKPOINTS
    later = [found for found in checkpoint.steps(checkpoints) if found > step]
    rows = [row for folder in folders for row in history.rows(folder)]
    dated = [path for folder in folders for path in _later(folder, step)]
    if not later and not dated and all(row["step"] <= step for row in rows):
        return None
    place = _place(run / "later", step)
    for folder in folders:
        here = place / folder.relative_to(run)
        here.mkdir(parents=True, exist_ok=True)
        for name in (history.METRICS, history.LEDGER):
            if (folder / name).exists():
                shutil.copy(folder / name, here)
        if (folder / runs.EVALUATION).exists():
            (folder / runs.EVALUATION).rename(here / runs.EVALUATION)
    for path in dated:
        aside = place / path.relative_to(run)
        aside.parent.mkdir(exist_ok=True)
        path.rename(aside)
    for found in later:  # the newest first: what is left if it is stopped here has no gap
        (checkpoints / str(found)).rename(place / str(found))
    return place


def _later(folder: Path, step: int) -> list[Path]:
    """The pictures and the steps to replay that are later than a step, by their names."""
    number = lambda path: path.name.removeprefix("replay-").partition(".")[0]
    found = (path for name in ("samples/*", "replay-*") for path in folder.glob(name))
    return [path for path in found if number(path).isdecimal() and int(number(path)) > step]


def _place(aside: Path, step: int) -> Path:
    """A new name below a folder, which is made."""
    aside.mkdir(exist_ok=True)
    return next(p for p in (aside / f"{step}.{n}" for n in count()) if not p.exists())


def _attempt(folder: Path, step: int, like: Callable) -> tuple[Any, CheckpointError | None]:
    try:
        return checkpoint.restore(folder, step, like(step)), None
    except CheckpointError as error:
        return None, error


def _grave(problem: CheckpointError | None) -> int:
    """0 for none, 1 for damage, before which an earlier checkpoint may be sound, 2 for others."""
    return 0 if problem is None else 1 if isinstance(problem, DamagedError) else 2
