"""Many configurations of one experiment, each with many seeds: as few programs as there can be.

What is a number inside the program (a rate, the weight of a penalty) differs between the replicas
of one run; what changes the program (a width, a batch size, a loss) makes a run of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from gan_jax import data as data_room
from gan_jax import experiment as experiments
from gan_jax import preflight, runs, tables
from gan_jax.data import Dataset
from gan_jax.errors import DivergedError, UsageError
from gan_jax.launch import launch, set_up
from gan_jax.options import Options, check_same, seeds
from gan_jax.options import check as check_options
from gan_jax.preparation import prepared
from gan_jax.replicas import Replica
from gan_jax.tracing import traced
from gan_jax.varied import combinations, label, written


def sweep(
    path: Path,
    config: Any,
    options: Options,
    vary: Mapping[str, Sequence[Any]],
    say: Callable[[str], None] = print,
) -> int:
    """Trains every combination of the values with every seed, as `gan-jax sweep` does.

    A finished part is not trained again, and one that was stopped goes on, with `--resume`.

    Args:
      path: file of the experiment.
      config: a `Config` of its module: the fields that do not vary.
      options: of the loop; `run` is the folder of the sweep.
      vary: field -> values.
      say: where the lines for a person go.

    Returns:
      0, or 128 + n if the signal n stopped it.

    Raises:
      UsageError: a value that no run can have; nothing has been trained then.
    """
    set_up(options)
    folder = Path(options.run or f"sweeps/{path.stem}").expanduser()
    module = experiments.load(path)
    check_options(config, options)
    datas = {name: data_room.open(name) for name in vary.get("data", [config.data])}
    for values in combinations(vary):
        with _of(values):
            check(module, dataclasses.replace(config, **values), options, datas)
    inner = traced(module, config, datas, vary)
    outer = {name: vary[name] for name in vary if name not in inner}
    chosen = [
        Replica(seed, values)
        for values in combinations({name: vary[name] for name in inner})
        for seed in seeds(options) or [options.seed]
    ]
    parts = [
        Part(folder / label(values), values, dataclasses.replace(config, **values))
        for values in combinations(outer)
    ]
    many = lambda count, what: f"{count} {what}{'s' * (count > 1)}"
    say(
        f"{many(len(parts), 'program')}, each with {many(len(chosen), 'replica')}; varied inside "
        f"of them: {', '.join(inner) or 'only the seed'}."
    )
    foresee(path, parts, options, say, chosen, datas)
    for part in parts:
        stopped = trained(path, part.config, _alone(options, part.run), say, chosen)
        if stopped or not is_done(part.run):
            return stopped
    say(tables.record(folder, [(part.values, part.run) for part in parts]))
    return 0


class Part(NamedTuple):
    """A run of a sweep."""

    run: Path
    values: Mapping[str, Any]  # in which it differs from the other runs
    config: Any


def _alone(options: Options, run: Path) -> Options:
    """The options of a part, whose seeds are those of its replicas."""
    return dataclasses.replace(options, run=str(run), seeds="", seed=0)


@contextmanager
def _of(values: Mapping[str, Any]) -> Iterator[None]:
    """Errors within say of which combination they are."""
    try:
        yield
    except UsageError as error:
        given = ", ".join(f"{name}={written(value)}" for name, value in values.items())
        raise UsageError(f"{given}: {error}" if given else str(error)) from error


def check(module: ModuleType, config: Any, options: Options, datas: Mapping[str, Dataset]) -> None:
    """Refuses one combination of the values, before any is trained.

    Raises:
      UsageError: no run can have it.
    """
    data = datas[config.data]
    check_options(config, options)
    preflight.check_data(config, data, options, many=True)
    built = experiments.build(module, config, data.spec)
    preflight.check_fits(built, data, config.batch_size, many=True)


def foresee(
    path: Path,
    parts: Sequence[Part],
    options: Options,
    say: Callable[[str], None],
    chosen: Sequence[Replica],
    datas: Mapping[str, Dataset],
) -> None:
    """Refuses what a part cannot be, or has no memory for, before any is trained.

    Raises:
      UsageError, RunError: as `launch`.
    """
    reopen, silent, jobs = lambda name, fingerprint: datas[name], lambda text: None, []
    for part in parts:
        here = _alone(options, part.run)
        with _of(part.values):
            job, _ = prepared(part.run.absolute(), path, part.config, here, chosen, silent, reopen)
            jobs += [(part, job)] * is_left(part.run, part.config, here, chosen)
    for part, job in jobs if len(jobs) > 1 else ():
        say(f"Compiling {part.run.name}, to know that it has the memory that it needs.")
        with _of(part.values):
            job.compile()


def is_done(run: Path) -> bool:
    """Whether the run was trained and evaluated to its end."""
    return (run / runs.EVALUATION).is_file()


def is_left(run: Path, config: Any, options: Options, chosen: Sequence[Replica]) -> bool:
    """Whether there is something to train: a run that is to go on may be at its end.

    Raises:
      UsageError: it has other settings.
    """
    if not (options.resume and is_done(run)):
        return True
    check_same(runs.about(run), config, options, chosen)
    found = runs.read_json(run / runs.EVALUATION)
    return found.get("step", config.steps) != config.steps


def trained(
    path: Path,
    config: Any,
    options: Options,
    say: Callable[[str], None] = print,
    chosen: Sequence[Replica] = (),
) -> int:
    """Trains one part to its end, unless it is there already; one that diverges is noted as such.

    Args:
      path: file of the experiment.
      config: a `Config` of its module.
      options: of the loop.
      say: where the first lines for a person go.
      chosen: what to train at once.

    Returns:
      As `launch`.
    """
    run = Path(options.run)
    if not is_left(run, config, options, chosen):
        return 0
    try:
        return launch(path, config, options, lambda text: "\n" in text or say(text), chosen)
    except DivergedError as error:
        say(str(error))
        failed = [replica.name for replica in chosen] or [run.name]
        runs.write_json(run / runs.EVALUATION, {"diverged": failed})
        return 0
