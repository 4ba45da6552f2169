"""Many configurations of one experiment, each with many seeds: as few programs as there can be.

What is a number inside the program (a rate, the weight of a penalty) differs between the replicas
of one run; what changes the program (a width, a batch size, a loss) makes a run of its own.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import data as data_room
from gan_jax import experiment as experiments
from gan_jax import feed, runs, tables
from gan_jax.data import Dataset
from gan_jax.errors import DivergedError, UsageError
from gan_jax.launch import launch
from gan_jax.options import Options, check_same, seeds
from gan_jax.replicas import Replica
from gan_jax.train import abstract, program

Values = Mapping[str, Any]
"""Of the varied fields of a Config, by name."""


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
    datas = {}
    for values in combinations(vary):
        changed = dataclasses.replace(config, **values)
        spec = datas.setdefault(changed.data, data_room.open(changed.data)).spec
        experiments.build(module, changed, spec)
    inner = [name for name in vary if traceable(module, config, datas[config.data], name)]
    outer = {name: vary[name] for name in vary if name not in inner}
    chosen = [
        Replica(seed, values)
        for values in combinations({name: vary[name] for name in inner})
        for seed in seeds(options) or [options.seed]
    ]
    parts = combinations(outer)
    say(
        f"{len(parts)} programs, each with {len(chosen)} replicas; varied inside of them: "
        f"{', '.join(inner) or 'only the seed'}."
    )
    for values in parts:
        run = folder / label(values)
        here = dataclasses.replace(options, run=str(run), seeds="", seed=0)
        stopped = trained(path, dataclasses.replace(config, **values), here, say, chosen)
        if stopped or not is_done(run):
            return stopped
    say(tables.record(folder, [(values, folder / label(values)) for values in parts]))
    return 0


def combinations(vary: Mapping[str, Sequence[Any]]) -> list[Values]:
    """Every choice of one value for each name, the last name varying fastest.

    >>> combinations({"a": [1, 2], "b": [3]})
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}]
    """
    return [dict(zip(vary, values, strict=True)) for values in product(*vary.values())]


def label(values: Values) -> str:
    """The name of the folder of a part of the sweep."""
    return "-".join(f"{name}-{value}" for name, value in values.items()) or "all"


def is_done(run: Path) -> bool:
    """Whether the run was trained and evaluated to its end."""
    return (run / runs.EVALUATION).is_file()


def traceable(module: ModuleType, config: Any, data: Dataset, name: str) -> bool:
    """Whether a field of `Config` is a number inside the program, so that it may be traced."""
    if get_type_hints(module.Config)[name] is not float:
        return False
    make = experiments.maker(module, config, data.spec)
    arrays = {n: jax.ShapeDtypeStruct(a.shape, a.dtype) for n, a in feed.visible(data).items()}
    sizes = config.batch_size, len(data.train["real"])

    def chunk(value, state):
        body = program(make({name: value}), data.spec.decode, *sizes)
        return body(state, jax.random.key(0), like(arrays), np.int32(1))

    like = partial(jax.tree.map, lambda kind: jnp.zeros(kind.shape, kind.dtype))
    try:
        jax.eval_shape(chunk, jnp.float32(0), abstract(make({})))
    except Exception:  # whatever it is, the field has a program of its own
        return False
    return True


def parse(module: ModuleType, words: Sequence[str]) -> dict[str, list[Any]]:
    """The values of `--vary field=a,b,c`, each word one field.

    Raises:
      UsageError: a field that the `Config` does not have, or a value that is none of its type.
    """
    kinds, vary = get_type_hints(module.Config), {}
    for word in words:
        name, _, values = word.partition("=")
        name = name.replace("-", "_")
        if name not in kinds:
            near = difflib.get_close_matches(name, kinds, n=3, cutoff=0.4) or list(kinds)
            raise UsageError(f"--vary {word}: there is no field {name!r}; near: {', '.join(near)}.")
        if name in vary:
            raise UsageError(f"--vary names {name} twice: give all of its values at once.")
        vary[name] = [_parsed(word, kinds[name], value) for value in values.split(",")]
        if len(set(vary[name])) < len(vary[name]):
            raise UsageError(f"--vary {word} has a value twice.")
    return vary


def _parsed(word: str, kind: Any, text: str) -> Any:
    if get_origin(kind) is Literal:
        choices = {str(choice): choice for choice in get_args(kind)}
    elif kind is bool:
        choices = {"True": True, "False": False}
    elif kind in (int, float, str):
        choices = {}
    else:
        raise UsageError(f"--vary {word}: fields of type {kind} cannot be varied.")
    try:
        return choices[text] if choices else kind(text)
    except (KeyError, ValueError) as error:
        said = f"one of {', '.join(choices)}" if choices else f"of type {kind.__name__}"
        raise UsageError(f"--vary {word}: {text!r} is not {said}.") from error


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
