"""Arrays at hand: the way into the library from Python, and the road that all readers take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gan_jax.data import raw
from gan_jax.data.dataset import Dataset, check_labels, example_count
from gan_jax.data.source import WHOLE, Rows, Source, extremes, is_source, size
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError

Part = dict[str, np.ndarray | Source]


def from_arrays(
    real: Any,
    label: Any = None,
    *,
    held_out: Any = None,
    range: tuple[float, float] | None = None,
    classes: Sequence[str] | None = None,
    held_out_fraction: float = 0.2,
    sequences: bool = False,
    name: str = "arrays",
) -> Dataset:
    """A data set from arrays: images are scaled to [-1, 1], others are taken as they are.

    Args:
      real: images, [N, H, W] or [N, H, W, C], uint8 or floats; or points, [N, D], floats; or
          sequences, [N, T] or [N, T, C], uint8 or floats. Files mapped into memory
          stay there if they are of uint8 or float32, and so does a `Source` of these.
      label: [N], integers 0..K-1; or None.
      held_out: the held-out part, a pair (real, label), or real alone where there are no labels;
          None splits it off `real`, see `split`.
      range: (low, high) of the raw values of images or sequences, which become -1 and 1; by default
          (0, 255) for uint8, and for floats (-1, 1); but sequences of floats are then not scaled.
      classes: the names of the K labels; by default "0", "1", ...
      held_out_fraction: the share to split off, in [0, 1).
      sequences: whether [N, T, C] are sequences of T steps; otherwise they are grey images.
      name: what messages and tables call the set.

    Raises:
      DataError: arrays of another kind, layout or range, or not finite, which of over 1 GiB is
        seen of 4,096 examples alone; or constant sequences.
      ValueError: a `range`, `classes` or `held_out_fraction` that makes no sense.

    >>> data = from_arrays(np.zeros((10, 8, 8), np.uint8), np.arange(10) % 2)
    >>> data.train["real"].shape, data.held_out["real"].shape, data.spec.classes
    ((8, 8, 8, 1), (2, 8, 8, 1), ('0', '1'))
    """
    parts = [_part(real, label, name, sequences)]
    if held_out is not None:
        pair = held_out if isinstance(held_out, tuple) else (held_out, None)
        parts.append(_part(*pair, f"{name}: held_out", sequences))
    if sequences:
        raw.check_varying(parts[0]["real"], name)
    scale, offset = _scaling([part["real"] for part in parts], range, name, sequences)
    classes = _classes(parts, classes, name)
    train, rest = parts if held_out is not None else split(parts[0], held_out_fraction, name=name)
    shares = frequencies(train["label"], len(classes)) if "label" in train else ()
    spec = Spec(train["real"].shape[1:], scale, offset, classes, shares)
    return Dataset(train, rest, spec, name)


def split(
    arrays: Mapping[str, np.ndarray],
    held_out_fraction: float = 0.2,
    seed: int = 0,
    name: str = "arrays",
) -> tuple[Part, Part]:
    """Shuffles the examples and parts them in two: int(N (1 - fraction)) for training, the rest.

    With nothing to hold out they stay as they are. Parts of examples of over 1 GiB are not copied
    but are `Rows` of them.

    Args:
      arrays: each [N, ...].
      held_out_fraction: in [0, 1).
      seed: of the shuffle, which is the same on every machine.
      name: what messages call the set.

    Raises:
      DataError: arrays of different lengths, or too few for one training example.

    >>> [part["real"].size for part in split({"real": np.arange(1797)})]
    [1437, 360]
    """
    check_fraction("held_out_fraction", held_out_fraction)
    count = example_count(arrays, name)
    kept = int(round(count * (1 - held_out_fraction), 6))  # 10 * (1 - 0.9) is 0.99...98
    if kept < 1:
        raise DataError(
            f"{name}: {count} examples leave none for training once a fraction of "
            f"{held_out_fraction} is held out: give more, or hold out less"
        )
    if kept == count:
        return dict(arrays), {key: array[:0] for key, array in arrays.items()}
    order = np.random.Generator(np.random.PCG64(seed)).permutation(count)
    large = {key for key, array in arrays.items() if key == "real" and size(array) > WHOLE}
    return tuple(
        {key: Rows(array, rows) if key in large else array[rows] for key, array in arrays.items()}
        for rows in (order[:kept], order[kept:])
    )


def check_fraction(name: str, value: float) -> None:
    """Refuses to hold out all examples, or fewer than none."""
    if not 0 <= value < 1:
        raise ValueError(f"{name}={value}, expected 0 <= {name} < 1")


def _part(real: Any, label: Any, where: str, sequences: bool) -> Part:
    examples = raw.sequences if sequences else raw.images_or_points
    part = {"real": examples(real if is_source(real) else np.asarray(real), where)}
    if label is not None:
        part["label"] = raw.labels(np.asarray(label), where)
    example_count(part, where)
    return part


def _scaling(
    reals: Sequence[np.ndarray],
    declared: tuple[float, float] | None,
    name: str,
    sequences: bool,
) -> tuple[float, float]:
    """The scale and offset that take the declared range, once the values lie in it, to [-1, 1]."""
    floats = reals[0].dtype == np.float32
    points = len(reals[0].shape) == 2
    if points and declared is not None:
        raise ValueError("range= is for images and sequences; points are taken unscaled")
    if points or (sequences and floats and declared is None):
        return 1.0, 0.0
    low, high = map(float, declared or ((-1, 1) if floats else (0, 255)))
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"range ({low}, {high}), expected two finite numbers, the lower first")
    every = not floats and (low, high) == (0, 255)  # bytes, of which none can lie outside
    least, most = (low, high) if every else extremes(*reals)
    # Undeclared floats that are never negative are nearly always in [0, 1], not in [-1, 1].
    if least < low or most > high or (declared is None and floats and least >= 0):
        guess = "(LOW, HIGH)" if least < 0 else "(0, 1)" if most <= 1 else "(0, 255)"
        height, width, *channels = reals[0].shape[1:]
        flat = floats and channels == [1] and height != width
        raise DataError(
            f"{name}: {reals[0].dtype} {'sequences' if sequences else 'images'} with values from "
            f"{least} to {most}, expected {low:g} to {high:g}: pass their full range, as in "
            f"range={guess}" + ", or, if they are sequences, say sequences=1" * flat
        )
    return 2 / (high - low), 0.0 - (high + low) / (high - low)


def _classes(parts: Sequence[Part], classes: Sequence[str] | None, name: str) -> tuple[str, ...]:
    """The names of the classes, by default of as many as the largest label asks for."""
    labels = [part["label"] for part in parts if "label" in part]
    if not labels:
        return tuple(classes or ())  # `Dataset` refuses classes without labels
    if classes is None:
        count = max(int(label.max()) for label in labels) + 1
        if count > sum(map(len, labels)):
            raise DataError(
                f"{name}: a label of {count - 1} among {sum(map(len, labels))} labels, "
                "expected 0..K-1: give np.unique(label, return_inverse=True)[1], or "
                "name the classes"
            )
        return tuple(map(str, np.arange(count)))
    for label in labels:
        check_labels(label, len(classes), name)
    return tuple(map(str, classes))


def frequencies(label: np.ndarray, count: int) -> tuple[float, ...]:
    """The share of each of `count` classes among labels `[N]`."""
    return tuple((np.bincount(label, minlength=count) / len(label)).tolist())
