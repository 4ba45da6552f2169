"""The commands that measure runs: `gan-jax evaluate` and `gan-jax compare`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from gan_jax.errors import RunError, UsageError
from gan_jax.experiment import FEWEST
from gan_jax.reading import Source, loaded, opened, seed_of
from gan_jax.words import flags

if TYPE_CHECKING:
    from gan_jax.data import Dataset
    from gan_jax.metrics.features import Extractor
    from gan_jax.metrics.seen import Figure

FEATURES = ("pixels", "random", "classifier", "inception:PATH")
FIGURES = (
    "frechet",
    "kernel",
    "precision_recall",
    "density_coverage",
    "two_sample",
    "sliced_wasserstein",
    "near_duplicates",
    "score",
    "classes",
    "usefulness",
)
LABELLED = ("score", "classes", "usefulness")
"""Figures that are only taken when they are asked for, since they need labels."""
DEFAULT = 10_000
"""Examples in each set, where none are asked for."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """More figures than those of the experiment."""

    features: tuple[str, ...] = ()
    """Of what: pixels, random (a fixed network), classifier (of the data's classes), or
    inception:PATH (weights in PyTorch's names, .npz or .safetensors); or several."""
    figures: tuple[str, ...] = ()
    """Which: frechet, kernel, precision_recall, density_coverage, two_sample, sliced_wasserstein
    and near_duplicates, all if not given; score, classes and usefulness, which need labels."""
    n: int | None = None
    """Examples in each set, as far as there are so many; 10,000 if not given."""


@dataclasses.dataclass(frozen=True)
class Table:
    """Where to put the table."""

    out: str = ""
    """A .md, or a .csv with all digits; only shown if not given."""
    overwrite: bool = False
    """Replace the file if it exists."""


def evaluate(words: Sequence[str]) -> None:
    """gan-jax evaluate RUN [flags]"""
    folder, source, measured = opened(words, "evaluate", source=Source, measured=Measured)
    _check(measured)
    found = loaded(folder, source, diverged=True)
    from gan_jax import data, summary
    from gan_jax.evaluation import assess, provenance, record
    from gan_jax.measuring import before, joined, measure, replaced

    real, figures = data.open(found[0].config.data, found[0].fingerprint), {}
    extractors = [_extractor(name, real) for name in measured.features]
    asked, count = _figures(measured.figures), measured.n or DEFAULT
    sound = [trained for trained in found if not trained.diverged]
    if not sound:
        raise RunError(f"{folder}: there is nothing to evaluate, since what is asked for diverged.")
    for trained in sound:
        how = {"seed": seed_of(source, trained), "average": source.weights == "average"}
        given = trained.draw, trained.state, real
        one = assess(trained.experiment, trained.game, *given, **how)
        if known := before(trained.folder, provenance(real, trained.state, **how)):
            one = joined(one, known)
        elif lost := replaced(trained.folder, one):
            print(lost)
        for extractor in extractors:
            one = joined(one, measure(*given, extractor, asked, count=count, **how))
        figures[trained.folder.name] = one
        said = record(trained.folder, one, trained.spec)
    names = [trained.folder.name for trained in found]
    print(said if len(found) == 1 else summary.record(folder, figures, names))


def compare(words: Sequence[str]) -> None:
    """gan-jax compare RUN RUN ... [flags]"""
    names = list(takewhile(lambda word: not word.startswith("-"), words))
    (target,) = flags(words[len(names) :], "compare RUN RUN ...", table=Table)
    if len(names) < 2:
        raise UsageError("Name two runs or more: gan-jax compare runs/one runs/other")
    from gan_jax import comparing, tables, writing
    from gan_jax.metrics import aligned
    from gan_jax.storage import write_atomically

    out = Path(target.out).expanduser()
    if target.out and out.suffix not in (".md", ".csv"):
        raise UsageError(f"--out {out}: a table is written to a .md or a .csv.")
    if target.out:
        writing.check_free(out, overwrite=target.overwrite)
    found = [comparing.read(Path(name)) for name in names]
    comparing.check_alike(found)
    rows = comparing.table(found)
    print(aligned(rows))
    if target.out:
        content = tables.markdown(rows) if out.suffix == ".md" else comparing.csv_content(found)
        write_atomically(out, content.encode())
        print(f"Wrote {out}.")


def _check(measured: Measured) -> None:
    """Refuses what cannot be, before anything is loaded."""
    from gan_jax.data.query import hint

    for flag, given, known in (
        ("features", measured.features, FEATURES),
        ("figures", measured.figures, FIGURES),
    ):
        for name in given:
            own = flag == "features" and name.startswith("inception:")
            if name not in known and not own:
                near = hint(name, known)
                raise UsageError(f"--{flag} {name}: {near}there are {', '.join(known)}.")
        if len({name.partition(":")[0] for name in given}) < len(given):
            raise UsageError(f"--{flag} names one twice: {', '.join(given)}.")
    if not measured.features and (measured.figures or measured.n is not None):
        raise UsageError(
            "--figures and --n are those of --features: give some, such as random, or classifier "
            "for score, classes and usefulness."
        )
    if measured.n is not None and measured.n < FEWEST:
        raise UsageError(f"--n is {measured.n}: it must be {FEWEST} or more.")


def _extractor(name: str, data: Dataset) -> Extractor:
    from gan_jax import metrics

    makes = {
        "pixels": metrics.pixel_features,
        "random": lambda: metrics.random_features(data.spec.shape),
        "classifier": lambda: metrics.classifier_features(data),
    }
    kind, _, path = name.partition(":")
    if kind == "inception":
        return metrics.inception_features(path)
    try:
        return makes[name]()
    except ValueError as error:
        raise UsageError(f"--features {name}: {error}") from error


def _figures(names: Sequence[str]) -> Mapping[str, Figure]:
    from gan_jax import metrics
    from gan_jax.metrics import seen

    sliced = lambda *both: {"sliced_wasserstein": metrics.sliced_wasserstein(*both)}
    known = {
        "frechet": seen.frechet(),
        "kernel": seen.of_pairs(metrics.kernel_distance),
        "precision_recall": seen.of_pairs(metrics.precision_recall),
        "density_coverage": seen.of_pairs(metrics.density_coverage),
        "two_sample": seen.of_pairs(metrics.two_sample),
        "sliced_wasserstein": seen.of_pairs(sliced),
        "near_duplicates": seen.duplicates(),
        "score": seen.score(),
        "classes": seen.classes(),
        "usefulness": seen.labelled(),
    }
    return {name: known[name] for name in names or FIGURES if names or name not in LABELLED}
