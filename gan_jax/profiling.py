"""A trace of some steps of a training, by JAX's profiler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jax


@contextmanager
def profiled(folder: Path, wanted: int, say: Callable[[str], None]) -> Iterator[Callable]:
    """`profile(step, last)`, to call after each chunk: traces `wanted` steps after the first chunk.

    A run that ends before says what there is of them; the first chunk is never traced, since it is
    compiled in its time.
    """
    began = None

    def profile(step: int, last: bool) -> None:
        nonlocal began, wanted
        if not wanted:
            return
        if began is None and last:
            say(
                "Nothing was traced: that begins after the first look at the metrics, at step "
                f"{step}, where the run ended. Give a smaller --log-every."
            )
        elif began is None:
            jax.profiler.start_trace(str(folder))
            began = step
        elif last or step - began >= wanted:
            jax.profiler.stop_trace()
            say(f"Wrote a trace of steps {began + 1} to {step} to {folder}.")
            wanted = 0

    try:
        yield profile
    finally:
        if began is not None and wanted:
            jax.profiler.stop_trace()
