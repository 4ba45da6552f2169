"""An experiment: one Python file with a frozen dataclass `Config` and `build(config, spec)`."""

from __future__ import annotations

import dataclasses
import difflib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from gan_jax.errors import UsageError

if TYPE_CHECKING:
    from gan_jax.data import Spec
    from gan_jax.game import Game
    from gan_jax.phases import Phase

REQUIRED = ("data", "steps", "batch_size")
"""The fields that the loop itself reads from every `Config`."""


COMPARED = 2500
"""Examples in each set of an evaluation: the published number for mixtures, and soon done."""
FEWEST = 20
"""Held-out, or training, examples below which no figure would mean anything."""


class Experiment(NamedTuple):
    """What `build` returns."""

    game: Game
    sampler: Callable  # (nets, keys) -> {"samples": ..., "labels": ...}
    evaluations: Sequence[Callable] = ()  # (held out, other data) -> figures by name
    watch: Mapping[str, str] = {}  # what the progress line shows: title -> metric
    on_chunk: Callable | None = None  # (state, metrics) -> more metrics, or None
    measures: Sequence[
        Callable
    ] = ()  # (all that is drawn, data) -> its figures, those of real data
    tasks: Sequence[Callable] = ()  # (nets, held out, train) -> figures by name, `metrics.tasks`
    pictures: Callable | None = None  # nets -> examples by name, drawn when it is evaluated
    before: Sequence[Phase] = ()  # games that are played before `game`, in turn
    rule: Callable | None = None  # of play, from `gan_jax.play`; if not given, the players in turn
    weigh: Callable | None = None  # (training examples) -> how often each is drawn, in proportion
    compared: int = COMPARED  # examples in each set of an evaluation, at most

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All games in turn: those `before`, and `game` to the end of the run."""
        from gan_jax.phases import Phase

        return (*self.before, Phase(self.game, self.sampler, sys.maxsize))


def folder() -> Path:
    """Where the experiments lie that come with gan_jax: in the package, or beside it in a clone."""
    package = Path(__file__).resolve().parent
    inside = package / "experiments"
    return inside if inside.is_dir() else package.parent / "experiments"


def names() -> list[str]:
    """The experiments that come with gan_jax."""
    return sorted(path.stem for path in folder().glob("*.py") if not path.stem.startswith("_"))


def find(name: str) -> Path:
    """The file of an experiment, from its path or from its name in `names()`.

    Raises:
      UsageError: there is none; the near names are given.
    """
    path = Path(name).expanduser()
    if path.suffix == ".py":
        if not path.is_file():
            raise UsageError(f"There is no experiment file {path}.")
        return path
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names())}."
        raise UsageError(
            f"There is no experiment {name!r}; {hint} A file is named by its .py path."
        )
    return folder() / f"{name}.py"


def load(path: Path) -> ModuleType:
    """The experiment's module, checked.

    Raises:
      UsageError: it cannot be imported, or it is no experiment.
    """
    spec = importlib.util.spec_from_file_location(f"gan_jax_experiment_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    config = getattr(module, "Config", None)
    if not dataclasses.is_dataclass(config) or not callable(getattr(module, "build", None)):
        raise UsageError(
            f"{path} is no experiment: it needs a frozen dataclass `Config` and "
            "`build(config, spec)`; `gan-jax new NAME` writes one to start from."
        )
    missing = set(REQUIRED) - {field.name for field in dataclasses.fields(config)}
    if missing:
        raise UsageError(f"The Config in {path} lacks {', '.join(sorted(missing))}: add them.")
    return module


def configured(module: ModuleType, values: Mapping[str, Any]) -> Any:
    """A `Config` of the module from JSON values.

    Raises:
      UsageError: a field that the `Config` does not have.
    """
    known = [field.name for field in dataclasses.fields(module.Config)]
    unknown = set(values) - set(known)
    if unknown:
        raise UsageError(
            f"The experiment has no field {', '.join(sorted(unknown))}; it has {', '.join(known)}."
        )
    lists = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return module.Config(**lists)


def presets(module: ModuleType) -> dict[str, Any]:
    """The `Config`s that stand in the module, such as QUICK, by their names."""
    return {name: value for name, value in vars(module).items() if type(value) is module.Config}


def preset(module: ModuleType, name: str) -> Any:
    """The `Config` of this name in the module.

    Raises:
      UsageError: there is none; those there are are given.
    """
    known = presets(module)
    if name not in known:
        there = f"there is {', '.join(sorted(known))}." if known else "it has its defaults alone."
        raise UsageError(f"The experiment has no preset {name!r}; {there}")
    return known[name]


def build(module: ModuleType, config: Any, spec: Spec) -> Experiment:
    """The module's `build(config, spec)`.

    Raises:
      UsageError: the configuration and the data do not make an experiment.
    """
    try:
        return module.build(config, spec)
    except Exception as error:
        raise UsageError(f"{_where(module, error)} cannot be built: {_said(error)}") from error


def maker(module: ModuleType, config: Any, spec: Spec) -> Callable[[Mapping[str, Any]], Experiment]:
    """The experiment for other values of some of the numbers in `config`, which may be traced."""
    return lambda values: build(module, dataclasses.replace(config, **values), spec)


def _where(module: ModuleType, error: Exception) -> str:
    """The experiment's file, and the last line in it that led to the error.

    Of one that comes with gan_jax, where it or gan_jax refuses what it is given, the name: no line
    is to blame.
    """
    file, frames = Path(module.__file__).resolve(), traceback.extract_tb(error.__traceback__)
    raised = Path(frames[-1].filename).resolve()
    ours = {file, Path(__file__).resolve().parent}
    refused = isinstance(error, ValueError) and not ours.isdisjoint({raised, *raised.parents})
    if refused and file.parent == folder():
        return file.stem
    lines = [frame.lineno for frame in frames if frame.filename == module.__file__]
    return f"{Path(module.__file__).name}, line {lines[-1]}," if lines else str(module.__file__)


def _said(error: Exception) -> str:
    """A message of ours as it is; others with their kind."""
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
