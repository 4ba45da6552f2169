"""The commands `gan-jax data ...`: what a set is, and sets for TensorFlow Datasets."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from gan_jax.errors import DataError, UsageError
from gan_jax.words import named

USAGE = "gan-jax data describe SPEC, or gan-jax data prepare NAME [flags]"
ABOUT = """A set for TensorFlow Datasets, prepared as ArrayRecord. With --from it is made of data
that you have, with no network and without TensorFlow; otherwise tfds downloads and prepares it, for
which TensorFlow must be installed."""


def data(words: Sequence[str]) -> Any:
    """gan-jax data describe SPEC | gan-jax data prepare NAME [flags]"""
    command, *rest = words or [""]
    match command:
        case "describe":
            from gan_jax.describe import describe

            return describe(rest)
        case "prepare":
            return prepare(rest)
        case "-h" | "--help":
            return print(f"usage: {USAGE}")
    raise UsageError(f"Give it as {USAGE}.")


def prepare(words: Sequence[str]) -> None:
    """gan-jax data prepare NAME [--from SPEC] [--data-dir FOLDER]"""
    name, rest = named(words, "Name the set: gan-jax data prepare NAME, or NAME:VERSION.")
    given = _flags(rest)
    data_dir = given.data_dir or None
    from gan_jax.data import prepared

    prepared.parse(name)
    place = _convert(name, given) if given.source else _download(name, prepared.folder(data_dir))
    spec = f"'tfds:{name}?data_dir={data_dir}'" if data_dir else f"tfds:{name}"
    print(f"Wrote {place}. Next: gan-jax train EXPERIMENT --data {spec}")


def _flags(words: Sequence[str]) -> Any:
    import tyro

    from gan_jax.data.forms import NAMES

    forms = ", ".join(form for form in NAMES if not form.startswith("tfds"))
    source = tyro.conf.arg(name="from", help=f"Images to make it of, of {forms}.")
    place = tyro.conf.arg(help="Folder of the prepared sets; as tfds has it if not given.")
    fields = [("source", Annotated[str, source], ""), ("data_dir", Annotated[str, place], "")]
    kind = dataclasses.make_dataclass("Flags", fields)
    return tyro.cli(kind, args=list(words), prog="gan-jax data prepare NAME", description=ABOUT)


def _convert(name: str, given: Any) -> Path:
    """Our own data."""
    from gan_jax import data
    from gan_jax.data.prepare import prepare

    return prepare(data.open(given.source), name, given.data_dir or None)


def _download(name: str, folder: Path) -> str:
    """What tfds itself prepares."""
    if not importlib.util.find_spec("tensorflow"):
        raise UsageError(
            f"tfds needs TensorFlow and a network to prepare {name}: pip install tensorflow, and "
            "try again. From files that you have it needs neither: --from idx:PATH, or --from "
            "folder:PATH."
        )
    import tensorflow_datasets as tfds

    from gan_jax.data import prepared

    what, config, version = prepared.parse(name)
    try:
        builder = tfds.builder(
            what, config=config, version=version, data_dir=folder, file_format=prepared.FORMAT
        )
        print(f"tfds downloads and prepares {builder.info.full_name} in {folder}.")
        builder.download_and_prepare()
    except Exception as error:  # of any kind: no such name, no network, a changed file, a full disk
        said = " ".join(str(error).split())
        raise DataError(f"tfds could not prepare {name}: {said}") from error
    return builder.data_dir
