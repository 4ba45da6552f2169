"""What a data set is, in a few lines and a picture: `gan-jax data describe`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_jax import data as data_room
from gan_jax.data import Dataset, Spec
from gan_jax.data.columns import Column
from gan_jax.data.source import extremes, some
from gan_jax.words import named

NAMED = 12
"""Classes whose frequency is said."""

SYMBOLS = 200
"""Symbols of a vocabulary that are shown."""


@dataclass(frozen=True)
class Flags:
    """Where to put a few of the examples."""

    out: str = ""
    """A file for some training examples, such as examples.png; none if not given."""
    overwrite: bool = False
    """Replace the file if it exists."""


def describe(words: Sequence[str]) -> None:
    """gan-jax data describe SPEC [--out FILE.png]"""
    import tyro

    missing = "Name the data first: gan-jax data describe digits; or idx:PATH, ..."
    name, given = named(words, missing)
    flags = tyro.cli(Flags, args=given, prog="gan-jax data describe SPEC")
    from gan_jax import report, writing

    out = Path(flags.out).expanduser() if flags.out else None
    if out:
        writing.check(out, overwrite=flags.overwrite)  # before data are read that may be large
    data = data_room.open(name)
    print(described(data, name))
    if out:
        writing.check(out, data.spec, overwrite=flags.overwrite)
        count = report.enough(data.spec)
        drawn = {"samples": chosen(data, count)}
        writing.write(drawn, data.spec, out)
        print(f"Wrote {len(drawn['samples'])} training examples to {out}.")


def described(data: Dataset, name: str) -> str:
    """The lines that `describe` prints.

    >>> from gan_jax.data import from_arrays
    >>> print(described(from_arrays(np.eye(4), np.arange(4) % 2), "mine").rpartition("\\n")[0])
    data         mine
    examples     3 for training, 1 held out
    shape        (4): points
    values       float32 from 0 to 1, decoded from 0 to 1
    classes      2: 0 (66.7 %), 1 (33.3 %)
    """
    return "\n".join(f"{title:<12} {said}" for title, said in _lines(data, name))


def chosen(data: Dataset, count: int) -> np.ndarray:
    """Training examples `[count, ...]` from all over, decoded; the same ones every time."""
    return np.asarray(data.spec.decode(some(data.train["real"], count)))


def _lines(data: Dataset, name: str) -> Iterator[tuple[str, str]]:
    spec, real = data.spec, data.train["real"]
    yield "data", name
    yield "examples", f"{len(real)} for training, {len(data.held_out['real'])} held out"
    if "source" in data.train:
        yield "domains", "2 without pairs: those to be translated, and these, to be imitated"
    yield "shape", f"({', '.join(map(str, spec.shape))}): {_kind(spec)}"
    ends = np.array(extremes(real))
    raw = f"{real.dtype} from {ends[0]:g} to {ends[1]:g}"
    if spec.vocabulary:
        yield "values", f"{raw}, decoded to one-hot vectors"
        symbols = "".join(spec.vocabulary)
        more = " ..." * (len(symbols) > SYMBOLS)
        yield "vocabulary", f"{len(spec.vocabulary)} symbols: {symbols[:SYMBOLS]!r}{more}"
        yield from (("example", repr(line)) for line in _examples(data))
    else:
        low, high = spec.decode(ends)
        yield "values", f"{raw}, decoded from {low:g} to {high:g}"
    yield from (("column", _column(column)) for column in spec.columns)
    if spec.classes:
        yield "classes", f"{len(spec.classes)}: {_frequencies(spec)}"
    if "labelled" in data.train:
        yield "labelled", f"{_few(data)} training examples; games see no other label"
    if spec.mixture:
        yield "truth", f"{len(spec.mixture.centres)} Gaussians of {spec.mixture.deviation:.3g}"
    yield "fingerprint", data.fingerprint


def _few(data: Dataset) -> int:
    return len(np.unique(data.train["labelled"].numbers))  # which come over and over


def _kind(spec: Spec) -> str:
    if spec.vocabulary:
        return "text (steps, symbols)"
    if spec.columns:
        return "rows of a table, encoded"
    kinds = {1: "points", 2: "sequences (steps, channels)", 3: "images (height, width, channels)"}
    return kinds.get(len(spec.shape), "arrays")


def _column(column: Column) -> str:
    """`age: integer from 17 to 90, 10 modes`; `colour: categorical of 3, or missing`."""
    said = f"{column.name}: {column.kind}"
    if column.categories:
        said += f" of {len(column.categories)}"
    elif column.kind == "date":
        low, high = np.array([column.low, column.high], np.int64).astype(f"M8[{column.unit}]")
        said += f" from {low} to {high}"
    else:
        said += f" from {column.low:.15g} to {column.high:.15g}"
    said += f", {len(column.modes)} modes" * bool(column.modes)
    return said + ", or missing" * (column.missing is not None) + ", the label" * column.label


def _examples(data: Dataset) -> list[str]:
    from gan_jax.data.text import strings

    return strings(chosen(data, 3), data.spec)


def _frequencies(spec: Spec) -> str:
    """Of all classes in their order, or of the most frequent where there are many."""
    order = np.argsort(spec.frequencies, kind="stable")[::-1]
    shown = range(len(order)) if len(order) <= NAMED else order[:NAMED]
    said = [f"{spec.classes[index]} ({100 * spec.frequencies[index]:.1f} %)" for index in shown]
    left = len(order) - len(said)
    return ", ".join(said) + f" and {left} rarer ones" * (left > 0)
