"""What training sets are worth: scores over many seeds, beside those of the few real examples."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gan_jax.metrics import aligned
from gan_jax.storage import write_atomically
from gan_jax.summary import interval
from gan_jax.tables import markdown

REAL = "real alone"
"""The row that the others are compared with, seed by seed."""
HEAD = (
    *("training set", "synthetic per real", "seeds", "balanced accuracy", "95 % interval"),
    *("minus real alone", "95 % interval"),
)
NUMBERS = ("mean", "low", "high", "difference", "difference_low", "difference_high")


class Row(NamedTuple):
    """One training set.

    Args:
      what: is in it.
      share: synthetic examples for each real one; None where that means nothing.
      scores: of a classifier that learnt from it, by seed; one that diverged is left out.
    """

    what: str
    share: float | None
    scores: Mapping[int, float]


def figures(row: Row, real: Row) -> dict[str, float]:
    """The mean of the scores, and of their differences to those of `real` of the same seeds.

    Each with the 95 % interval of the mean, by Student: over the subset of real examples, the
    training of the generator and that of the classifier, which all differ from seed to seed.

    Returns:
      `NUMBERS`; none where no seed is left.

    >>> found = figures(Row("more", 1.0, {0: 0.75, 1: 1.0}), Row(REAL, 0.0, {0: 0.5, 1: 0.75}))
    >>> found["mean"], found["difference"], found["difference_low"], found["difference_high"]
    (0.875, 0.25, 0.25, 0.25)
    """
    if not row.scores:
        return {}
    scores = list(row.scores.values())
    gaps = [score - real.scores[seed] for seed, score in row.scores.items()]
    ends = (float(np.mean(scores)), *interval(scores), float(np.mean(gaps)), *interval(gaps))
    return dict(zip(NUMBERS, ends, strict=True))


def record(folder: Path, rows: Sequence[Row], about: str) -> str:
    """Writes `table.md`, `table.csv` (with the score of every seed) and `plot.png`.

    Args:
      folder: where to.
      rows: one of them `REAL`, with a score for every seed.
      about: a line on how they were made.

    Returns:
      The line and the table as text.
    """
    real = next(row for row in rows if row.what == REAL)
    found = [figures(row, real) for row in rows]
    cells = [HEAD, *map(_cells, rows, found)]
    write_atomically(folder / "table.md", f"{about}\n\n{markdown(cells)}".encode())
    write_atomically(folder / "table.csv", _csv(rows, found, list(real.scores)).encode())
    write_atomically(folder / "plot.png", _plot(rows, found))
    return f"{about}\n{aligned(cells)}\nWrote table.md, table.csv and plot.png to {folder}."


def _cells(row: Row, found: Mapping[str, float]) -> list[str]:
    share = "" if row.share is None else f"{row.share:g}"
    first = [row.what, share, str(len(row.scores))]
    if not found:
        return first + ["-"] * 4
    mean, low, high, *gap = (found[name] for name in NUMBERS)
    said = [f"{mean:.4f}", f"{low:.4f} to {high:.4f}"]
    if row.what == REAL:
        return [*first, *said, "", ""]
    return [*first, *said, f"{gap[0]:+.4f}", f"{gap[1]:+.4f} to {gap[2]:+.4f}"]


def _csv(rows: Sequence[Row], found: Sequence[Mapping[str, float]], seeds: Sequence[int]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    each = [f"seed_{seed}" for seed in seeds]
    writer.writerow(["training_set", "synthetic_per_real", "seeds", *NUMBERS, *each])
    for row, known in zip(rows, found, strict=True):
        share = "" if row.share is None else row.share
        scores = (row.scores.get(seed, "") for seed in seeds)
        numbers = (known.get(name, "") for name in NUMBERS)
        writer.writerow([row.what, share, len(row.scores), *numbers, *scores])
    return file.getvalue()


def _plot(rows: Sequence[Row], found: Sequence[Mapping[str, float]]) -> bytes:
    """Scores against shares, a line for each kind of synthetic examples; the others as levels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes, pairs = figure.subplots(), [pair for pair in zip(rows, found, strict=True) if pair[1]]
    start = [(0.0, known) for row, known in pairs if row.what == REAL]
    names = dict.fromkeys(row.what for row, _ in pairs if row.what != REAL)
    for place, what in enumerate([REAL, *names]):
        mine = [(row.share, known) for row, known in pairs if row.what == what]
        colour = "0.3" if what == REAL else f"C{place - 1}"
        if what == REAL or mine[0][0] is None:
            _level(axes, what, mine[0][1], colour)
        else:
            _line(axes, what, [*start, *mine], colour)
    axes.set(xlabel="synthetic examples for each real one", ylabel="balanced accuracy")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()


def _level(axes, what: str, known: Mapping[str, float], colour: str) -> None:
    axes.axhline(known["mean"], color=colour, linewidth=1, linestyle="--", label=what)
    axes.axhspan(known["low"], known["high"], color=colour, alpha=0.12, linewidth=0)


def _line(axes, what: str, points: Sequence[tuple[float, Mapping]], colour: str) -> None:
    shares, known = zip(*sorted(points, key=lambda point: point[0]), strict=True)
    mean, low, high = (np.array([each[name] for each in known]) for name in NUMBERS[:3])
    axes.errorbar(
        shares, mean, (mean - low, high - mean), color=colour, marker="o", capsize=3, label=what
    )
