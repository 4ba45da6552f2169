"""Folders and archives of images; the folders between the root and a file are its class."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan_jax.data import decoded
from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.decoded import Decoded
from gan_jax.data.images import RESIZES, SUFFIXES, check_resize, decode_all
from gan_jax.data.layout import Place, check_kept, placed
from gan_jax.data.listing import is_image, listed, stamp
from gan_jax.errors import DataError

KNOWN = ", ".join(SUFFIXES)
SAID = 10
"""Faulty files that a message names."""


def folder(
    path: str | os.PathLike[str],
    *,
    size: int | None = None,
    resize: str | None = None,
    skip_corrupt: int = 0,
    held_out: float | None = None,
) -> Dataset:
    """Images below a folder, or in an archive .zip, .tar or .tar.gz, which is read in place.

    ================================  ============================================================
    `ROOT/*.png`                      no labels
    `ROOT/cat/*.png, ROOT/dog/*.png`  the classes cat and dog
    `ROOT/a/x/*, ROOT/b/x/*`          the classes a/x and b/x: all folders between root and file
    `ROOT/train/..., ROOT/test/...`   test (or held_out, validation, val) is the held-out part
    ================================  ============================================================

    Folders that all files share are no class: a single class is none, and an archive may hold its
    own folder or not. PNG, JPEG, WebP and BMP are read, see `decode`; hidden files, Thumbs.db,
    desktop.ini and __MACOSX are passed over; any other file counts as a corrupt one. The order is
    that of the characters of the paths, shuffled where a share is split off, see `split`. What was
    decoded is kept in the user's cache folder; there must be room for more than 1 GiB of pixels.

    Args:
      path: of the folder or archive.
      size: of both sides of the images; by default they must all have one height and width.
      resize: to `size`: "crop" (default), "pad" or "stretch", see `decode`.
      skip_corrupt: how many files may be left out, with a warning, since they are no sound images.
      held_out: the share to split off, in [0, 1), where no folder is the held-out part; 0.2 by
        default.

    Returns:
      Images [N, H, W, 1] if all are grey, else [N, H, W, 3], uint8, which decode from 0..255 to
      [-1, 1]; labels in the order of the classes' names; named as the folder or archive.

    Raises:
      DataError: no images, or corrupt ones, or of different sizes, or in folders of no clear order.
      ValueError: options that make no sense.
    """
    _check_options(size, resize, skip_corrupt, held_out)
    root, resize = Path(path), resize or RESIZES[0]
    key = decoded.key(stamp(root), size, resize)
    known = decoded.load(key)
    found = known or _decode(root, size, resize, held_out, key)
    try:
        data = _dataset(root, found, skip_corrupt, held_out)
        if known is None:
            decoded.save(key, found)
        return data
    finally:
        decoded.forget(found)


def _dataset(root: Path, found: Decoded, skip_corrupt: int, held_out: float | None) -> Dataset:
    _check_faults(root, found, skip_corrupt)
    paths = [*found.paths, *filter(is_image, found.faults)]
    places = _places(root, paths, found.paths, held_out)
    names = sorted({place.name for place in places.values()})
    number = {name: index for index, name in enumerate(names)}
    label = np.array([number[places[path].name] for path in found.paths])
    held = np.array([places[path].held_out for path in found.paths])
    labels = label if len(names) > 1 else None
    return from_arrays(
        *_part(found.images, labels, ~held),
        held_out=_part(found.images, labels, held) if held.any() else None,
        classes=names if len(names) > 1 else None,
        held_out_fraction=0.2 if held_out is None else held_out,
        name=root.resolve().name,
    )


def _check_options(
    size: int | None, resize: str | None, skip_corrupt: int, held_out: float | None
) -> None:
    check_resize(size, resize)
    if skip_corrupt < 0:
        raise ValueError(f"skip_corrupt={skip_corrupt}, expected 0 or more")
    if held_out is not None and not 0 <= held_out < 1:
        raise ValueError(f"held_out={held_out}, expected 0 <= held_out < 1")


def _decode(root: Path, size: int | None, resize: str, held_out: float | None, key: str) -> Decoded:
    with listed(root) as listing:
        _places(root, listing.images, listing.images, held_out)  # refuses before the long work
        outcomes = decode_all(listing.contents(), size, resize, str(root))
        found = decoded.collect(outcomes, listing.images, key)
    found.faults.update(dict.fromkeys(listing.others, f"its suffix is none of {KNOWN}"))
    return found


def _places(
    root: Path, paths: Sequence[str], kept: Sequence[str], held_out: float | None
) -> dict[str, Place]:
    places = placed(root, paths)
    check_kept(root, places, kept)
    if held_out is not None and any(place.held_out for place in places.values()):
        raise DataError(f"{root} has a held-out folder of its own: leave out held_out={held_out:g}")
    return places


def _check_faults(root: Path, found: Decoded, skip_corrupt: int) -> None:
    count, total = len(found.faults), len(found.faults) + len(found.paths)
    if not count:
        return
    named = [f"{_shown(path)} ({found.faults[path]})" for path in sorted(found.faults)[:SAID]]
    said = f"{count} of {total} files are no sound images: {'; '.join(named)}"
    said += f"; and {count - SAID} more" * (count > SAID)
    if count > skip_corrupt:
        raise DataError(
            f"{root}: {said}: repair or remove them, or leave them out by skip_corrupt={count}"
        )
    warnings.warn(f"{root}: left out, {said}", stacklevel=4)


def _shown(path: str) -> str:
    return path if path.isprintable() else ascii(path)


def _part(
    images: np.ndarray, label: np.ndarray | None, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Images and labels of one part, whose rows lie together: a view, so that no copy is made."""
    first, last = np.flatnonzero(rows)[[0, -1]]
    return images[first : last + 1], None if label is None else label[first : last + 1]
