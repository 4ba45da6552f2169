"""Several processes that train one run: they begin together, agree, and end together."""

import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from orbax.checkpoint import multihost

from gan_jax.errors import DivergedError, RunError, UsageError, line, told

SILENCE = 20
"""Seconds without a sign of life after which a process is given up."""
ALONE = ("coordinator_address should be defined", "must be called before any JAX calls")
"""What JAX says where there is no cluster; and where it was used before, by who has begun it."""


def begin(coordinator: str = "", count: int | None = None, index: int | None = None) -> None:
    """Joins the other processes: those of the flags, or of the cluster that JAX finds, if any.

    Args:
      coordinator: HOST:PORT where process 0 can be reached.
      count: of processes.
      index: of this process, from 0.

    Raises:
      UsageError: the three are not given together, or make no sense, as what a cluster says.
      ConnectionError: the others cannot be reached.
    """
    given = coordinator != "", count is not None, index is not None
    if any(given):
        _check(given, coordinator, count, index)
    elif jax.distributed.is_initialized():
        return
    try:
        jax.distributed.initialize(
            coordinator or None, count, index, heartbeat_timeout_seconds=SILENCE
        )
    except (ValueError, RuntimeError) as error:
        first = str(error).partition("\n")[0]
        if not any(given) and any(sign in first for sign in ALONE):
            return
        if isinstance(error, ValueError):
            raise UsageError(f"The processes cannot begin together: {first}") from error
        if any(given):
            raise ConnectionError(f"{coordinator} cannot be reached: {first}") from error
        raise ConnectionError(
            f"This looks like a process of a cluster, which cannot begin: {first.rstrip('.')}. To "
            "train in this process alone, give --coordinator localhost:1234 --processes 1 "
            "--process 0."
        ) from error


def count() -> int:
    """How many processes there are."""
    return jax.process_count()


def first() -> bool:
    """Whether this is process 0, which alone prints, and writes what is no checkpoint."""
    return jax.process_index() == 0


def gathered(number: int) -> list[int]:
    """This number, of 32 bits, of every process."""
    if count() == 1:
        return [number]
    return multihost_utils.process_allgather(np.uint32(number)).tolist()


def _texts(text: str) -> list[str]:
    """This text of every process; it has no zeros in it."""
    if count() == 1:
        return [text]
    own = np.frombuffer(text.encode(), np.uint8)
    size = max(gathered(len(own)))
    rows = multihost_utils.process_allgather(np.pad(own, (0, size - len(own))))
    return [row.tobytes().rstrip(b"\0").decode() for row in rows]


@contextmanager
def together(hours: int = 0) -> Iterator[None]:
    """What fails in one process fails in all of them, each with an error of its own.

    Args:
      hours: for which they wait for one another; else half an hour, by JAX, where the end of one
        is noticed sooner.

    Raises:
      RunError: another process failed.
    """
    failure = None
    try:
        yield
    except Exception as error:
        failure = error
    if hours:
        multihost.get_barrier_sync_fn()(key="together", timeout_ms=hours * 3_600_000)
    failed = [index for index, bad in enumerate(gathered(failure is not None)) if bad]
    if failure is not None:
        raise failure
    if failed:
        raise RunError(f"Process {failed[0]} failed; its own message says why.")


def check_alike(told: Mapping[str, Any]) -> None:
    """Refuses processes that were told different things.

    Args:
      told: what must be the same text in all of them, by name.

    Raises:
      RunError: naming the first thing that differs, and how.
    """
    texts = _texts(json.dumps({name: str(value) for name, value in told.items()}))
    mine, *others = map(json.loads, texts)
    for index, other in enumerate(others, 1):
        for name in mine | other:
            if mine.get(name) != other.get(name):
                raise RunError(
                    f"The processes were told different things: {name} is {mine.get(name)} in "
                    f"process 0 and {other.get(name)} in process {index}: give the same command "
                    "to all, but for --process."
                )


@contextmanager
def bound(*alike: type[Exception]) -> Iterator[None]:
    """Where several processes train one run, what fails in this block ends this process at once.

    To go on to the end of the program would be to wait for the others, and they for this one. A
    process that is killed is noticed by those that wait for it; JAX ends, in its own words, those
    that are busy with something else for `SILENCE`, and all where the first one is killed.

    Args:
      *alike: what all of them meet at once: they go on to the end of a wider block, and save.
    """
    try:
        yield
    except Exception as error:
        if count() == 1 or isinstance(error, alike):
            raise
        text, code = told(error) or ("".join(traceback.format_exception(error)), 1)
        if any(sign in str(error) for sign in ("Gloo", "UNAVAILABLE", "NCCL")):
            how, code = "is late" if "Timed out" in str(error) else "ended", 7
            text = line(
                f"Another process {how}, and so this one ends: what was saved is intact, and the "
                "same commands with --resume go on."
            )
        if first() or not isinstance(error, DivergedError):  # which the first one says for all
            with suppress(OSError):  # nobody may read it
                print(text, file=sys.stderr)
        leave(code)


def leave(code: int) -> None:
    """After a failure, ends this process at once if there are others."""
    if code and jax.distributed.is_initialized():
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with suppress(OSError):
                stream.flush()
        os._exit(code)


def _check(given: tuple[bool, ...], coordinator: str, count: int, index: int) -> None:
    if not all(given):
        raise UsageError(
            "--coordinator HOST:PORT, --processes N and --process I belong together: give all "
            "three to each process, or none where a cluster (Slurm, Kubernetes, Cloud TPU) tells."
        )
    host, _, port = coordinator.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 2**16:
        raise UsageError(f"--coordinator is {coordinator!r}: give it as HOST:PORT.")
    if not 0 <= index < count:
        raise UsageError(
            f"--process is {index} of --processes {count}: give each process a number from 0 to "
            f"{count - 1}."
        )
