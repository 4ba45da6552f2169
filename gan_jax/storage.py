"""Files that are written in one piece, and the user's cache folder."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def cache(*names: str) -> Path:
    """A place in the user's cache folder, which can be removed at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "gan_jax", *names).expanduser()


def replica_name(values: Mapping[str, float], seed: int) -> str:
    """The folder of one of many trainings, another for each.

    >>> replica_name({"learning_rate": 2e-4}, 3), replica_name({"rate": 1.000001e-4}, 1_000_000)
    ('learning_rate-0.0002-seed-3', 'rate-0.0001000001-seed-1000000')
    """
    return "-".join(f"{what}-{_digits(value)}" for what, value in {**values, "seed": seed}.items())


def older_name(values: Mapping[str, float], seed: int) -> str:
    """The folder that it had in earlier versions, which some had in common."""
    return "-".join(f"{what}-{value:g}" for what, value in {**values, "seed": seed}.items())


def _digits(value: float) -> str:
    """As few digits as tell the number from every other."""
    if isinstance(value, int):
        return str(value)
    return short if float(short := f"{value:g}") == value else repr(float(value))


def unfinished(path: Path) -> Path:
    """A name beside it that nobody else uses, for what will be renamed when it is whole."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Where an error of the system names no file, as that of a full disk, it names this one."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.strerror is None:
            raise
        said = f"{path} cannot be written ({error.strerror}; {free(path)})"
        raise OSError(f"{said}: what was saved before is intact.") from error


def free(path: Path) -> str:
    """How much room is left on the disk of a path whose folder is there."""
    return f"{shutil.disk_usage(path.parent).free:,} bytes are free"


def write_atomically(path: Path, content: bytes | Callable[[BinaryIO], object]) -> None:
    """Writes beside and then renames, so that no reader sees half a file.

    Args:
      path: of the file; its folder is there.
      content: the bytes, or what writes them to an open file.
    """
    beside = unfinished(path)
    try:
        with named(path), open(beside, "wb") as file:
            content(file) if callable(content) else file.write(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
