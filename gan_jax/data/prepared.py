"""Where the prepared sets of TensorFlow Datasets lie: FOLDER/NAME[/CONFIG]/VERSION."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from gan_jax.errors import DataError

FORMAT = "array_record"
"""The one that is read at any place and without TensorFlow."""
INFO = "dataset_info.json"
VERSION = re.compile(r"\d+\.\d+\.\d+")
NAME = re.compile(rf"([a-z]\w*)(?:/([\w.+-]+))?(?::({VERSION.pattern}))?")


class Name(NamedTuple):
    """NAME, NAME:VERSION, NAME/CONFIG or NAME/CONFIG:VERSION."""

    name: str
    config: str | None = None
    version: str | None = None


def parse(word: str) -> Name:
    """The parts of a name.

    Raises:
      DataError: it is no such name.

    >>> parse("cmaterdb/bangla:1.0.0")
    Name(name='cmaterdb', config='bangla', version='1.0.0')
    """
    found = NAME.fullmatch(word)
    if not found:
        raise DataError(
            f"{word!r} is no name of a set of TensorFlow Datasets: give it in small letters, with "
            "its version or not, as in mnist or mnist:3.0.1"
        )
    return Name(*found.groups())


def folder(data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Where the sets lie: as given, or as $TFDS_DATA_DIR says, or ~/tensorflow_datasets."""
    named = data_dir or os.environ.get("TFDS_DATA_DIR") or Path("~", "tensorflow_datasets")
    return Path(named).expanduser()


def find(word: str, data_dir: str | os.PathLike[str] | None = None) -> Path:
    """The place of a prepared set: that of its newest version, if none is named.

    Args:
      word: see `Name`.
      data_dir: see `folder`.

    Raises:
      DataError: there is none, or in another format, or in several configurations.
    """
    name, config, version = parse(word)
    top = folder(data_dir) / name / (config or "")
    places = _versions(top)
    if not places and not config:
        configs = [path for path in _below(top) if _versions(path)]
        if len(configs) > 1:
            named = ", ".join(f"{name}/{path.name}" for path in configs)
            raise DataError(f"{word} is prepared in several configurations: name one of {named}")
        places = _versions(configs[0]) if configs else []
    chosen = [place for place in places if version in (None, place.name)]
    if not chosen:
        raise DataError(_missing(word, data_dir, places))
    _check_format(chosen[-1])
    return chosen[-1]


def _missing(word: str, data_dir: str | os.PathLike[str] | None, others: list[Path]) -> str:
    there = f" (there is {', '.join(place.name for place in others)})" if others else ""
    flag = f" --data-dir {data_dir}" if data_dir else ""
    return (
        f"{word} is not prepared in {folder(data_dir)}{there}: prepare it by `gan-jax data prepare "
        f"{word}{flag}`, with --from idx:PATH or --from folder:PATH from files that you have, or "
        "say by data_dir=PATH where it lies"
    )


def _check_format(place: Path) -> None:
    try:
        about = json.loads((place / INFO).read_text())
        formats = [about.get("fileFormat"), *about.get("alternativeFileFormats", ())]
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{place / INFO} cannot be read ({error}): prepare the set anew") from error
    if FORMAT not in formats:
        raise DataError(
            f"{place} is prepared as {formats[0] or 'tfrecord'}, which is not read at any place: "
            f"prepare it as {FORMAT} in another folder, by `gan-jax data prepare` with --data-dir"
        )


def _versions(top: Path) -> list[Path]:
    """The prepared versions below a folder, the newest last."""
    places = [path for path in _below(top) if VERSION.fullmatch(path.name)]
    number = lambda path: [int(part) for part in path.name.split(".")]
    return sorted((path for path in places if (path / INFO).is_file()), key=number)


def _below(top: Path) -> list[Path]:
    return sorted(path for path in top.iterdir() if path.is_dir()) if top.is_dir() else []
