"""The commands behind `gan-jax`, each a function of its words."""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Sequence
from pathlib import Path

from gan_jax import (
    augment_commands,
    data_commands,
    evaluating,
    experiment,
    explore_commands,
    history,
    publishing,
    reading,
    replaying,
    runs,
)
from gan_jax.errors import RunError, UsageError
from gan_jax.options import Options
from gan_jax.words import flags, taken


def train(words: Sequence[str]) -> int:
    """gan-jax train EXPERIMENT [flags]"""
    path, config, options = _configured(words, "train")
    from gan_jax.launch import launch

    return launch(path, config, options)


def sweep(words: Sequence[str]) -> int:
    """gan-jax sweep EXPERIMENT --vary FIELD=A,B,C [--vary ...] [flags]"""
    words, varied = taken(words, "--vary")
    path, config, options = _configured(words, "sweep")
    if not varied:
        raise UsageError("Say what to vary, once for each field: --vary learning_rate=1e-4,2e-4")
    from gan_jax.sweep import sweep
    from gan_jax.varied import parse

    vary = parse(experiment.load(path), varied)
    given = {word.partition("=")[0].removeprefix("--").replace("-", "_") for word in words}
    if twice := sorted(given & vary.keys()):
        raise UsageError(f"--vary says what {twice[0]} is: leave its own flag out.")
    return sweep(path, config, options, vary)


def listing(words: Sequence[str]) -> None:
    """gan-jax list"""
    _at_most(0, words, "list")
    for name in experiment.names():
        first = (experiment.load(experiment.find(name)).__doc__ or "").partition("\n")[0]
        print(f"{name:20} {first}")


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
            known, rows = runs.about(path), history.rows(path)
            lost = len(runs.diverged(path))
        except RunError as error:
            print(f"{path}  {error}")
            continue
        step = rows[-1]["step"] if rows else 0
        of = known["config"]["steps"]
        many = known.get("replicas")
        which = f"{len(many)} replicas" if many else f"seed {known['seed']}"
        which += f", {f'{lost} ' * bool(many)}diverged" if lost else ""
        print(f"{path}  {known['experiment']}  {which}  step {step} of {of}")


def diff(words: Sequence[str]) -> int:
    """gan-jax diff RUN RUN"""
    if len(words) != 2 or any(word.startswith("-") for word in words):
        raise UsageError("Name two runs, or replicas: gan-jax diff runs/one runs/other")
    from gan_jax.parting import parting

    same, report = parting(*map(Path, words))
    print(report)
    return 0 if same else 1


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
    rest, names = taken(words[1:], "--preset")
    begin = experiment.preset(module, names[-1]) if names else module.Config
    return path, *flags(rest, f"{command} {words[0]}", experiment=begin, loop=Options)


def _at_most(count: int, words: Sequence[str], usage: str) -> None:
    if len(words) > count or any(word.startswith("-") for word in words):
        raise UsageError(f"Give it as gan-jax {usage}, not with {' '.join(words)}.")


COMMANDS = {
    "list": listing,
    "new": new,
    "train": train,
    "sweep": sweep,
    "augment": augment_commands.augment,
    "runs": list_runs,
    "diff": diff,
    "sample": reading.sample,
    "evaluate": evaluating.evaluate,
    "compare": evaluating.compare,
    "encode": reading.encode,
    "export": publishing.export,
    "report": publishing.report,
    "replay": replaying.replay,
    "explore": explore_commands.explore,
    "data": data_commands.data,
}
