"""Being told to stop: finish the chunk and save; told twice, stop at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def caught() -> Iterator[list[int]]:
    """A list that receives the number of a signal to stop; the second such signal ends the process.

    Outside of the main thread, where Python cannot catch signals, the list stays empty.
    """
    received: list[int] = []

    def handle(number, frame):
        if received:
            os._exit(128 + number)
        received.append(number)

    try:
        before = [signal.signal(number, handle) for number in STOPS]
    except ValueError:  # not the main thread
        yield received
        return
    try:
        yield received
    finally:
        for number, handler in zip(STOPS, before, strict=True):
            signal.signal(number, handler)
