"""Archives, .zip, .tar and .tar.gz, which are read in place and never unpacked."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, NamedTuple

from gan_jax.data.images import FILE_LIMIT, Opener

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
DAMAGE = (OSError, EOFError, NotImplementedError, UnicodeError, struct.error, zlib.error)
DAMAGE += (zipfile.BadZipFile, tarfile.TarError)
"""What reading an archive that is no sound one raises."""

Contents = Callable[[dict[str, Any]], Iterator[tuple[str, Opener]]]
"""Handles by path to pairs of a path and what opens it, in the order of the storage."""


class Member(NamedTuple):
    """What has a name in an archive, or in a folder."""

    name: str
    kind: str  # "file", "folder" or "other": a link in an archive, a device, ...
    handle: Any


def is_archive(path: Path) -> bool:
    """Whether it is a file with the suffix of an archive, in capitals or not."""
    return path.is_file() and path.name.lower().endswith(SUFFIXES)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Iterator[Member], Contents]]:
    """The members of an archive, and what opens those of them that are files.

    Raises:
      One of DAMAGE: it is no sound archive.
    """
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield _zip_members(archive), partial(_zip_contents, archive)
        return
    with open(path, "rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    with tarfile.open(path, "r:gz" if gzipped else "r:") as archive:
        yield _tar_members(archive), partial(_tar_contents, archive)


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        mode = stat.S_IFMT(info.external_attr >> 16)
        kind = "folder" if info.is_dir() else "file" if mode in (0, stat.S_IFREG) else "other"
        yield Member(info.filename, kind, info)


def _zip_contents(archive: zipfile.ZipFile, files: dict[str, Any]) -> Iterator[tuple[str, Opener]]:
    lock = Lock()

    def content(info: zipfile.ZipInfo) -> BinaryIO:
        # From Python 3.12 on zipfile seeks from wherever another thread has just read.
        with lock, archive.open(info) as file:
            return io.BytesIO(file.read(FILE_LIMIT + 1))

    return ((path, partial(content, info)) for path, info in files.items())


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
    for info in archive.getmembers():
        kind = "folder" if info.isdir() else "file" if info.isfile() else "other"
        yield Member(info.name, kind, info)
    # tarfile takes whatever is no header for the end.
    archive.fileobj.seek(archive.offset)
    if archive.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("damaged or cut short")
    while archive.fileobj.read(2**20):
        pass  # to the end, where gzip has its checksum


def _tar_contents(archive: tarfile.TarFile, files: dict[str, Any]) -> Iterator[tuple[str, Opener]]:
    for path, info in files.items():
        # Read here and in order: going back in a gzipped archive begins it anew.
        content = archive.extractfile(info).read(FILE_LIMIT + 1)
        yield path, partial(io.BytesIO, content)
