"""Samples to files; the suffix says the form."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gan_jax import report
from gan_jax.data import Spec, table_files
from gan_jax.errors import RunError, UsageError
from gan_jax.storage import write_atomically


class Form(NamedTuple):
    """What a suffix stands for."""

    fits: Callable[[Spec], bool]  # whether it can hold such data
    content: Callable[[Mapping[str, np.ndarray], Spec], bytes]  # (samples and labels, spec) -> file


def _arrays(drawn: Mapping[str, np.ndarray], spec: Spec) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **drawn)
    return file.getvalue()


FORMS = {
    ".npz": Form(lambda spec: True, _arrays),
    ".png": Form(report.has_picture, lambda drawn, spec: report.png(drawn["samples"], spec)),
    ".gif": Form(
        lambda spec: spec.is_image, lambda drawn, spec: report.animation(drawn["samples"], "GIF")
    ),
    ".webp": Form(
        lambda spec: spec.is_image, lambda drawn, spec: report.animation(drawn["samples"], "WEBP")
    ),
    ".txt": Form(
        lambda spec: bool(spec.vocabulary), lambda drawn, spec: report.page(drawn["samples"], spec)
    ),
    ".csv": Form(lambda spec: bool(spec.columns), table_files.csv_content),
    ".parquet": Form(lambda spec: bool(spec.columns), table_files.parquet_content),
}


def check(out: Path, spec: Spec | None = None, *, overwrite: bool) -> Path:
    """The path itself, if it can be written to; asked before any work is done.

    Args:
      out: the path.
      spec: of the data, once it is known.
      overwrite: whether a file may be replaced.

    Raises:
      UsageError: a suffix that names no form, or none for such data.
      RunError: it exists, and may not be replaced.
      FileNotFoundError: its folder does not exist.
    """
    fitting = [suffix for suffix, form in FORMS.items() if spec is None or form.fits(spec)]
    if out.suffix not in FORMS:
        raise UsageError(f"--out {out} ends in none of {', '.join(fitting)}.")
    if out.suffix not in fitting:
        raise UsageError(
            f"--out {out}: a {out.suffix} cannot hold these data, of shape {spec.shape}; those "
            f"that can: {', '.join(fitting)}."
        )
    return check_free(out, overwrite=overwrite)


def check_free(out: Path, *, overwrite: bool) -> Path:
    """The path itself, if a file can be written there.

    Raises:
      RunError: it exists, and may not be replaced.
      FileNotFoundError: its folder does not exist.
    """
    if not out.absolute().parent.is_dir():
        raise FileNotFoundError(f"The folder {out.absolute().parent} does not exist: make it.")
    if out.is_dir() or (out.exists() and not overwrite):
        raise RunError(f"{out} exists: replace it by --overwrite, or name another file.")
    return out


def suited(spec: Spec) -> str:
    """The suffix that shows samples of such data best."""
    return next(suffix for suffix in (".csv", ".txt", ".png", ".npz") if FORMS[suffix].fits(spec))


def write(drawn: Mapping[str, np.ndarray], spec: Spec, out: Path) -> None:
    """Writes samples in the form of the suffix, in one piece."""
    write_atomically(out, FORMS[out.suffix].content(drawn, spec))
