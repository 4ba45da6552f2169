"""Figures of few examples, of which one set of real data tells little."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np


class Repeated(NamedTuple):
    """An evaluation and one figure more, of few examples: of real data its mean over several sets.

    The exact Wasserstein distance of two sets of 1,000 points of a ring is anything from 0.05 to
    0.14, as no two of them share its eight modes alike; the mean over eight sets is 0.075.

    Attributes:
      evaluate: of as many examples as there are.
      name: of the figure.
      figure: of two arrays `[count, ...]`.
      count: examples of a set that the figure sees, the first.
      sets: of training data, if there are so many.

    >>> repeated = Repeated(lambda *sets: {}, "gap", lambda real, other: other[0] - real[0], 1, 3)
    >>> held_out, training = np.array([1.0, 7.0]), np.array([2.0, 3.0, 7.0, 9.0])
    >>> repeated.floor(held_out, training), repeated(held_out, training[2:])  # of 1, 2 and 6
    ({'gap': 3.0}, {'gap': 6.0})
    """

    evaluate: Callable[[np.ndarray, np.ndarray], Mapping[str, float]]
    name: str
    figure: Callable[[np.ndarray, np.ndarray], float]
    count: int = 1000
    sets: int = 8

    def __call__(self, real: np.ndarray, other: np.ndarray) -> dict[str, float]:
        few = float(self.figure(real[: self.count], other[: self.count]))
        return {**self.evaluate(real, other), self.name: few}

    def floor(self, held_out: np.ndarray, training: np.ndarray) -> dict[str, float]:
        """The mean of the figure over sets of training data that have no example in common."""
        count, sets = self._sizes(len(held_out), len(training))
        parts = np.split(training[: count * sets], sets)
        return {self.name: float(np.mean([self.figure(held_out[:count], part) for part in parts]))}

    def provenance(self, held_out: int, training: int) -> dict[str, int]:
        """How many examples the figure is of, and its floor, given so many of either."""
        count, sets = self._sizes(held_out, training)
        return {"n_real": count, "n_fake": count, "n_floor": count * sets}

    def _sizes(self, held_out: int, training: int) -> tuple[int, int]:
        count = min(self.count, held_out)
        return count, max(1, min(self.sets, training // count))
