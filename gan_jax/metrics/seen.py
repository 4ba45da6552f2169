"""Sets of examples as an extractor sees them, in bounded memory, and the figures of two of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from gan_jax.metrics.classes import classifier_score
from gan_jax.metrics.features import Extractor
from gan_jax.metrics.frechet import Moments, frechet_from_moments, streamed_moments
from gan_jax.metrics.labelled import synthetic_usefulness
from gan_jax.metrics.mixture import divergence_of_counts
from gan_jax.metrics.nearest_example import near_duplicates

KEPT = 10_000
"""Examples of a set whose features are kept, for figures of pairs of examples."""
LABELLED = 5_000
"""Examples that classifiers are trained on at most."""
WIDEST = 4096
"""Features up to which a covariance is soon dealt with."""
_HELD = 2**29  # bytes of features that are kept of a set at most

Part = tuple[np.ndarray, np.ndarray | None]
"""Decoded examples `[n, ...]` and, where there are any, their labels `[n]`."""


class Seen(NamedTuple):
    """A set of `count` examples, of which the first are kept as features."""

    count: int
    features: np.ndarray  # [min(count, kept), d]
    labels: np.ndarray | None  # as many
    moments: Moments | None  # of all features, where they were asked for
    chances: np.ndarray | None  # [count, K], of an extractor that classifies


def see(
    extractor: Extractor, parts: Iterable[Part], *, kept: int = KEPT, moments: bool = False
) -> Seen:
    """Looks at a set part by part, of which one at a time is in memory.

    Args:
      extractor: of features.
      parts: in random order.
      kept: examples whose features are kept, the first, as far as 512 MB hold them.
      moments: whether to take mean and covariance of all features.

    Raises:
      ValueError: features that are not finite or, for moments, more than `WIDEST`.
    """
    features, labels, chances, count = [], [], [], 0

    def passing() -> Iterator[np.ndarray]:
        nonlocal count
        for examples, given in parts:
            found = extractor(examples)
            if moments and found.shape[1] > WIDEST:
                raise ValueError(
                    f"a covariance of {found.shape[1]} features takes too long, {WIDEST} do not"
                )
            room = max(0, min(kept, _HELD // found[0].nbytes) - count)
            count += len(found)
            features.append(found[:room])
            if given is not None:
                labels.append(given[:room])
            if extractor.classify:
                chances.append(extractor.classify(examples))
            yield found

    passed = passing()
    taken = streamed_moments(passed) if moments else None
    for _ in passed:
        pass  # nothing is left of it where moments were taken
    joined = lambda arrays: np.concatenate(arrays) if arrays else None
    return Seen(count, joined(features), joined(labels), taken, joined(chances))


class Figure(NamedTuple):
    """A figure of two sets, each on its own number of examples."""

    measure: Callable[[Seen, Seen], tuple[Mapping[str, float], tuple[int, int]]]
    lacks: Callable[[Seen], str] = lambda seen: ""  # why it cannot be had of a set, if so
    moments: bool = False  # whether it needs those of all features
    of_training: bool = False  # against all training data instead of held-out ones
    unseen: bool = False  # beside held-out data, since the features were learnt from the others


def of_pairs(metric: Callable[[np.ndarray, np.ndarray], Mapping[str, float]]) -> Figure:
    """A metric of two arrays of features of one size, of all that are kept."""

    def measure(real: Seen, other: Seen):
        count = min(len(real.features), len(other.features))
        return metric(real.features[:count], other.features[:count]), (count, count)

    return Figure(measure)


def frechet() -> Figure:
    """`frechet_distance`, of all examples."""

    def lacks(seen: Seen) -> str:
        width = seen.features.shape[1]
        if seen.count > width:
            return ""
        return f"a covariance of {width} features needs more than the {seen.count} examples"

    def measure(real: Seen, other: Seen):
        distance = frechet_from_moments(real.moments, other.moments)
        return {"frechet": distance}, (real.count, other.count)

    return Figure(measure, lacks, moments=True)


def score() -> Figure:
    """`classifier_score`, of all examples; it takes no real data to compare with."""
    measure = lambda real, other: ({"score": classifier_score(other.chances)}, (0, other.count))
    return Figure(measure, _classless, unseen=True)


def classes() -> Figure:
    """`divergence_of_counts` of the likeliest classes, of samples and of real examples.

    N perfect samples beside M real ones have about (K - 1) / 2 (1 / N + 1 / M), so compare it with
    that of real data; one class alone has log K where the K classes are even.
    """

    def measure(real: Seen, other: Seen):
        counts = (
            np.bincount(x.chances.argmax(1), minlength=x.chances.shape[1]) for x in (other, real)
        )
        return {"class_kl": divergence_of_counts(*counts)}, (real.count, other.count)

    return Figure(measure, _classless)


def duplicates() -> Figure:
    """`near_duplicates`, of all training data."""

    def measure(real: Seen, other: Seen):
        found = near_duplicates(real.features, other.features)
        return found, (len(real.features), len(other.features))

    return Figure(measure, of_training=True)


def labelled() -> Figure:
    """`synthetic_usefulness`, of labelled examples."""

    def lacks(seen: Seen) -> str:
        return "" if seen.labels is not None else "the examples have no labels"

    def measure(real: Seen, other: Seen):
        count = min(len(real.features), len(other.features), LABELLED)
        sets = ((seen.features[:count], seen.labels[:count]) for seen in (real, other))
        first, second = sets
        return synthetic_usefulness(*first, *second), (count, count)

    return Figure(measure, lacks)


def _classless(seen: Seen) -> str:
    return "" if seen.chances is not None else "these features have no classes"
