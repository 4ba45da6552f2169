"""Which of the fields that a sweep varies are numbers inside of its programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any, get_type_hints

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import experiment as experiments
from gan_jax import feed
from gan_jax.data import Dataset
from gan_jax.game import update
from gan_jax.replicas import numbers
from gan_jax.stepping import program
from gan_jax.train import abstract
from gan_jax.varied import combinations


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
        if all(one_program(module, each, datas[each.data], tried) for each in configs):
            found = tried
    return list(found)


def one_program(
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
