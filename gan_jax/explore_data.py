"""`gan-jax explore RUN truncate`: what typical latents give and take, against held-out data."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.explore_flags import asked
from gan_jax.exploring import opened


@dataclasses.dataclass(frozen=True)
class Sweep:
    """Which thresholds."""

    thresholds: str = "0.2,0.5,1,2"
    """The largest entry of a normal latent, in its deviations: a row of samples for each."""
    columns: int = 8
    """Samples of a row."""
    n: int = 1000
    """Samples, and as many held-out examples, for the figures; fewer if fewer are held out."""


def truncate(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN truncate [flags]"""
    given = asked(words, "truncate", Sweep)
    thresholds = _thresholds(given.settings.thresholds)
    columns, n = given.settings.columns, given.settings.n
    if columns < 1 or n < 1:
        raise UsageError(f"--columns is {columns} and --n is {n}: both must be 1 or more.")
    label, average = given.target.labels or None, given.source.weights == "average"
    found = opened(folder, given)
    plots = [_plot(explored.file, given.target.overwrite) for explored in found]
    from gan_jax.metrics import digits, precision_recall

    held_out, train = parts(found[0].trained, n)
    for explored, plot in zip(found, plots, strict=True):
        draw = lambda threshold, one=explored: one.trained.asked(
            label=label, truncation=threshold
        ).sample(max(columns, len(held_out)), seed=one.seed, average=average)
        drawn = [draw(threshold) for threshold in thresholds]
        sets = [d["samples"][: len(held_out)] for d in drawn]
        figures = [precision_recall(held_out, samples) for samples in (*sets, train)]
        names = [*map(digits, thresholds), "real data"]
        print(table(dict(zip(names, figures, strict=True)), len(held_out)))
        shown = {name: np.concatenate([d[name][:columns] for d in drawn]) for name in drawn[0]}
        labels = {name: value for name, value in shown.items() if name == "labels"}
        said = f"a row for each of {given.settings.thresholds}"
        more = labels | {"thresholds": np.repeat(thresholds, columns)}
        explored.write(shown["samples"], columns, said=said, **more)
        if plot:
            named = [{f"held-out/{k}": x for k, x in found.items()} for found in figures]
            rows = [{"threshold": t} | found for t, found in zip(thresholds, named, strict=False)]
            from gan_jax import charts

            charts.curves(rows, plot, along="threshold")
            print(f"Drew precision and recall to {plot}.")


def parts(trained: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Held-out and training examples of the run's data, as many of each, decoded.

    Raises:
      UsageError: there are too few that are held out.
    """
    from gan_jax import data
    from gan_jax.data.source import some
    from gan_jax.evaluation import too_few

    real = data.open(trained.config.data, trained.fingerprint)
    if reason := too_few(real):
        raise UsageError(f"No figures: {reason}.")
    given = real.held_out["real"], real.train["real"]
    count = min(count, *map(len, given))
    chosen = (some(part, count) for part in given)
    return tuple(np.asarray(real.spec.decode(examples)) for examples in chosen)


def _thresholds(given: str) -> list[float]:
    try:
        found = [float(word) for word in given.split(",")]
    except ValueError:
        found = []
    if not found or len(set(found)) < len(found) or not all(0 < x < math.inf for x in found):
        raise UsageError(
            f"--thresholds is {given!r}: give different numbers above 0, as 0.2,0.5,1,2."
        )
    return found


def _plot(file: Path, overwrite: bool) -> Path | None:
    """Beside a picture of samples that of their figures."""
    from gan_jax import writing

    if file.suffix != ".png":
        return None
    return writing.check(file.with_name(f"{file.stem}-figures.png"), overwrite=overwrite)


def table(figures: Mapping[str, Mapping[str, float]], count: int) -> str:
    """Figures by the name of a set as aligned text: a row for each set.

    >>> print(table({"0.5": {"recall": 0.25}, "real data": {"recall": 1.0}}, 10))
    n = 10     recall
    0.5          0.25
    real data       1
    """
    from gan_jax.metrics import aligned, digits

    names = list(next(iter(figures.values())))
    rows = [(of, *(digits(found[name]) for name in names)) for of, found in figures.items()]
    return aligned([(f"n = {count}", *names), *rows])
