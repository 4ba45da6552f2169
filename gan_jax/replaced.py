"""The run that a new one replaces: it stays in the folder until the new one has saved something.

Killed at any instant, a folder holds the old run whole, in its own place, in RUN/replaced, or on
its way between: it is in RUN/replaced if its `config.json` is there, which goes there last and
comes back first. What was cut short is ended by `mend`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from gan_jax import checkpoint, locks
from gan_jax.locks import LOCK
from gan_jax.runs import ABOUT, CHECKPOINTS, began

REPLACED = "replaced"


def lies(run: Path) -> Path | None:
    """Where the old run lies while the new one has saved nothing; None where there is none."""
    return run / REPLACED if began(run / REPLACED) else None


def put_aside(run: Path) -> None:
    """Empties the locked folder of a run, which moves to RUN/replaced.

    Where an older one lies there, since what replaced it has never saved anything, that stays.
    """
    aside = run / REPLACED
    if lies(run) or not began(run):
        _remove(_content(run))
        return
    aside.mkdir(exist_ok=True)
    for path in sorted(_content(run), key=lambda path: path.name == ABOUT):
        path.rename(aside / path.name)


def put_back(run: Path) -> None:
    """Gives the locked folder back to the old run, and removes what there is of the new one."""
    aside = run / REPLACED
    if lies(run):
        _remove(_content(run))
    for path in sorted(aside.iterdir(), key=lambda path: path.name != ABOUT):
        path.rename(run / path.name)
    aside.rmdir()


def drop(run: Path) -> None:
    """Removes the old run if there is one, and the new one has saved something."""
    aside = run / REPLACED
    if lies(run) and checkpoint.latest(run / CHECKPOINTS) is not None:
        _remove(path for path in aside.iterdir() if path.name != ABOUT)
        (aside / ABOUT).unlink()
        aside.rmdir()


def mend(run: Path) -> None:
    """Ends what was cut short in a folder that nobody holds, so that the old run or the new is it.

    Raises:
      RunError: another process holds it.
    """
    if not (run / LOCK).is_file() or not (run / REPLACED).is_dir():
        return
    with locks.locked(run):
        if began(run) and lies(run):
            drop(run)
        else:
            put_back(run)


def _content(run: Path) -> list[Path]:
    """What the folder holds of the run that it is the folder of."""
    return [path for path in run.iterdir() if path.name not in (LOCK, REPLACED)]


def _remove(paths: Iterable[Path]) -> None:
    """Removes files and folders, `config.json` first: what is half removed is no run."""
    for path in sorted(paths, key=lambda path: path.name != ABOUT):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
