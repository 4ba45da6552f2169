"""Rates of several programs, taken in turns, so that what disturbs one disturbs all."""

import time
from collections.abc import Callable, Mapping
from statistics import median

Program = Callable[[], object]  # plays some iterations and waits for the result


def timed(play: Program) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    play()
    return time.perf_counter() - start


def interleaved(
    programs: Mapping[str, Program], iterations: int, rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Iterations in a second of each program in each round; the order rotates.

    Args:
      programs: compiled already.
      iterations: of one call.
      rounds: how many times each is timed.
      seconds: that a program is to play in a round, at least one call.
    """
    calls = {name: max(1, round(seconds / timed(play))) for name, play in programs.items()}
    rates: dict[str, list[float]] = {name: [] for name in programs}
    names = list(programs)
    for _ in range(rounds):
        for name in names:
            taken = timed(lambda name=name: [programs[name]() for _ in range(calls[name])])
            rates[name].append(calls[name] * iterations / taken)
        names = names[1:] + names[:1]
    return rates


def ratio(ours: list[float], base: list[float]) -> float:
    """The median, over the rounds, of how many times as fast it was as the base in that round.

    >>> ratio([4.0, 9.0, 2.0], [2.0, 3.0, 2.0])
    2.0
    """
    return median(one / other for one, other in zip(ours, base, strict=True))
