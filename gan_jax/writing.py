"""Samples to files; the suffix says the form."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gan_jax import report
from gan_jax.data import Spec
from gan_jax.errors import RunError, UsageError
from gan_jax.runs import write_atomically

SUFFIXES = (".npz", ".png")


def check(out: Path, *, overwrite: bool) -> Path:
    """The path itself, if it can be written to; asked before any work is done.

    Raises:
      UsageError: a suffix that names no form.
      RunError: it exists, and may not be replaced.
      FileNotFoundError: its folder does not exist.
    """
    if out.suffix not in SUFFIXES:
        raise UsageError(f"--out {out} ends in none of {', '.join(SUFFIXES)}.")
    if not out.absolute().parent.is_dir():
        raise FileNotFoundError(f"The folder {out.absolute().parent} does not exist: make it.")
    if out.is_dir() or (out.exists() and not overwrite):
        raise RunError(f"{out} exists: replace it by --overwrite, or name another file.")
    return out


def write(drawn: Mapping[str, np.ndarray], spec: Spec, out: Path) -> None:
    """Writes samples in the form of the suffix, in one piece."""
    if out.suffix == ".png":
        report.picture(drawn["samples"], spec, out)
        return
    file = io.BytesIO()
    np.savez_compressed(file, **drawn)
    write_atomically(out, file.getvalue())
