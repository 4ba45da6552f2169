"""What every reader gives: raw arrays in two parts, and the spec that says what they mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gan_jax.data.source import Source, blocks, extremes, is_source
from gan_jax.data.spec import Spec
from gan_jax.errors import DataError

EXAMPLES = ("real", "source", "labelled")
"""The arrays of a data set that hold examples, raw: besides real ones those of a second domain, and
some of which the labels may be used."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training part and a held-out part, raw, and their spec.

    Args:
      train: "real" ([N, *raw_shape], raw: uint8 or float32, or for text uint8 or int32, 0..V-1)
          and, where there are classes, "label" ([N], int32, 0..K-1). Arrays are kept as read-only
          views; "real" may be a `Source`. Where there are two domains, "source" is of the kind and
          shape of "real": what is translated into what is like it. Where few labels may be used,
          "labelled" examples and their "labelled_label", of as many rows: see `partly_labelled`.
      held_out: the same keys and kinds, but nothing labelled; may hold no examples.
      spec: what the arrays mean.
      name: what messages and tables call the set.
      weights: how often each training example is drawn, in proportion: [N]; if not given, each
        once in an epoch.
      paired: whether each held-out "real" is what the "source" beside it ought to become.

    Raises:
      DataError: an empty training part, or arrays that do not fit the spec or one another.
    """

    train: Mapping[str, np.ndarray | Source] = field(repr=False)
    held_out: Mapping[str, np.ndarray | Source] = field(repr=False)
    spec: Spec
    name: str = "arrays"
    weights: np.ndarray | None = None
    paired: bool = False

    def __post_init__(self):
        for part in ("train", "held_out"):
            arrays = {key: _read_only(array) for key, array in getattr(self, part).items()}
            _check_part(arrays, self.spec, f"{self.name}: {part}")
            object.__setattr__(self, part, arrays)
        if not len(self.train["real"]):
            raise DataError(f"{self.name}: train holds no examples: give at least one")
        if self.train.keys() - {"labelled", "labelled_label"} != self.held_out.keys():
            raise DataError(f"{self.name}: train has {[*self.train]}, held_out {[*self.held_out]}")
        kinds = self.train["real"].dtype, self.held_out["real"].dtype
        if kinds[0] != kinds[1]:
            raise DataError(f"{self.name}: train is {kinds[0]}, held_out {kinds[1]}: make them one")
        if self.paired and "source" not in self.train:
            raise DataError(f"{self.name}: paired, but without a source: give two domains")
        if self.weights is not None:
            _check_weights(self.weights, len(self.train["real"]), self.name)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hex, of all arrays (name, dtype, shape, bytes) and of the spec.

        Of an array over 1 GiB not all bytes, but those of 4,096 rows from all over (`blocks`).
        """
        digest = hashlib.sha256(json.dumps(self.spec.to_json(), sort_keys=True).encode())
        for part in ("train", "held_out"):
            for key, array in sorted(getattr(self, part).items()):
                digest.update(f"\n{part} {key} {array.dtype.str} {array.shape}\n".encode())
                for _, rows in blocks(array):
                    digest.update(np.ascontiguousarray(rows))
        return digest.hexdigest()


def _check_weights(weights: np.ndarray, count: int, where: str) -> None:
    sound = np.shape(weights) == (count,) and np.isfinite(weights).all() and np.min(weights) >= 0
    if not sound or not np.sum(weights) > 0:
        raise DataError(
            f"{where}: weights of shape {np.shape(weights)} for {count} training examples: give "
            "one for each, finite, none below 0 and not all 0"
        )


def example_count(arrays: Mapping[str, np.ndarray], where: str) -> int:
    """The number of examples that all `arrays` share; a DataError where they differ."""
    counts = {key: len(array) for key, array in arrays.items()}
    if len(set(counts.values())) != 1:
        raise DataError(f"{where} has arrays of different lengths, {counts}: give one row each")
    return next(iter(counts.values()))


def check_finite(real: np.ndarray | Source, where: str) -> None:
    """A DataError for the first row that holds a NaN or an infinity, of those of `blocks`."""
    if real.dtype == np.float32:
        bad = []
        for numbers, rows in blocks(real):
            finite = np.isfinite(rows).all(axis=tuple(range(1, rows.ndim)))
            bad += np.asarray(numbers)[~finite].tolist()
        if bad:
            raise DataError(
                f"{where}: row {bad[0]} holds a NaN or an infinity as "
                f"float32 ({len(bad)} such rows in all): repair or drop them"
            )


def check_labels(label: np.ndarray, count: int, where: str) -> None:
    """A DataError for the first label outside 0..count-1."""
    wrong = np.flatnonzero((label < 0) | (label >= count))
    if wrong.size:
        raise DataError(
            f"{where}: label {label[wrong[0]]} in row {wrong[0]}, expected "
            f"0..{count - 1} for {count} classes: number them so, or name more classes"
        )


def _check_indices(real: np.ndarray, spec: Spec, where: str) -> None:
    count = len(spec.vocabulary)
    if not count or not len(real):
        return
    least, most = extremes(real)
    if not 0 <= least <= most < count:
        raise DataError(
            f"{where}: indices from {least} to {most}, expected 0..{count - 1} for a vocabulary of "
            f"{count} symbols: number them so"
        )


def _read_only(array: np.ndarray | Source) -> np.ndarray | Source:
    if is_source(array):
        return array
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def _check_part(arrays: Mapping[str, np.ndarray], spec: Spec, where: str) -> None:
    keys = {"real", "label"} if spec.classes else {"real"}
    if arrays.keys() - {"source", "labelled", "labelled_label"} != keys:
        raise DataError(
            f"{where} has arrays {sorted(arrays)}, expected {sorted(keys)} for "
            f"{len(spec.classes)} classes: labels and classes go together"
        )
    for name in (name for name in EXAMPLES if name in arrays):
        _check_examples(name, arrays[name], spec, where)
        if (kind := arrays[name].dtype) != arrays["real"].dtype:
            raise DataError(f"{where}: {name} is {kind}: make it that of real")
    if ("labelled" in arrays) != ("labelled_label" in arrays):
        raise DataError(
            f"{where} has arrays {sorted(arrays)}: labelled and labelled_label go together"
        )
    example_count(arrays, where)
    for name in arrays.keys() - set(EXAMPLES):
        label = arrays[name]
        if label.dtype != np.int32 or label.ndim != 1:
            raise DataError(
                f"{where}: labels are {label.dtype} of shape {label.shape}, expected "
                "int32 of shape [N]: convert them"
            )
        check_labels(label, len(spec.classes), where)


def _check_examples(name: str, array: np.ndarray, spec: Spec, where: str) -> None:
    wide = np.int32 if spec.vocabulary else np.float32
    if array.dtype not in (np.uint8, wide):
        raise DataError(
            f"{where}: {name} is {array.dtype}, expected uint8 or {wide.__name__}: convert it"
        )
    if array.shape[1:] != spec.raw_shape:
        raise DataError(
            f"{where}: examples of shape {array.shape[1:]}, expected {spec.raw_shape} as "
            "in the spec: reshape them"
        )
    check_finite(array, where)
    _check_indices(array, spec, where)
