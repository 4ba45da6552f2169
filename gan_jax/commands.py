"""The commands behind `gan-jax`, each a function of its words."""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from gan_jax import data_commands, experiment, runs
from gan_jax.errors import RunError, UsageError
from gan_jax.options import Options, check_seed


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
    """A .npz (arrays `samples`, `labels`), a .png, a .gif of images or a .txt of text."""
    batch_size: int = 256
    """Samples in one call: changes the memory that it takes, not the samples."""
    overwrite: bool = False
    """Replace the file if it exists."""


def train(words: Sequence[str]) -> int:
    """gan-jax train EXPERIMENT [flags]"""
    path, config, options = _configured(words, "train")
    from gan_jax.launch import launch

    return launch(path, config, options)


def sweep(words: Sequence[str]) -> int:
    """gan-jax sweep EXPERIMENT --vary FIELD=A,B,C [--vary ...] [flags]"""
    words, varied = list(words), []
    while "--vary" in words:
        place = words.index("--vary")
        varied += words[place + 1 : place + 2]
        del words[place : place + 2]
    path, config, options = _configured(words, "sweep")
    if not varied:
        raise UsageError("Say what to vary, once for each field: --vary learning_rate=1e-4,2e-4")
    from gan_jax.sweep import parse, sweep

    return sweep(path, config, options, parse(experiment.load(path), varied))


def listing(words: Sequence[str]) -> None:
    """gan-jax list"""
    _at_most(0, words, "list")
    for name in experiment.names():
        first = (experiment.load(experiment.find(name)).__doc__ or "").partition("\n")[0]
        print(f"{name:16} {first}")


def new(words: Sequence[str]) -> None:
    """gan-jax new NAME"""
    name = words[0].removesuffix(".py") if len(words) == 1 else ""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError("Give one name, a Python identifier: gan-jax new my_experiment")
    path = Path(f"{name}.py")
    template = Path(__file__).with_name("template.py").read_text()
    try:
        with open(path, "x") as file:
            file.write(template.replace("template", name))
    except FileExistsError as error:
        raise RunError(f"{path} exists: give another name, or remove it.") from error
    print(f"Wrote {path}. Next: gan-jax train {path}")


def list_runs(words: Sequence[str]) -> None:
    """gan-jax runs [FOLDER]"""
    _at_most(1, words, "runs [FOLDER]")
    folder = Path(words[0] if words else "runs")
    if words and not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    found = runs.listed(folder)
    if not found:
        print(f"There is no run in {folder}.")
    for path in found:
        try:
            known, rows = runs.about(path), runs.metrics(path)
        except RunError as error:
            print(f"{path}  {error}")
            continue
        step = rows[-1]["step"] if rows else 0
        of = known["config"]["steps"]
        many = known.get("replicas")
        which = f"{len(many)} replicas" if many else f"seed {known['seed']}"
        print(f"{path}  {known['experiment']}  {which}  step {step} of {of}")


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


def _configured(words: Sequence[str], command: str) -> tuple:
    """The file of the experiment that the first word names, its Config and the loop's Options."""
    if not words or words[0].startswith("-"):
        known = ", ".join(experiment.names())
        raise UsageError(f"Name an experiment first, before any flags: {known}, or a .py file.")
    path = experiment.find(words[0])
    module = experiment.load(path)
    fields = ({field.name for field in dataclasses.fields(k)} for k in (module.Config, Options))
    if twice := set.intersection(*fields):
        raise UsageError(f"The Config in {path} has flags of the loop: rename {', '.join(twice)}.")
    kinds = {"experiment": module.Config, "loop": Options}
    return path, *_flags(words[1:], f"{command} {words[0]}", **kinds)


def _at_most(count: int, words: Sequence[str], usage: str) -> None:
    if len(words) > count or any(word.startswith("-") for word in words):
        raise UsageError(f"Give it as gan-jax {usage}, not with {' '.join(words)}.")


def _flags(words: Sequence[str], name: str, **kinds: type) -> tuple:
    """Values of dataclasses, whose fields are flags beside one another, by the titles in --help."""
    import tyro

    flat = tyro.conf.OmitArgPrefixes
    both = dataclasses.make_dataclass("Flags", [(title, flat[k]) for title, k in kinds.items()])
    given = tyro.cli(both, args=list(words), prog=f"gan-jax {name}")
    return tuple(getattr(given, title) for title in kinds)


def _opened(words: Sequence[str], name: str, **kinds: type) -> tuple:
    """The folder that the first word names, and the flags behind it."""
    if {"-h", "--help"} & set(words):
        _flags(["--help"], f"{name} RUN", **kinds)
    if not words or words[0].startswith("-"):
        raise UsageError(f"Name a run: gan-jax {name} RUN; gan-jax runs lists them.")
    source, *rest = _flags(words[1:], f"{name} RUN", **kinds)
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


COMMANDS = {
    "list": listing,
    "new": new,
    "train": train,
    "sweep": sweep,
    "runs": list_runs,
    "sample": sample,
    "evaluate": evaluate,
    "data": data_commands.data,
}
