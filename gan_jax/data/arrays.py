"""Arrays at hand: the way into the library from Python, and the road that all readers take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gan_jax.data.dataset import Dataset, check_finite, check_labels, example_count
from gan_jax.data.source import WHOLE, Rows, Source, blocks, is_source, size
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
    name: str = "arrays",
) -> Dataset:
    """A data set from arrays: images are scaled to [-1, 1], points are taken as they are.

    Args:
      real: images, [N, H, W] or [N, H, W, C], uint8 or floats; or points, [N, D], floats. Files
          mapped into memory stay there, and so does a `Source`, of uint8 or float32.
      label: [N], integers 0..K-1; or None.
      held_out: the held-out part, a pair (real, label), or real alone where there are no labels;
          None splits it off `real`, see `split`.
      range: (low, high) of the images' raw values, which become -1 and 1; by default (0, 255) for
          uint8 and (-1, 1) for floats.
      classes: the names of the K labels; by default "0", "1", ...
      held_out_fraction: the share to split off, in [0, 1).
      name: what messages and tables call the set.

    Raises:
      DataError: arrays of another kind, layout or range, or not finite.
      ValueError: a `range`, `classes` or `held_out_fraction` that makes no sense.

    >>> data = from_arrays(np.zeros((10, 8, 8), np.uint8), np.arange(10) % 2)
    >>> data.train["real"].shape, data.held_out["real"].shape, data.spec.classes
    ((8, 8, 8, 1), (2, 8, 8, 1), ('0', '1'))
    """
    parts = [_part(real, label, name)]
    if held_out is not None:
        pair = held_out if isinstance(held_out, tuple) else (held_out, None)
        parts.append(_part(*pair, f"{name}: held_out"))
    scale, offset = _scaling([part["real"] for part in parts], range, name)
    classes = _classes(parts, classes, name)
    train, rest = parts if held_out is not None else split(parts[0], held_out_fraction, name=name)
    frequencies = _frequencies(train["label"], len(classes)) if "label" in train else ()
    spec = Spec(train["real"].shape[1:], scale, offset, classes, frequencies)
    return Dataset(train, rest, spec, name)


def split(
    arrays: Mapping[str, np.ndarray],
    held_out_fraction: float = 0.2,
    seed: int = 0,
    name: str = "arrays",
) -> tuple[Part, Part]:
    """Shuffles the examples and parts them in two: int(N (1 - fraction)) for training, the rest.

    With nothing to hold out they stay as they are. Parts of what is over 1 GiB are not copied but
    are `Rows` of it.

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
    if not 0 <= held_out_fraction < 1:
        raise ValueError(f"held_out_fraction {held_out_fraction}, expected 0 <= fraction < 1")
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
    chosen = lambda array, rows: array[rows] if size(array) <= WHOLE else Rows(array, rows)
    return tuple(
        {key: chosen(array, rows) for key, array in arrays.items()}
        for rows in (order[:kept], order[kept:])
    )


def _part(real: Any, label: Any, where: str) -> Part:
    part = {"real": _examples(real if is_source(real) else np.asarray(real), where)}
    if label is not None:
        part["label"] = _labels(np.asarray(label), where)
    example_count(part, where)
    return part


def _examples(real: np.ndarray | Source, where: str) -> np.ndarray | Source:
    shape, floats = real.shape, np.issubdtype(real.dtype, np.floating)
    if len(shape) not in (2, 3, 4) or 0 in shape:
        raise DataError(
            f"{where}: real has shape {shape}, expected images [N, H, W] or "
            "[N, H, W, C], or points [N, D], none of them empty: reshape it"
        )
    if not floats and real.dtype != np.uint8:
        raise DataError(
            f"{where}: real is {real.dtype}, expected uint8 images or floats: convert "
            "it with real.astype(np.uint8) or real.astype(np.float32)"
        )
    if len(shape) == 2 and not floats:
        raise DataError(
            f"{where}: uint8 of shape {shape}: points [N, D] must be floats, as by "
            "real.astype(np.float32); images need the axes [N, H, W]"
        )
    if len(shape) == 4 and shape[1] in (1, 3) and shape[2] == shape[3] > 4:
        raise DataError(
            f"{where}: images of shape {shape} have the channels first, expected "
            "[N, H, W, C]: give real.transpose(0, 2, 3, 1)"
        )
    if floats and not is_source(real):
        with np.errstate(over="ignore"):  # what overflows becomes an infinity, which is refused
            real = real.astype(np.float32, copy=False)
    check_finite(real, where)
    return real[..., None] if len(shape) == 3 and not is_source(real) else real


def _labels(label: np.ndarray, where: str) -> np.ndarray:
    if label.ndim != 1 or not np.issubdtype(label.dtype, np.integer):
        raise DataError(
            f"{where}: labels are {label.dtype} of shape {label.shape}, expected "
            "integers of shape [N]: for one-hot rows give label.argmax(1), for names "
            "np.unique(label, return_inverse=True)[1]"
        )
    if label.size and (label.min() < 0 or label.max() >= 2**31):
        raise DataError(
            f"{where}: labels from {label.min()} to {label.max()}, expected 0..K-1: "
            "give np.unique(label, return_inverse=True)[1]"
        )
    return label.astype(np.int32)


def _scaling(
    reals: Sequence[np.ndarray], declared: tuple[float, float] | None, name: str
) -> tuple[float, float]:
    """The scale and offset that take the declared range, once the values lie in it, to [-1, 1]."""
    if len(reals[0].shape) == 2:
        if declared is not None:
            raise ValueError("range= is for images; points are taken unscaled")
        return 1.0, 0.0
    floats = reals[0].dtype == np.float32
    low, high = map(float, declared or ((-1, 1) if floats else (0, 255)))
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"range ({low}, {high}), expected two finite numbers, the lower first")
    least, most = _extremes(reals, full=not floats and (low, high) == (0, 255))
    # Undeclared floats that are never negative are nearly always in [0, 1], not in [-1, 1].
    if least < low or most > high or (declared is None and floats and least >= 0):
        guess = "(LOW, HIGH)" if least < 0 else "(0, 1)" if most <= 1 else "(0, 255)"
        raise DataError(
            f"{name}: {reals[0].dtype} images with values from {least} to {most}, "
            f"expected {low:g} to {high:g}: pass their full range, as in range={guess}"
        )
    return 2 / (high - low), 0.0 - (high + low) / (high - low)


def _extremes(reals: Sequence[np.ndarray | Source], full: bool) -> tuple[float, float]:
    """The least and the largest value; where all values of the type will do, nothing is read."""
    if full:
        return 0, 255
    found = [(rows.min(), rows.max()) for real in reals for _, rows in blocks(real)]
    return min(low for low, _ in found), max(high for _, high in found)


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


def _frequencies(label: np.ndarray, count: int) -> tuple[float, ...]:
    return tuple((np.bincount(label, minlength=count) / len(label)).tolist())
