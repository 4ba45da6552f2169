"""What a person sees of a training: one live line on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from gan_jax.errors import UsageError

Show = Callable[[int, Mapping[str, float]], None]

PLAIN_EVERY = 10.0
"""Seconds between two plain lines."""


@contextmanager
def progress(
    first: int, steps: int, watch: Mapping[str, str], *, shown: bool = True
) -> Iterator[Show]:
    """A function `show(step, metrics)` to call after each chunk.

    Args:
      first: the step that training goes on from.
      steps: the step that it stops at.
      watch: title -> metric, shown beside step, steps a second and time left.
      shown: whether it shows anything at all.
    """
    if not shown:
        yield lambda step, metrics: None
        return
    with _live(first, steps) if sys.stdout.isatty() else _plain(first, steps) as draw:
        began = None

        def show(step: int, metrics: Mapping[str, float]) -> None:
            nonlocal began
            missing = set(watch.values()) - metrics.keys()
            if missing:
                known = ", ".join(metrics)
                raise UsageError(f"`watch` names {', '.join(missing)}; the metrics are {known}.")
            figures = [f"{title} {metrics[name]:.4g}" for title, name in watch.items()]
            now = time.monotonic()
            if began is None:  # what came before was compilation, for the most part
                began = now, step
                draw(step, ["compiled", *figures])
                return
            rate = (step - began[1]) / max(now - began[0], 1e-9)
            draw(step, [f"{rate:.1f} steps/s", _clock((steps - step) / rate), *figures])

        yield show


@contextmanager
def _live(first: int, steps: int):
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns) as bar:
        task = bar.add_task("compiling ...", total=steps, completed=first)
        yield lambda step, texts: bar.update(task, completed=step, description="  ".join(texts))


@contextmanager
def _plain(first: int, steps: int):
    last = float("-inf")

    def draw(step, texts):
        nonlocal last
        if step == steps or time.monotonic() - last >= PLAIN_EVERY:
            last = time.monotonic()
            print(f"step {step}/{steps}  " + "  ".join(texts), flush=True)

    yield draw


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02} left"
