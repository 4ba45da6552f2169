"""The commands that read a run: `gan-jax sample` and `gan-jax evaluate`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from gan_jax.errors import UsageError
from gan_jax.options import check_seed, flags


@dataclasses.dataclass(frozen=True)
class Source:
    """Which weights of a run, and which noise."""

    weights: Literal["average", "last"] = "average"
    """Averaged weights, where the game has any, or those of the last step."""
    step: int | None = None
    """Step of a checkpoint; the newest if not given."""
    replica: str = ""
    """Which one, in a run of several: its seed, or its name; all if not given."""
    seed: int | None = None
    """The same seed gives the same samples; that of the run if not given."""
    cache: bool = True
    """Keep compiled programs in the user's cache folder."""


@dataclasses.dataclass(frozen=True)
class Target:
    """How many samples, and where to."""

    n: int = 64
    """How many samples."""
    out: str = "samples.npz"
    """A .npz (arrays `samples`, `labels`), .png, .gif of images, .txt of text, .csv or .parquet."""
    batch_size: int = 256
    """Samples in one call: changes the memory that it takes, not the samples."""
    overwrite: bool = False
    """Replace the file if it exists."""


def sample(words: Sequence[str]) -> None:
    """gan-jax sample RUN [flags]"""
    folder, source, target = _opened(words, "sample", source=Source, target=Target)
    from gan_jax import writing

    for name, value in (("n", target.n), ("batch-size", target.batch_size)):
        if value < 1:
            raise UsageError(f"--{name} is {value}: it must be 1 or more.")
    out = Path(target.out).expanduser()
    writing.check(out, overwrite=target.overwrite)
    found = _load(folder, source)
    places = [out if len(found) == 1 else _beside(out, trained) for trained in found]
    for place in places:
        writing.check(place, found[0].spec, overwrite=target.overwrite)
    for trained, place in zip(found, places, strict=True):
        drawn = trained.sample(
            target.n,
            seed=_seed(source, trained),
            average=source.weights == "average",
            batch_size=target.batch_size,
        )
        writing.write(drawn, trained.spec, place)
        print(f"Wrote {target.n} samples to {place}.")


def evaluate(words: Sequence[str]) -> None:
    """gan-jax evaluate RUN [flags]"""
    folder, source = _opened(words, "evaluate", source=Source)
    found = _load(folder, source)
    from gan_jax import data, summary
    from gan_jax.evaluation import evaluate, record

    real, figures = data.open(found[0].config.data, found[0].fingerprint), {}
    reached = max(int(trained.state.step) for trained in found)
    for trained in (trained for trained in found if int(trained.state.step) == reached):
        figures[trained.folder.name] = evaluate(
            trained.experiment.evaluations,
            trained.draw,
            trained.state,
            real,
            seed=_seed(source, trained),
            average=source.weights == "average",
        )
        said = record(trained.folder, figures[trained.folder.name])
    names = [trained.folder.name for trained in found]
    print(said if len(found) == 1 else summary.record(folder, figures, names))


def _beside(out: Path, trained) -> Path:
    """The file of one of several replicas: samples.npz becomes samples-seed-3.npz."""
    return out.with_name(f"{out.stem}-{trained.folder.name}{out.suffix}")


def _opened(words: Sequence[str], name: str, **kinds: type) -> tuple:
    """The folder that the first word names, and the flags behind it."""
    if {"-h", "--help"} & set(words):
        flags(["--help"], f"{name} RUN", **kinds)
    if not words or words[0].startswith("-"):
        raise UsageError(f"Name a run: gan-jax {name} RUN; gan-jax runs lists them.")
    source, *rest = flags(words[1:], f"{name} RUN", **kinds)
    check_seed(source.seed or 0)
    return Path(words[0]), source, *rest


def _seed(source: Source, trained) -> int:
    return trained.seed if source.seed is None else source.seed


def _load(folder: Path, source: Source):
    from gan_jax.cache import keep_programs
    from gan_jax.loading import load_all

    if source.cache:
        keep_programs()
    return load_all(folder, source.step, source.replica or None)
