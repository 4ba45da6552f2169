"""The command `gan-jax explore`: its sub-commands, each a function of a run's folder and flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_jax import (
    explore_breed,
    explore_data,
    explore_directions,
    explore_inversion,
    explore_places,
    explore_rejection,
    explore_surfaces,
)
from gan_jax.data.query import hint
from gan_jax.errors import UsageError

USAGE = "gan-jax explore RUN WHAT [flags]"
NEEDS = (
    "Name a run and what to do with it: " + USAGE + "; gan-jax explore --help lists what there is."
)

COMMANDS: Mapping[str, tuple[Callable[[Path, Sequence[str]], Any], str]] = {
    "interpolate": (explore_places.interpolate, "from sample to sample, in even steps"),
    "arithmetic": (explore_places.arithmetic, "sums of the means of exemplars"),
    "walk": (explore_surfaces.walk, "a surface between three samples, or a plane of two axes"),
    "directions": (explore_directions.directions, "along which it changes most: SeFa, GANSpace"),
    "truncate": (explore_data.truncate, "typical latents: better samples of less variety"),
    "invert": (explore_inversion.invert, "the latents of an image, or of examples of data"),
    "reject": (explore_rejection.reject, "samples that the critic takes for real ones"),
    "codes": (explore_surfaces.codes, "the codes of an InfoGAN, each in turn"),
    "breed": (explore_breed.breed, "children of samples, as files or on a page in the browser"),
}
"""By name: `(folder of the run, flags)` to an exit code or None, and what it is."""


def explore(words: Sequence[str]) -> Any:
    """gan-jax explore RUN WHAT [flags]"""
    run, what = (*words, "", "")[:2]
    if {run, what} & {"-h", "--help"}:
        return print(_usage())
    if not what or run.startswith("-"):
        raise UsageError(NEEDS)
    if what not in COMMANDS:
        known = f"{hint(what, COMMANDS)}there are {', '.join(COMMANDS)}"
        raise UsageError(f"There is no gan-jax explore RUN {what}: {known}.")
    return COMMANDS[what][0](Path(run), words[2:])


def _usage() -> str:
    rows = "\n".join(f"  {name:14} {about}" for name, (_, about) in COMMANDS.items())
    return f"usage: {USAGE}\n\n{rows}\n\ngan-jax explore RUN WHAT --help shows the flags."
