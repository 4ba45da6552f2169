"""What is wished of a generation, also by a page, and whether the model can give it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gan_jax import breeding, genomes, ranges
from gan_jax.asking import class_number
from gan_jax.errors import UsageError
from gan_jax.making import Maker
from gan_jax.options import check_seed

FIELDS = {
    "children": (int,),
    "mixing": (str,),
    "rate": (int, float),
    "mutation": (int, float),
    "label": (str, type(None)),
    "truncation": (int, float, type(None)),
    "seed": (int,),
    "parents": (list,),
}
"""By name, what a field of the body of a request may be."""


@dataclass(frozen=True)
class Wish:
    """How a generation is bred."""

    children: int = 16
    """How many, at most 64."""
    mixing: Literal["cross", "blend"] = "cross"
    """Of two parents: each gene of one of them, or a place on the arc between them."""
    rate: float = 0.5
    """How much of the second parent, from 0 to 1."""
    mutation: float = 0.2
    """How far from the parents, from 0 (not at all) to 1 (a fresh draw)."""
    label: str | None = None
    """Of which class, for a conditional model; of a parent's, or as in the data, if not given."""
    truncation: float | None = None
    """The largest entry of a normal latent, in its deviations: better samples of less variety.
    Batch-norm statistics stay those of all latents; `sample --truncation` measures truncated."""


def check(wish: Wish, maker: Maker, classes: Sequence[str]) -> int | None:
    """Refuses a wish that cannot be; else the number of its class, if it names one.

    Args:
      wish: of a user.
      maker: of the generator that is to grant it.
      classes: their names, in order.

    Raises:
      UsageError: a wish that cannot be.
    """
    if not 1 <= wish.children <= genomes.MOST:
        most = genomes.MOST
        raise UsageError(f"The number of children is {wish.children}: it must be 1 to {most}.")
    try:
        ranges.share("rate", wish.rate)
        ranges.share("mutation", wish.mutation)
        if wish.truncation is not None:
            breeding.typical(np.zeros((1, 1)), maker.prior, wish.truncation)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if wish.label is None:
        return None
    if not maker.conditional:
        raise UsageError("The model is not conditional: it cannot be asked for a label.")
    return class_number(wish.label, classes)


def asked(body: bytes, usual: Wish) -> tuple[list[str], Wish, int]:
    """Parents, wish and seed of the body of a request; what it does not name is as usual.

    Raises:
      UsageError: it is no such JSON.
    """
    try:
        given = json.loads(body, parse_constant=str)  # NaN is a word, and refused
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The body is no JSON: {error}.") from error
    if not isinstance(given, dict):
        raise UsageError("The body is no JSON object.")
    for name, value in given.items():
        if name not in FIELDS:
            raise UsageError(f"There is no field {name[:40]!r}: there are {', '.join(FIELDS)}.")
        if type(value) not in FIELDS[name]:
            kinds = " or ".join(kind.__name__ for kind in FIELDS[name])
            raise UsageError(f"The field {name} is {str(value)[:40]}: it must be {kinds}.")
        if isinstance(value, int | float) and not abs(value) < 2**32:
            raise UsageError(f"The field {name} is too large.")
    seed, parents = given.pop("seed", 0), given.pop("parents", [])
    check_seed(seed)
    if not all(isinstance(parent, str) for parent in parents):
        raise UsageError("The parents are ids: a list of words.")
    wish = replace(usual, **given)
    if wish.mixing not in ("cross", "blend"):
        raise UsageError(f"The mixing is {wish.mixing[:40]!r}: it must be cross or blend.")
    return parents, wish, seed
