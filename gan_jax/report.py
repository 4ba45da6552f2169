"""Pictures of samples, as their kind asks for."""

import io
import math
from pathlib import Path

import numpy as np

from gan_jax import charts
from gan_jax.data import Spec
from gan_jax.data.table_files import csv_content
from gan_jax.data.text import strings
from gan_jax.storage import write_atomically

SIDE = 512
"""About how many pixels wide a grid is, small images enlarged by whole factors."""


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


def png(samples: np.ndarray, spec: Spec, columns: int | None = None) -> bytes:
    """A grid of images or of curves, a scatter of points, or histograms of numbers and columns."""
    if not has_picture(spec):
        raise ValueError(f"There is no picture of examples of shape {spec.shape}.")
    if spec.is_image:
        return _encoded(_image(grid(samples, columns)), "PNG")
    if spec.columns:
        return charts.columns(samples, spec)
    if spec.is_sequence:
        return charts.sequences(samples, columns)
    return charts.points(samples, spec)


def animation(samples: np.ndarray, form: str) -> bytes:
    """Images `[N, H, W, C]` in [-1, 1] as frames, five in a second, of a "GIF" or a "WEBP"."""
    first, *others = (_image(grid(sample[None])) for sample in samples)
    options = {"lossless": True} if form == "WEBP" else {}
    together = {"save_all": True, "append_images": others, "duration": 200, "loop": 0}
    return _encoded(first, form, **together, **options)


def tile(image: np.ndarray) -> bytes:
    """One image `[H, W, C]` in [-1, 1] as a PNG of its own size."""
    large = grid(image[None])
    factor = len(large) // len(image)
    return _encoded(_image(large[::factor, ::factor]), "PNG")


def page(samples: np.ndarray, spec: Spec) -> bytes:
    r"""Samples of text in UTF-8, each in a line: a newline in it becomes \n, a backslash two."""
    escaped = (text.replace("\\", "\\\\").replace("\n", "\\n") for text in strings(samples, spec))
    return "".join(f"{line}\n" for line in escaped).encode()


def grid(images: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Images `[N, H, W, C]` in [-1, 1] as one uint8 image `[h, w, C]`; where NaN, it is white.

    Near to a square if the number of columns is not given.
    """
    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    tiles = np.full((rows * columns, height + 1, width + 1, channels), 255, np.uint8)
    tiles[:count, :height, :width] = np.rint(
        np.nan_to_num(images.clip(-1, 1), nan=1) * 127.5 + 127.5
    )
    tiles = tiles.reshape(rows, columns, height + 1, width + 1, channels).swapaxes(1, 2)
    whole = tiles.reshape(rows * (height + 1), columns * (width + 1), channels)[:-1, :-1]
    factor = max(1, SIDE // whole.shape[1])
    return whole.repeat(factor, 0).repeat(factor, 1)


def _image(image: np.ndarray):
    """Grey if it has one channel or two, colour if it has three or more."""
    from PIL import Image

    return Image.fromarray(image[..., :3] if image.shape[-1] > 2 else image[..., 0])


def _encoded(image, form: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
