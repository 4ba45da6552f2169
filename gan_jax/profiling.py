"""A trace of some steps of a training, by JAX's profiler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jax


@contextmanager
def profiled(folder: Path, wanted: int, say: Callable[[str], None]) -> Iterator[Callable]:
    """`profile(step)`, to call after each chunk: traces `wanted` steps after the first chunk."""
    began = None

    def profile(step: int) -> None:
        nonlocal began, wanted
        if began is None and wanted:
            jax.profiler.start_trace(str(folder))
            began = step
        elif wanted and step - began >= wanted:
            jax.profiler.stop_trace()
            say(f"Wrote a trace of steps {began + 1} to {step} to {folder}.")
            wanted = 0

    try:
        yield profile
    finally:
        if began is not None and wanted:
            jax.profiler.stop_trace()
