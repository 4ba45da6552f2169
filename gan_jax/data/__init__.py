"""Data sets: a training part, a held-out part and a spec, from a name, a path or arrays."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

from gan_jax.data import forms, query
from gan_jax.data.arrays import from_arrays
from gan_jax.data.dataset import EXAMPLES, Dataset
from gan_jax.data.few import few, some_of
from gan_jax.data.labelled import partly_labelled
from gan_jax.data.spec import Mixture, Spec
from gan_jax.errors import DataError

FORMS = {
    **{f".{form}": form for form in ("csv", "parquet", "npy", "npz")},
    **{".txt": "text", ".zip": "folder", ".tar": "folder", ".gz": "folder"},
}
"""What a file is likely to be, by the end of its name."""

__all__ = [
    "EXAMPLES",
    "Dataset",
    "Mixture",
    "Spec",
    "few",
    "from_arrays",
    "open",
    "partly_labelled",
]


def open(spec: str, fingerprint: str | None = None) -> Dataset:
    """The data set that a spec names, as in `--data digits`.

    ====================  ================================================================
    `digits`              1,797 handwritten digits, 8x8, from scikit-learn
    `ring`                8 Gaussians on a circle
    `grid`                25 Gaussians on a 5x5 grid
    `swiss_roll`          a spiral
    `idx:PATH`            the folder of MNIST's four files, or of a set in the same format
    `folder:PATH`         images in folders, or in an archive .zip, .tar or .tar.gz
    `npy:PATH`            one array
    `npz:PATH`            arrays by name, such as samples of a model
    `waves`               sines and sawtooths of 30 steps
    `text:PATH`           the characters of a text file: windows of it, or its lines
    `oracle`              text of a random recurrent network, whose probabilities are known
    `stacked_mnist:PATH`  three digits of `idx:PATH` as channels: 1,000 classes
    `tfds:NAME`           a set of TensorFlow Datasets that is prepared on the disk
    `csv:PATH`            a table, whose first row names the columns
    `parquet:PATH`        a table, whose columns have types
    `domains:SPEC`        two domains without pairs, made of any of these; see `domains`
    ====================  ================================================================

    Options follow a `?`, as in `folder:PATH?size=32&resize=pad`: for a folder size, resize,
    skip_corrupt and held_out, for arrays range, held_out and sequences=1 where they are [N, T, C],
    for text window=32 or lines=1&length=32, for tfds data_dir, split, held_out, size and resize;
    see the functions of these names. For tables see `tabular`:
    `csv:people.csv?label=job&drop=id&categorical=zip,code&ordinal=size:S<M<L`, and so integer,
    continuous, boolean and date, encoding and held_out, or types=FILE.toml with a line for each
    column. All data with labels take labelled=100: how many of them a game may use, see
    `partly_labelled`; and per_class=20: how many examples of each class are left for training, see
    `few`; subset=3 is the seed by which both choose. A path with a `?` of its own gets another one
    at its end.

    Args:
      spec: one of these; `~` and environment variables in PATH are expanded.
      fingerprint: what that of the data must be, if given.

    Raises:
      DataError: an unknown name or option, an unset variable, or data that cannot be read or are
        others.

    >>> open("ring").held_out["real"].shape
    (10000, 2)
    """
    try:
        data = _named(spec)
    except DataError:
        raise
    except ValueError as error:  # an option that no reader takes, or not with these data
        raise DataError(f"`{spec}`: {error}") from error
    except OSError as error:  # a path that is too long, a folder that may not be entered
        raise DataError(f"`{spec}` cannot be read ({error.strerror or error})") from error
    if fingerprint is not None and data.fingerprint != fingerprint:
        raise DataError(f"{spec} is not the data that the run began with: bring those back")
    return data


def _named(spec: str) -> Dataset:
    whole, given = query.taken(spec, *query.COMMON)
    if given:
        kinds = dict.fromkeys(query.COMMON, int)
        return some_of(_named(whole), **query.options(given, spec, **kinds))
    form, path, given = query.split(spec)
    if form == "domains" and path:
        from gan_jax.data.domains import domains

        inner, own = query.taken(spec.removeprefix("domains:"), "to", "classes")
        return domains(_named(inner), **query.options(own, spec, to=str, classes=query.names))
    options = partial(query.options, given, spec)
    if path is None:
        found = forms.alone(form, options)
    else:
        expand = partial(_expand, spec=spec)
        found = path and forms.at(form, expand(path), options, expand)
    if found:
        return found
    names = {name.partition(":")[0]: name for name in forms.NAMES}
    hint = query.hint(form, names, names.__getitem__) or _form(spec)
    raise DataError(f"unknown data `{spec}`: {hint}give one of {', '.join(forms.NAMES)}")


def _form(spec: str) -> str:
    """A question that names the form of a path which is there, if that is all that is missing."""
    path = Path(spec.partition("?")[0]).expanduser()
    form = "folder" if path.is_dir() else FORMS.get(path.suffix)
    return f"did you mean {form}:{spec}? " if form and path.exists() else ""


def _expand(path: str, spec: str) -> str:
    for braced, bare in re.findall(r"\$(?:{(\w+)}|(\w+))", path):
        if not os.environ.get(braced or bare):
            raise DataError(
                f"`{spec}` names the environment variable {braced or bare}, which is "
                "not set: set it to the folder that holds your data, or name the "
                f"place itself: --data {spec.partition(':')[0]}:PATH"
            )
    return os.path.expanduser(os.path.expandvars(path))
