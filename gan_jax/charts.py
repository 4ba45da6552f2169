"""Plots of numbers: metrics, intervals, points, the columns of a table, series."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_jax import histograms
from gan_jax.data import Spec
from gan_jax.data.encoding import decode
from gan_jax.storage import write_atomically

CURVES = 36
"""Sequences in a picture at most."""
NAMED = 30
"""Classes up to which there is room for their names beside the points."""


def curves(rows: Sequence[Mapping[str, float]], path: Path, along: str = "step") -> None:
    """Draws every metric of `metrics.jsonl` against the step, one panel a player."""
    if drawn := losses(rows, along):
        write_atomically(path, drawn)


def losses(rows: Sequence[Mapping[str, float]], along: str = "step") -> bytes:
    """The picture of `curves` as a PNG; nothing where there is no metric."""
    names = list(dict.fromkeys(name for row in rows for name in row if "/" in name))
    players = list(dict.fromkeys(name.partition("/")[0] for name in names))
    if not players:
        return b""
    figure = _figure(len(players))
    for axes, player in zip(figure.axes, players, strict=True):
        for name in (name for name in names if name.startswith(f"{player}/")):
            points = [(row[along], row[name]) for row in rows if name in row]
            axes.plot(*zip(*points, strict=True), label=name.partition("/")[2], linewidth=1)
        axes.set(title=player, xlabel=along)
        axes.legend(fontsize=8)
    return _drawn(figure)


def scatter(
    points: np.ndarray, path: Path, labels: np.ndarray | None = None, classes: Sequence[str] = ()
) -> None:
    """Draws points `[N, 2]`, such as codes, in the colours of their labels `[N]`."""
    figure = _figure(1, height=5)
    axes = figure.axes[0]
    if labels is None:
        axes.plot(*points.T, ".", markersize=3)
    else:
        for index, (name, colour) in enumerate(zip(classes, _colours(len(classes)), strict=True)):
            mine = points[labels == index]
            axes.plot(*mine.T, ".", markersize=3, color=colour, label=name)
        if len(classes) <= NAMED:
            axes.legend(fontsize=8, markerscale=3, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_aspect("equal")
    write_atomically(path, _drawn(figure))


def intervals(titles: Sequence[str], figures: Sequence[Mapping[str, Mapping]], path: Path) -> None:
    """Draws the mean and the interval of every figure, a panel each, beside real data's, if given.

    Args:
      titles: of the rows.
      figures: of each row, by name: `mean`, `interval` and perhaps `real`; or nothing.
      path: a `.png`.
    """
    names = list(dict.fromkeys(name for row in figures for name in row))
    if not names:
        return
    figure = _figure(len(names), height=1.5 + 0.3 * len(titles))
    for axes, name in zip(figure.axes, names, strict=True):
        for place, row in enumerate(figures):
            if name in row:
                axes.plot(row[name]["interval"], (place, place), color="C0")
                axes.plot(row[name]["mean"], place, "o", color="C0")
                if "real" in row[name]:
                    axes.axvline(row[name]["real"], color="0.7", linewidth=1)
        axes.set(title=name, yticks=range(len(titles)), yticklabels=titles)
        axes.invert_yaxis()
        axes.label_outer()
    write_atomically(path, _drawn(figure))


def points(points: np.ndarray, spec: Spec) -> bytes:
    """Points `[N, D]` by their first two numbers, with the centres of their mixture."""
    figure = _figure(1)
    axes = figure.axes[0]
    if points.shape[1] == 1:
        axes.hist(points[:, 0], bins=50)
        return _drawn(figure)
    if spec.mixture is not None:
        axes.plot(*np.asarray(spec.mixture.centres)[:, :2].T, "x", color="0.6")
    axes.plot(points[:, 0], points[:, 1], ".", markersize=2)
    axes.set_aspect("equal")
    return _drawn(figure)


def columns(samples: np.ndarray, spec: Spec) -> bytes:
    """Of every column of a table its values, as they are in the file."""
    columns = decode(samples, spec.columns)
    across = math.ceil(math.sqrt(len(columns)))
    figure = _figure(across, height=2.5, rows=math.ceil(len(columns) / across), width=3.5)
    for axes, column in zip(figure.axes, columns, strict=False):
        histograms.draw(axes, column)
    for axes in figure.axes[len(columns) :]:
        axes.set_axis_off()
    return _drawn(figure)


def sequences(samples: np.ndarray, columns: int | None = None) -> bytes:
    """As small curves, all on one scale, a colour for each channel; in columns all of them."""
    samples = samples if columns else samples[:CURVES]
    count, steps, channels = samples.shape
    columns = columns or math.ceil(math.sqrt(count))
    low, high = np.nanmin(samples), np.nanmax(samples)
    scaled = (samples - low) / max(high - low, np.finfo(np.float32).tiny)
    row, column = np.divmod(np.arange(count)[:, None, None], columns)
    gap = np.full((count, 1, channels), np.nan)  # where one line of the plot leaves out
    across = np.broadcast_to(column + np.linspace(0, 0.9, steps)[None, :, None], samples.shape)
    x, y = (np.concatenate([part, gap], axis=1) for part in (across, 0.85 * scaled - row))
    figure = _figure(1)
    figure.axes[0].plot(x.reshape(-1, channels), y.reshape(-1, channels), linewidth=1)
    figure.axes[0].set_axis_off()
    return _drawn(figure)


def _colours(count: int) -> Sequence:
    """So many that differ."""
    from matplotlib import colormaps

    few = [f"C{index}" for index in range(count)]
    return few if count <= 10 else colormaps["gist_rainbow"].resampled(count)(np.arange(count))


def _figure(panels: int, height: float = 4, rows: int = 1, width: float = 5):
    from matplotlib.figure import Figure  # without pyplot, which would choose a screen

    figure = Figure(figsize=(width * panels, height * rows), layout="constrained")
    figure.subplots(rows, panels)
    return figure


def _drawn(figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()
