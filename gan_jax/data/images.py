"""Image files to pixels: which formats are read, what becomes of every mode, and sizes."""

from __future__ import annotations

import io
import os
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from gan_jax.errors import DataError

FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
RESIZES = ("crop", "pad", "stretch")
LARGEST_SIZE = 8192
FILE_LIMIT = 2**29
"""Bytes in one file; an uncompressed image of as many pixels as Pillow reads has half of them."""
THREADS, AHEAD = min(16, os.cpu_count() or 1), 64
"""Threads, of which more than cores are slower for small images, and files in their hands."""

Opener = Callable[[], BinaryIO]


def decode(content: bytes, size: int | None = None, resize: str = "crop") -> np.ndarray:
    """One image as 8-bit grey or RGB, upright by its EXIF orientation.

    =======================  =====================================================================
    1, 2, 4, 8 bits of grey  the grey levels of 0..255
    16 bits of grey          x / 257, rounded
    palette, CMYK            RGB by Pillow's formulas; colour profiles are not applied
    alpha                    composited over white
    refused                  16 bits a channel in colour or with alpha, animations, and a
                             transparent grey level at other than 8 bits
    =======================  =====================================================================

    Args:
      content: of a PNG, JPEG, WebP or BMP file, whatever its name.
      size: of both sides of the result; None keeps the image's own.
      resize: to `size`, by Lanczos' filter, antialiased: "crop" takes the square in the middle,
        "pad" adds black to make one, "stretch" changes the proportions.

    Returns:
      [H, W, 1] or [H, W, 3], uint8.

    Raises:
      DataError: a mode that is refused.
      Exception: of nearly any kind, from Pillow, where the file is damaged.
    """
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        _refuse(image)
        ImageOps.exif_transpose(image, in_place=True)
        plain = _resized(_eight_bit(image), size, resize) if size else _eight_bit(image)
        return np.asarray(plain).reshape(plain.height, plain.width, -1)


def decode_all(
    contents: Iterable[tuple[str, Opener]], size: int | None, resize: str, where: str
) -> Iterator[tuple[str, np.ndarray | str]]:
    """Decodes files in threads, a few ahead of the reading.

    Args:
      contents: pairs of a path and what opens its file, which a thread calls.
      size: see `decode`.
      resize: see `decode`.
      where: what messages call the set.

    Yields:
      Each path with its image, all of one height and width; or with the reason why there is none.

    Raises:
      DataError: images of two sizes.
    """
    first = None
    with _strict(), ThreadPoolExecutor(THREADS) as pool:
        work = ((path, pool.submit(_attempt, opener, size, resize)) for path, opener in contents)
        for path, future in _ahead(work):
            outcome = future.result()
            if not isinstance(outcome, str):
                first = first or (path, outcome.shape)
                _check_size(first, (path, outcome.shape), where)
            yield path, outcome


def check_resize(size: int | None, resize: str | None) -> None:
    """A ValueError for a size, or a way to it, that makes no sense."""
    if size is not None and not 1 <= size <= LARGEST_SIZE:
        raise ValueError(f"size={size}, expected 1 to {LARGEST_SIZE}")
    if resize is not None and resize not in RESIZES:
        raise ValueError(f"resize={resize}, expected {', '.join(RESIZES)}")
    if resize is not None and size is None:
        raise ValueError(f"resize={resize} says how, not to what: add size=N")


def _refuse(image: Image.Image) -> None:
    """Refuses what Pillow would cut down or misread in silence."""
    depths = {tile.args for tile in image.tile} if image.format == "PNG" else set()
    if depths & {"RGB;16B", "LA;16B", "RGBA;16B"}:
        raise DataError("16 bits a channel in colour or with alpha: save it with 8 bits")
    if depths & {"I;16B", "L;2", "L;4"} and "transparency" in image.info:
        raise DataError("a transparent grey level at other than 8 bits: save it with 8 bits")
    # The second image in a camera's JPEG (MPO) is a preview or a map of depths.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise DataError(f"an animation of {image.n_frames} frames: save one of them")


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return Image.fromarray(((np.asarray(image, np.uint32) + 128) // 257).astype(np.uint8))
    grey = image.mode in ("1", "L", "LA")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        composed = Image.alpha_composite(white, image.convert("RGBA"))
        return composed.getchannel("R") if grey else composed.convert("RGB")
    if not grey and image.mode not in ("RGB", "P", "CMYK"):
        raise DataError(f"the mode {image.mode}: save it as grey or RGB of 8 bits")
    return image.convert("L" if grey else "RGB")


def _resized(image: Image.Image, size: int, resize: str) -> Image.Image:
    width, height = image.size
    box = None
    target = (size, size)
    if resize == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        box = (left, top, left + side, top + side)
    if resize == "pad":
        target = tuple(max(1, round(size * side / max(width, height))) for side in (width, height))
    # With a gap of 3 the first, whole-numbered reduction of a large image is not seen any more.
    small = image.resize(target, Image.Resampling.LANCZOS, box, reducing_gap=3.0)
    if target == (size, size):
        return small
    padded = Image.new(small.mode, (size, size))
    padded.paste(small, ((size - target[0]) // 2, (size - target[1]) // 2))
    return padded


def _attempt(opener: Opener, size: int | None, resize: str) -> np.ndarray | str:
    """The pixels, or why there are none."""
    try:
        with opener() as file:
            content = file.read(FILE_LIMIT + 1)
        if not content:
            return "empty"
        if len(content) > FILE_LIMIT:
            return f"more than {FILE_LIMIT} bytes"
        return decode(content, size, resize)
    except UnidentifiedImageError:
        return "no PNG, JPEG, WebP or BMP, or damaged at its beginning"
    except Exception as error:  # damaged files make Pillow raise nearly anything
        return " ".join(str(getattr(error, "strerror", None) or error).split()) or repr(error)


def _check_size(first: tuple[str, tuple], second: tuple[str, tuple], where: str) -> None:
    if first[1][:2] != second[1][:2]:
        sizes = " and ".join(f"{w}x{h} ({path})" for path, (h, w, _) in (first, second))
        raise DataError(
            f"{where}: images of two sizes, {sizes}: make them one by size=N, as in "
            f"?size={min(first[1][:2] + second[1][:2])}"
        )


def _ahead(work: Iterable) -> Iterator:
    """The same items, each given out only when `AHEAD` more have been begun."""
    begun = deque()
    for item in work:
        begun.append(item)
        if len(begun) > AHEAD:
            yield begun.popleft()
    yield from begun


@contextmanager
def _strict() -> Iterator[None]:
    """Truncated files and decompression bombs are errors, whatever other libraries have set."""
    tolerant, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerant
