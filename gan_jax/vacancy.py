"""Whether a folder can become a run, or go on as one, so that nobody's files are lost."""

from __future__ import annotations

import os
from pathlib import Path

from gan_jax import replaced
from gan_jax.errors import RunError
from gan_jax.locks import LOCK
from gan_jax.runs import ABOUT, ENVIRONMENT, EXPERIMENT, began

PATTERN = "*?[\\"
"""Orbax looks for what it has written by `glob`; what it does not find is lost."""


def check(run: Path, *, resume: bool, overwrite: bool) -> None:
    """Refuses a folder that cannot become, or go on as, this run; it changes nothing.

    Raises:
      RunError: it exists and neither flag is given, or it is no run, or its name is a pattern; or
        it has not begun and holds more than a run that was killed at its start.
      NotADirectoryError: a file stands in its place or in its parents'.
      PermissionError: nothing can be written there.
    """
    if set(str(run)) & set(PATTERN):
        raise RunError(
            f"{run} has one of {PATTERN} in it, which Orbax takes for a pattern: rename."
        )
    for place in (run, *run.parents):
        if place.exists() and not place.is_dir():
            raise NotADirectoryError(f"{place} is a file; a run needs a folder there.")
    there = next(place for place in (run, *run.parents) if place.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(f"{there} cannot be written to: name a folder that can, by --run.")
    if resume and overwrite:
        raise RunError("--resume goes on with a run and --overwrite removes it: give one of them.")
    if not run.exists() or not any(run.iterdir()):
        return
    if not (run / LOCK).is_file():
        raise RunError(f"{run} is not empty and is no run (it has no {LOCK}): name another folder.")
    if began(run) and not resume and not overwrite:
        old = replaced.lies(run)
        raise RunError(
            f"{run} exists: go on with it by --resume, replace it by --overwrite, or name another "
            "folder by --run." + f" What it was to replace, before it saved, is {old}." * bool(old)
        )
    others = () if began(run) or overwrite else _others(run)
    if others:
        raise RunError(
            f"{run} is no run that began (it has no {ABOUT}), and beginning one would remove "
            f"{', '.join(others)}: name another folder, or say --overwrite."
        )


def _others(run: Path) -> list[str]:
    """What a run that was killed at its start has not left; what is empty can be lost."""
    whole, begun = {LOCK, EXPERIMENT, ENVIRONMENT}, (f".{ABOUT}.", f".{ENVIRONMENT}.")
    own = lambda name: name in whole or name.startswith(begun)
    full = (p for p in run.rglob("*") if p.is_symlink() or (p.is_file() and p.stat().st_size))
    return sorted({p.relative_to(run).parts[0] for p in full if p.parent != run or not own(p.name)})
