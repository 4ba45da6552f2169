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
from typing import Any

from gan_jax import data as data_room
from gan_jax import experiment as experiments
from gan_jax import preflight, replicas, runs, tables, vacancy
from gan_jax.data import Dataset
from gan_jax.errors import DivergedError, UsageError
from gan_jax.job import replicated, weighed
from gan_jax.launch import launch, set_up
from gan_jax.options import Options, check_same, seeds
from gan_jax.options import check as check_options
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
    datas = {name: data_room.open(name) for name in vary.get("data", [config.data])}
    for values in combinations(vary):
        changed = dataclasses.replace(config, **values)
        with _named(values):
            check(module, changed, options, datas[changed.data])
    inner = traced(module, config, datas, vary)
    outer = {name: vary[name] for name in vary if name not in inner}
    chosen = [
        Replica(seed, values)
        for values in combinations({name: vary[name] for name in inner})
        for seed in seeds(options) or [options.seed]
    ]
    parts = {folder / label(values): values for values in combinations(outer)}
    for run in parts:
        vacancy.check(run.absolute(), resume=options.resume, overwrite=options.overwrite)
    say(
        f"{len(parts)} programs, each with {len(chosen)} replicas; varied inside of them: "
        f"{', '.join(inner) or 'only the seed'}."
    )
    left = [values for run, values in parts.items() if not is_done(run)]
    for values in left if options.cache and len(left) > 1 else ():
        changed = dataclasses.replace(config, **values)
        with _named(values):
            check_memory(module, changed, options, datas[changed.data], chosen)
    for run, values in parts.items():
        here = dataclasses.replace(options, run=str(run), seeds="", seed=0)
        stopped = trained(path, dataclasses.replace(config, **values), here, say, chosen)
        if stopped or not is_done(run):
            return stopped
    say(tables.record(folder, [(values, run) for run, values in parts.items()]))
    return 0


def check(module: ModuleType, config: Any, options: Options, data: Dataset) -> None:
    """Refuses one combination of the values, before any is trained.

    Raises:
      UsageError: no run can have it.
    """
    check_options(config, options)
    preflight.check_data(config, data, options, many=True)
    built = experiments.build(module, config, data.spec)
    preflight.check_fits(built, data, config.batch_size, many=True)


@contextmanager
def _named(values: Mapping[str, Any]) -> Iterator[None]:
    """Errors within say which of the varied values they are about."""
    try:
        yield
    except UsageError as error:
        given = ", ".join(f"{name}={written(value)}" for name, value in values.items())
        raise UsageError(f"{given}: {error}" if given else str(error)) from error


def check_memory(
    module: ModuleType, config: Any, options: Options, data: Dataset, chosen: Sequence[Replica]
) -> None:
    """Compiles the program of a part: what it costs is saved when the part finds it in the cache.

    Raises:
      UsageError: it would need more memory than there is.
    """
    make = experiments.maker(module, config, data.spec)
    data = weighed(make(chosen[0].values), data)
    replicas.compiled(
        data=data, batch_size=config.batch_size, replicas=chosen, **replicated(make, options)
    )


def is_done(run: Path) -> bool:
    """Whether the run was trained and evaluated to its end."""
    return (run / runs.EVALUATION).is_file()


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
    if options.resume and is_done(run):
        check_same(runs.about(run), config, options, chosen)
        found = runs.read_json(run / runs.EVALUATION)
        if found.get("step", config.steps) == config.steps:
            return 0
    try:
        return launch(path, config, options, lambda text: "\n" in text or say(text), chosen)
    except DivergedError as error:
        say(str(error))
        failed = [replica.name for replica in chosen] or [run.name]
        runs.write_json(run / runs.EVALUATION, {"diverged": failed})
        return 0
