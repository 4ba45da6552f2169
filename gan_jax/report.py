"""Pictures of a run: grids of samples, scatter plots, curves of the metrics."""

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_jax.data import Spec
from gan_jax.runs import write_atomically

SIDE = 512
"""About how many pixels wide a grid is, small images enlarged by whole factors."""


def picture(samples: np.ndarray, spec: Spec, path: Path) -> None:
    """Draws samples as their kind asks for: a grid of images, or a scatter of points.

    Args:
      samples: `[N, *spec.shape]`; images in [-1, 1].
      spec: of the data.
      path: a `.png`.

    Raises:
      ValueError: there is no picture of examples of this shape.
    """
    if spec.is_image:
        write_atomically(path, _png(grid(samples)))
    elif len(spec.shape) == 1 and spec.shape[0] >= 2:
        write_atomically(path, _scatter(samples, spec))
    else:
        raise ValueError(f"There is no picture of examples of shape {spec.shape}.")


def grid(images: np.ndarray) -> np.ndarray:
    """Images `[N, H, W, C]` in [-1, 1] as one uint8 image `[h, w, C]`, near to a square."""
    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    tiles = np.full((rows * columns, height + 1, width + 1, channels), 255, np.uint8)
    tiles[:count, :height, :width] = np.rint(np.clip(images, -1, 1) * 127.5 + 127.5)
    tiles = tiles.reshape(rows, columns, height + 1, width + 1, channels).swapaxes(1, 2)
    whole = tiles.reshape(rows * (height + 1), columns * (width + 1), channels)[:-1, :-1]
    factor = max(1, SIDE // whole.shape[1])
    return whole.repeat(factor, 0).repeat(factor, 1)


def curves(rows: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draws every metric of `metrics.jsonl` against the step, one panel a player."""
    names = [name for name in rows[-1] if "/" in name] if rows else []
    players = list(dict.fromkeys(name.partition("/")[0] for name in names))
    if not players:
        return
    figure = _figure(len(players))
    for axes, player in zip(figure.axes, players, strict=True):
        for name in (name for name in names if name.startswith(f"{player}/")):
            points = [(row["step"], row[name]) for row in rows if name in row]
            axes.plot(*zip(*points, strict=True), label=name.partition("/")[2], linewidth=1)
        axes.set(title=player, xlabel="step")
        axes.legend(fontsize=8)
    write_atomically(path, _drawn(figure))


def intervals(titles: Sequence[str], figures: Sequence[Mapping[str, Mapping]], path: Path) -> None:
    """Draws the mean and the interval of every figure, a panel each, beside that of real data.

    Args:
      titles: of the rows.
      figures: of each row, by name: `mean`, `interval` and `real`; or nothing, if it has none.
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
                axes.axvline(row[name]["real"], color="0.7", linewidth=1)
        axes.set(title=name, yticks=range(len(titles)), yticklabels=titles)
        axes.invert_yaxis()
        axes.label_outer()
    write_atomically(path, _drawn(figure))


def _scatter(points: np.ndarray, spec: Spec) -> bytes:
    figure = _figure(1)
    axes = figure.axes[0]
    if spec.mixture is not None:
        axes.plot(*np.asarray(spec.mixture.centres)[:, :2].T, "x", color="0.6")
    axes.plot(points[:, 0], points[:, 1], ".", markersize=2)
    axes.set_aspect("equal")
    return _drawn(figure)


def _figure(panels: int, height: float = 4):
    from matplotlib.figure import Figure  # without pyplot, which would choose a screen

    figure = Figure(figsize=(5 * panels, height), layout="constrained")
    figure.subplots(1, panels)
    return figure


def _drawn(figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(file, format="PNG")
    return file.getvalue()
