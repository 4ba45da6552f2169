"""Many configurations of one experiment, each with many seeds: as few programs as there can be.

What is a number inside the program (a rate, the weight of a penalty) differs between the replicas
of one run; what changes the program (a width, a batch size, a loss) makes a run of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import data as data_room
from gan_jax import experiment as experiments
from gan_jax import feed, preflight, runs, tables, vacancy
from gan_jax.data import Dataset
from gan_jax.errors import DivergedError
from gan_jax.game import update
from gan_jax.launch import launch
from gan_jax.options import Options, check_same, seeds
from gan_jax.options import check as check_options
from gan_jax.replicas import Replica, numbers
from gan_jax.stepping import program
from gan_jax.train import abstract
from gan_jax.varied import combinations, label


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
    folder = Path(options.run or f"sweeps/{path.stem}").expanduser()
    module = experiments.load(path)
    datas = {name: data_room.open(name) for name in vary.get("data", [config.data])}
    for values in combinations(vary):
        check(
            module, changed := dataclasses.replace(config, **values), options, datas[changed.data]
        )
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


def is_done(run: Path) -> bool:
    """Whether the run was trained and evaluated to its end."""
    return (run / runs.EVALUATION).is_file()


def traced(
    module: ModuleType, config: Any, datas: Mapping[str, Dataset], vary: Mapping[str, Sequence[Any]]
) -> list[str]:
    """Which of the varied fields are numbers inside of the programs of all other choices.

    Args:
      module: of the experiment.
      config: a `Config` of it: the fields that do not vary.
      datas: by the names in the configurations.
      vary: field -> values.
    """
    found: dict[str, Sequence[Any]] = {}
    for name in (name for name in vary if get_type_hints(module.Config)[name] is float):
        tried = found | {name: vary[name]}
        rest = combinations({other: vary[other] for other in vary if other not in tried})
        configs = [dataclasses.replace(config, **values) for values in rest]
        if all(traceable(module, each, datas[each.data], tried) for each in configs):
            found = tried
    return list(found)


def traceable(
    module: ModuleType, config: Any, data: Dataset, varied: Mapping[str, Sequence[float]]
) -> bool:
    """Whether one program plays all these values, traced: so game and rule, and on the same data.

    Samples and figures are no part of it: each replica has those of its own values.
    """
    make = experiments.maker(module, config, data.spec)
    arrays = {n: jax.ShapeDtypeStruct(a.shape, a.dtype) for n, a in feed.visible(data).items()}
    sizes = config.batch_size, len(data.train["real"])

    def chunk(values, state):
        built = make(values)
        body = program(built.game, data.spec.decode, *sizes, rule=built.rule or update)
        return body(state, jax.random.key(0), like(arrays), np.int32(1))

    like = partial(jax.tree.map, lambda kind: jnp.zeros(kind.shape, kind.dtype))
    every = [make(values) for values in combinations(varied)]
    try:
        given = numbers({name: values[0] for name, values in varied.items()})
        jax.eval_shape(chunk, given, abstract(every[0].game))
    except Exception:  # whatever it is, the field has a program of its own
        return False
    return _weighed_alike([built.weigh for built in every], data)


def _weighed_alike(ways: Sequence[Callable | None], data: Dataset) -> bool:
    """Whether the examples are drawn alike, whichever of these says how often."""
    if not any(ways):
        return True
    examples = data.spec.decode(data.train["real"][:])
    first, *others = (weigh and np.asarray(weigh(examples)) for weigh in ways)
    return all(np.array_equal(first, other) for other in others)


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
