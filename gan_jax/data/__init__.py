"""Data sets: a training part, a held-out part and a spec, from a name, a folder or arrays."""

from __future__ import annotations

import difflib
import os
import re

from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import Dataset
from gan_jax.data.spec import Mixture, Spec
from gan_jax.errors import DataError

__all__ = ["Dataset", "Mixture", "Spec", "from_arrays", "open"]

FORMS = ("digits", "ring", "grid", "swiss_roll", "idx:PATH")


def open(spec: str, fingerprint: str | None = None) -> Dataset:
    """The data set that a spec names, as in `--data digits`.

    ==============  ================================================================
    `digits`        1,797 handwritten digits, 8x8, from scikit-learn
    `ring`          8 Gaussians on a circle
    `grid`          25 Gaussians on a 5x5 grid
    `swiss_roll`    a spiral
    `idx:PATH`      the folder of MNIST's four files, or of a set in the same format
    ==============  ================================================================

    Args:
      spec: one of these; `~` and environment variables in PATH are expanded.
      fingerprint: what that of the data must be, if given.

    Raises:
      DataError: an unknown name, an unset variable, or data that cannot be read or are others.

    >>> open("ring").held_out["real"].shape
    (10000, 2)
    """
    data = _named(spec)
    if fingerprint is not None and data.fingerprint != fingerprint:
        raise DataError(f"{spec} is not the data that the run began with: bring those back")
    return data


def _named(spec: str) -> Dataset:
    match spec.partition(":"):
        case "digits", "", _:
            from gan_jax.data.digits import digits

            return digits()
        case "ring" | "grid" | "swiss_roll" as name, "", _:
            from gan_jax.data import toy

            return getattr(toy, name)()
        case "idx", ":", path if path:
            from gan_jax.data.idx import idx

            return idx(_expand(path, spec))
    near = difflib.get_close_matches(spec, FORMS, n=2)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise DataError(f"unknown data `{spec}`: {hint}give one of {', '.join(FORMS)}")


def _expand(path: str, spec: str) -> str:
    for braced, bare in re.findall(r"\$(?:{(\w+)}|(\w+))", path):
        if not os.environ.get(braced or bare):
            raise DataError(
                f"`{spec}` names the environment variable {braced or bare}, which is "
                "not set: set it to the folder that holds your data, or name the "
                "folder itself: --data idx:PATH"
            )
    return os.path.expanduser(os.path.expandvars(path))
