"""Figures of features, of as many samples as are asked for, and where every figure comes from."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np

from gan_jax import runs
from gan_jax.data import Dataset
from gan_jax.data.definite import definite
from gan_jax.data.source import chosen
from gan_jax.errors import RunError, UsageError
from gan_jax.evaluation import provenance, too_few
from gan_jax.game import State
from gan_jax.keys import stream
from gan_jax.metrics.features import Extractor
from gan_jax.metrics.seen import KEPT, Figure, Part, Seen, see

TRAINING = 100_000
"""Training examples that samples are compared with, one by one, at most."""
_AT_ONCE = 2**27  # bytes of decoded examples in memory


def measure(
    draw: Callable[..., Mapping[str, np.ndarray]],
    state: State,
    data: Dataset,
    extractor: Extractor,
    figures: Mapping[str, Figure],
    *,
    count: int,
    seed: int,
    average: bool = True,
) -> dict[str, Any]:
    """Figures of samples and of real training data, both against held-out data, on features.

    Features that were learnt from the training data know these a little better than any others:
    the figures of real data beside those of samples are then a little too good.

    Args:
      draw: from `sampling.prepare`.
      state: of the game.
      data: real data.
      extractor: of the features; its name stands before those of the figures.
      figures: by the names that people know them by.
      count: of examples in each set, as far as the data have so many: of held-out examples all
        there are at most, and of samples as many as there are training examples to stand beside.
      seed: of the samples, in the stream `evaluate`.
      average: whether to use averaged weights, where there are any.

    Returns:
      `samples` and `real`, figures by name; `n`; and of each figure its `provenance`.

    Raises:
      UsageError: too few examples for a figure, no labels, or features that are not finite.
    """
    if reason := too_few(data):
        raise UsageError(f"No figures of features: {reason}.")
    look = partial(_look, extractor, figures)
    held_out = look("held-out data", _examples(data, "held_out", count))
    real = look("training data", _examples(data, "train", count))
    training = None
    if any(figure.of_training for figure in figures.values()):
        training = look("all training data", _examples(data, "train", TRAINING), kept=TRAINING)
    given = partial(draw, state, stream(jax.random.key(seed), "evaluate"), average=average)
    samples = look("samples", _drawn(given, data, real.count))
    found = {"samples": {}, "real": {}, "n": min(held_out.count, samples.count), "provenance": {}}
    about = provenance(data, state, seed=seed, average=average)
    about |= {"extractor": extractor.name, "hash": extractor.hash}
    for figure in figures.values():
        first = training if figure.of_training else held_out
        beside = held_out if figure.of_training or figure.unseen else real
        (values, sizes), (floor, of_floor) = (figure.measure(first, x) for x in (samples, beside))
        split = "train" if figure.of_training else "held_out"
        n = {"n_real": sizes[0], "n_fake": sizes[1], "n_floor": of_floor[1]}
        for name, value in values.items():
            full = f"{extractor.name}_{name}"
            found["samples"][full], found["real"][full] = value, floor[name]
            found["provenance"][full] = about | {"split": split} | n
    return found


def replaced(run: Path, figures: Mapping[str, Any]) -> str:
    """What to say of the figures of another state that these take the place of; nothing of none."""
    try:
        found = runs.read_json(run / runs.EVALUATION)
        named = lambda one: f"step {one['step']}, seed {one['seed']}, {one['weights']} weights"
        if named(found) != named(figures):
            return f"{run.name}: the figures of {named(found)} are replaced."
    except (OSError, RunError, KeyError):  # none, or damaged: they are made anew
        pass
    return ""


def before(run: Path, about: Mapping[str, Any]) -> dict[str, Any] | None:
    """The figures of features in a run's `evaluation.json` that are of the same state and samples.

    Args:
      run: or a replica of it.
      about: of the state, from `evaluation.provenance`.

    Returns:
      As `measure`; None where there are none.
    """
    try:
        found = runs.read_json(run / runs.EVALUATION)
        given = found.get("provenance", {})
        told = {name: value for name, value in about.items() if name != "data"}  # but a name
        same = lambda each: each.get("extractor") and told.items() <= each.items()
        names = [name for name, each in given.items() if same(each)]
        parts = {part: found[part] for part in ("samples", "real", "provenance")}
        kept = {part: {name: of[name] for name in names} for part, of in parts.items()}
        return kept | {"n": found["n"]} if names else None
    except (OSError, RunError, KeyError, AttributeError):  # none, or one that is replaced
        return None


def joined(figures: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What an evaluation found, with the figures of features besides."""
    both = {key: figures.get(key, {}) | more[key] for key in ("samples", "real", "provenance")}
    rest = {key: value for key, value in figures.items() if key != "not_compared"}
    return {"n": more["n"]} | rest | both


def _look(
    extractor: Extractor,
    figures: Mapping[str, Figure],
    what: str,
    parts: Iterator[Part],
    kept: int = KEPT,
) -> Seen:
    moments = any(figure.moments for figure in figures.values()) and kept == KEPT
    try:
        seen = see(extractor, parts, kept=kept, moments=moments)
    except ValueError as error:
        raise UsageError(
            f"No figures of the features {extractor.name} of {what}: {error}."
        ) from error
    for name, figure in figures.items():
        if reason := figure.lacks(seen):
            raise UsageError(
                f"No figure {name} of the features {extractor.name} of {what}: {reason}. Leave it "
                "out of --figures, or take other --features."
            )
    return seen


def _examples(data: Dataset, name: str, count: int) -> Iterator[Part]:
    """Some of a part of the data, decoded, the same every time."""
    part = getattr(data, name)
    numbers = chosen(len(part["real"]), count)
    for first in range(0, len(numbers), size := _part(data)):
        rows = numbers[first : first + size]
        labels = part["label"][rows] if "label" in part else None
        yield np.asarray(data.spec.decode(part["real"][rows])), labels


def _drawn(draw: Callable, data: Dataset, count: int) -> Iterator[Part]:
    for first in range(0, count, size := _part(data)):
        found = draw(min(size, count - first), first=first)
        yield definite(found["samples"], data.spec), found.get("labels")


def _part(data: Dataset) -> int:
    """Examples in memory at once."""
    return max(256, _AT_ONCE // (4 * math.prod(data.spec.shape)))
