"""Pictures of a run: samples as their kind asks for, curves of the metrics."""

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_jax import histograms
from gan_jax.data import Spec
from gan_jax.data.encoding import decode
from gan_jax.data.table_files import csv_content
from gan_jax.data.text import strings
from gan_jax.storage import write_atomically

SIDE = 512
"""About how many pixels wide a grid is, small images enlarged by whole factors."""

CURVES = 36
"""Sequences in a picture at most."""


def picture(samples: np.ndarray, spec: Spec, path: Path) -> None:
    """Draws samples as their kind asks for; of text it writes a .txt, of a table a .csv.

    Args:
      samples: `[N, *spec.shape]`; images in [-1, 1].
      spec: of the data.
      path: a `.png`.

    Raises:
      ValueError: there is no picture of examples of this shape.
    """
    if spec.vocabulary:
        write_atomically(path.with_suffix(".txt"), page(samples, spec))
    elif spec.columns:
        content = csv_content({"samples": samples}, spec)
        write_atomically(path.with_suffix(".csv"), content)
    else:
        write_atomically(path, png(samples, spec))


def enough(spec: Spec) -> int:
    """How many samples make a picture."""
    return 2500 if len(spec.shape) == 1 else 64


def has_picture(spec: Spec) -> bool:
    """Whether `png` can draw examples of this kind."""
    return len(spec.shape) <= 3 and not spec.vocabulary


def png(samples: np.ndarray, spec: Spec) -> bytes:
    """A grid of images or of curves, a scatter of points, or histograms of numbers and columns."""
    if not has_picture(spec):
        raise ValueError(f"There is no picture of examples of shape {spec.shape}.")
    if spec.is_image:
        return _encoded(_image(grid(samples)), "PNG")
    if spec.columns:
        return _columns(samples, spec)
    return _sequences(samples) if spec.is_sequence else _points(samples, spec)


def gif(samples: np.ndarray) -> bytes:
    """Images `[N, H, W, C]` in [-1, 1] as the frames of an animation, five in a second."""
    first, *others = (_image(grid(sample[None])) for sample in samples)
    return _encoded(first, "GIF", save_all=True, append_images=others, duration=200, loop=0)


def page(samples: np.ndarray, spec: Spec) -> bytes:
    r"""Samples of text in UTF-8, each in a line: a newline in it becomes \n, a backslash two."""
    escaped = (text.replace("\\", "\\\\").replace("\n", "\\n") for text in strings(samples, spec))
    return "".join(f"{line}\n" for line in escaped).encode()


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
    if drawn := losses(rows):
        write_atomically(path, drawn)


def losses(rows: Sequence[Mapping[str, float]]) -> bytes:
    """The picture of `curves` as a PNG; nothing where there is no metric."""
    names = list(dict.fromkeys(name for row in rows for name in row if "/" in name))
    players = list(dict.fromkeys(name.partition("/")[0] for name in names))
    if not players:
        return b""
    figure = _figure(len(players))
    for axes, player in zip(figure.axes, players, strict=True):
        for name in (name for name in names if name.startswith(f"{player}/")):
            points = [(row["step"], row[name]) for row in rows if name in row]
            axes.plot(*zip(*points, strict=True), label=name.partition("/")[2], linewidth=1)
        axes.set(title=player, xlabel="step")
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
        for index, name in enumerate(classes):
            mine = points[labels == index]
            axes.plot(*mine.T, ".", markersize=3, color=f"C{index}", label=name)
        axes.legend(fontsize=8, markerscale=3, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_aspect("equal")
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


def _points(points: np.ndarray, spec: Spec) -> bytes:
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


def _columns(samples: np.ndarray, spec: Spec) -> bytes:
    """Of every column of a table its values, as they are in the file."""
    columns = decode(samples, spec.columns)
    across = math.ceil(math.sqrt(len(columns)))
    figure = _figure(across, height=2.5, rows=math.ceil(len(columns) / across), width=3.5)
    for axes, column in zip(figure.axes, columns, strict=False):
        histograms.draw(axes, column)
    for axes in figure.axes[len(columns) :]:
        axes.set_axis_off()
    return _drawn(figure)


def _sequences(samples: np.ndarray) -> bytes:
    """The first of them as small curves, all on one scale, a colour for each channel."""
    samples = samples[:CURVES]
    count, steps, channels = samples.shape
    columns = math.ceil(math.sqrt(count))
    low, high = samples.min(), samples.max()
    scaled = (samples - low) / max(high - low, np.finfo(np.float32).tiny)
    row, column = np.divmod(np.arange(count)[:, None, None], columns)
    gap = np.full((count, 1, channels), np.nan)  # where one line of the plot leaves out
    across = np.broadcast_to(column + np.linspace(0, 0.9, steps)[None, :, None], samples.shape)
    x, y = (np.concatenate([part, gap], axis=1) for part in (across, 0.85 * scaled - row))
    figure = _figure(1)
    figure.axes[0].plot(x.reshape(-1, channels), y.reshape(-1, channels), linewidth=1)
    figure.axes[0].set_axis_off()
    return _drawn(figure)


def _figure(panels: int, height: float = 4, rows: int = 1, width: float = 5):
    from matplotlib.figure import Figure  # without pyplot, which would choose a screen

    figure = Figure(figsize=(width * panels, height * rows), layout="constrained")
    figure.subplots(rows, panels)
    return figure


def _drawn(figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()


def _image(image: np.ndarray):
    """Grey if it has one channel or two, colour if it has three or more."""
    from PIL import Image

    return Image.fromarray(image[..., :3] if image.shape[-1] > 2 else image[..., 0])


def _encoded(image, form: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
