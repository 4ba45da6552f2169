"""The commands that read a run: `gan-jax sample` and `gan-jax encode`, and how any opens one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from gan_jax.errors import UsageError
from gan_jax.options import check_seed
from gan_jax.words import flags, named


@dataclasses.dataclass(frozen=True)
class Source:
    """Which weights of a run, and which noise."""

    weights: Literal["average", "last"] = "average"
    """Averaged weights, where the game has any, or those of the last step."""
    step: int | None = None
    """Step of a checkpoint; the newest if not given."""
    replica: str = ""
    """Which one, in a run of several: its seed, or its name; else all that have not diverged."""
    seed: int | None = None
    """The same seed gives the same samples; that of the run if not given."""
    experiment: str = ""
    """A file to execute instead of the copy in the run, which must be what the run began with."""
    cache: bool = True
    """Keep compiled programs in the user's cache folder."""


@dataclasses.dataclass(frozen=True)
class Target:
    """How many samples, and where to."""

    n: int = 64
    """How many samples."""
    out: str = "samples.npz"
    """A .npz (arrays `samples`, `labels`), .png, .gif or .webp of images, .txt of text, .csv or
    .parquet."""
    label: str | None = None
    """Of which class, for a conditional model; of all, as in the data, if not given."""
    truncation: float | None = None
    """The largest entry of a normal latent, in its deviations: better samples of less variety; not
    of networks whose first layer is normalised, such as DCGAN's, which do not see the scale."""
    ask: str | None = None
    """COLUMN=CATEGORY that each row of a table is asked for, of a model with conditions, such as
    CTGAN; it may disobey: in how many rows it did not is told, and these are left as they are."""
    batch_size: int = 256
    """Samples in one call: changes the memory that it takes, not the samples."""
    overwrite: bool = False
    """Replace the file if it exists."""


@dataclasses.dataclass(frozen=True)
class Encoded:
    """Whose codes, and where to."""

    data: str = ""
    """Data to encode, of the shape of those trained on; those themselves if not given."""
    part: Literal["held_out", "train"] = "held_out"
    """Which part of the data."""
    out: str = "codes.npz"
    """A .npz (arrays `codes` and, where there are any, `labels`), or a .png of two axes of them; of
    a run without encoder, features of its critic."""
    axes: tuple[int, int] = (0, 1)
    """Which two numbers of a code a picture shows, from 0; the labels give the colours."""
    overwrite: bool = False
    """Replace the file if it exists."""


def sample(words: Sequence[str]) -> None:
    """gan-jax sample RUN [flags]"""
    folder, source, target = opened(words, "sample", source=Source, target=Target)
    from gan_jax import writing
    from gan_jax.asking import obeyed

    for name, value in (("n", target.n), ("batch-size", target.batch_size)):
        if value < 1:
            raise UsageError(f"--{name} is {value}: it must be 1 or more.")
    out = Path(target.out).expanduser()
    writing.check(out, overwrite=target.overwrite)
    found = loaded(folder, source)
    wishes = {"label": target.label, "truncation": target.truncation, "category": target.ask}
    draw = found[0].asked(**wishes).draw
    found = [dataclasses.replace(trained, draw=draw) for trained in found]
    files = places(out, found, source, target.overwrite)
    for trained, place in zip(found, files, strict=True):
        drawn = trained.sample(
            target.n,
            seed=seed_of(source, trained),
            average=source.weights == "average",
            batch_size=target.batch_size,
        )
        writing.write(drawn, trained.spec, place)
        print(f"Wrote {target.n} samples to {place}.")
        if target.ask is not None:
            print(obeyed(target.ask, drawn["samples"], trained.spec.columns))


def encode(words: Sequence[str]) -> None:
    """gan-jax encode RUN [flags]"""
    folder, source, target = opened(words, "encode", source=Source, target=Encoded)
    from gan_jax import charts, data, encoding, writing

    out = Path(target.out).expanduser()
    if out.suffix not in (".npz", ".png"):
        raise UsageError(f"--out {out}: codes are written to a .npz, or drawn in a .png.")
    found = loaded(folder, source)
    encoding.check(found[0].game, found[0].sampler, found[0].spec)
    files = places(out, found, source, target.overwrite)
    name, fingerprint = found[0].config.data, found[0].fingerprint
    real = data.open(target.data) if target.data else data.open(name, fingerprint)
    arrays = getattr(real, target.part)
    if real.spec.shape != found[0].spec.shape or not len(arrays["real"]):
        raise UsageError(
            f"{target.data or name}: {len(arrays['real'])} examples of shape {real.spec.shape}; "
            f"the run needs one or more of shape {found[0].spec.shape}."
        )
    labels = {"labels": arrays["label"]} if "label" in arrays else {}
    for trained, place in zip(found, files, strict=True):
        given = trained.game, trained.sampler, trained.state, arrays["real"], real.spec.decode
        codes = encoding.encode(*given, average=source.weights == "average")
        if out.suffix == ".npz":
            writing.write({"codes": codes} | labels, trained.spec, place)
        else:
            chosen = _axes(codes, target.axes)
            charts.scatter(chosen, place, labels.get("labels"), real.spec.classes)
        print(f"Wrote {len(codes)} codes to {place}.")


def _axes(codes, axes: tuple[int, int]):
    if not 0 <= min(axes) <= max(axes) < codes.shape[1]:
        given = " ".join(map(str, axes))
        raise UsageError(f"--axes {given}: a code has {codes.shape[1]} numbers, from 0.")
    return codes[:, axes]


def places(out: Path, found: Sequence, source: Source, overwrite: bool) -> list[Path]:
    """The files of one run or several replicas: samples.npz becomes samples-seed-3.npz.

    The names are the same whether others of the run have diverged or not.
    """
    from gan_jax import runs, writing

    beside = lambda trained: out.with_name(f"{out.stem}-{trained.folder.name}{out.suffix}")
    alone = len(found) == 1 and (source.replica or not runs.several(found[0].folder.parent))
    places = [out] if alone else [beside(trained) for trained in found]
    return [writing.check(place, found[0].spec, overwrite=overwrite) for place in places]


def opened(words: Sequence[str], name: str, **kinds: type) -> tuple:
    """The folder that the first word names, and the flags behind it."""
    run, given = named(words, f"Name a run: gan-jax {name} RUN; gan-jax runs lists them.")
    source, *rest = flags(given, f"{name} RUN", **kinds)
    check_seed(source.seed or 0)
    return Path(run), source, *rest


def seed_of(source: Source, trained) -> int:
    """Of the noise: as asked for, or that of the run."""
    return trained.seed if source.seed is None else source.seed


def loaded(folder: Path, source: Source, *, diverged: bool = False):
    """All that is meant of the run, as `loading.load_all` gives it.

    What has diverged is told, and left out unless it is all there is or `diverged` wants it.
    """
    from gan_jax.cache import keep_programs
    from gan_jax.loading import load_all

    if source.cache:
        keep_programs()
    found = load_all(folder, source.step, source.replica or None, source.experiment or None)
    sound = [trained for trained in found if not trained.diverged]
    out = " and is left out" if sound and not diverged else ""
    for trained in (trained for trained in found if trained.diverged):
        last = int(trained.state.step)
        print(f"{trained.folder.name} has diverged{out}: its last sound step is {last}.")
    return found if diverged else sound or found
