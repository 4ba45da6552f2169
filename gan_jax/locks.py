"""Who trains a run: one process holds its lock, and the system drops it with that process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from gan_jax.errors import RunError

LOCK = ".lock"
PATIENCE = 1.0
"""Seconds until a lock counts as held: who asks whether it is, takes it for an instant."""


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Holds the run for this process alone; makes the folder if it is not there.

    Raises:
      RunError: another process holds it.
    """
    run.mkdir(parents=True, exist_ok=True)
    with open(run / LOCK, "a+") as file:
        if not _taken(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise RunError(f"{run} is in use by process {holder}: wait for it, or stop it.")
        file.truncate(0)
        file.write(f"{os.getpid()} on {os.uname().nodename}")
        file.flush()
        yield


def _taken(file: TextIO) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(PATIENCE / 50)


def held(run: Path) -> bool:
    """Whether a process holds the run, to train it."""
    try:
        with open(run / LOCK) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError) as error:
        return isinstance(error, BlockingIOError)
    return False
