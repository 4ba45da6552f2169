"""What lies in a folder or an archive of images, and what has no place among them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from gan_jax.data import archives
from gan_jax.data.archives import Member
from gan_jax.data.images import SUFFIXES, Opener
from gan_jax.errors import DataError

JUNK = ("thumbs.db", "desktop.ini", "__macosx")


class Listing(NamedTuple):
    """The files of a folder or an archive, without hidden ones and junk.

    Args:
      images: POSIX paths below the root, in the order of their characters.
      others: likewise, files whose suffix is not that of an image.
      contents: gives pairs of an image's path and what opens it, in the order of the storage.
    """

    images: list[str]
    others: list[str]
    contents: Callable[[], Iterator[tuple[str, Opener]]]


def is_image(path: str) -> bool:
    """Whether the path has the suffix of an image, in capitals or not."""
    return path.lower().endswith(SUFFIXES)


def stamp(root: Path) -> str:
    """SHA-256, in hex, of the place and of all names, sizes and times; for an archive of its own.

    The time of the last change of status is among them, since nobody can set it back.

    Raises:
      DataError: see `listed`.
    """
    digest = hashlib.sha256(os.fsencode(root.resolve()))
    with _reported(root):
        members = [Member("", "file", root)] if root.is_file() else _walk(root)
        for name, kind, file in sorted(members):
            digest.update(os.fsencode(f"\n{name}\0{kind}"))
            if kind == "file":  # a folder's own times are those of hidden files too
                known = os.stat(file)
                times = f" {known.st_size} {known.st_mtime_ns} {known.st_ctime_ns}"
                digest.update(times.encode())
    return digest.hexdigest()


@contextmanager
def listed(root: Path) -> Iterator[Listing]:
    """Opens a folder, or an archive .zip, .tar or .tar.gz.

    Raises:
      DataError: it cannot be read, has no images, has a folder without images; or an archive with
          links, or with paths that lead out of it.
    """
    with ExitStack() as stack:
        with _reported(root):
            if root.is_dir():
                members, contents = _walk(root), _openers
            else:
                members, contents = stack.enter_context(archives.opened(root))
            files, folders = _sorted_out(members, root)
        images = {path: handle for path, handle in files.items() if is_image(path)}
        others = sorted(files.keys() - images.keys())
        _check_filled(root, images, folders, others)
        yield Listing(sorted(images), others, partial(contents, images))


@contextmanager
def _reported(root: Path) -> Iterator[None]:
    """What goes wrong with the root itself, in one line."""
    try:
        if not root.is_dir() and not archives.is_archive(root):
            raise DataError(
                f"{root}: {'no folder' if root.exists() else 'not found'}, expected a folder of "
                f"images, or an archive {', '.join(archives.SUFFIXES)}"
            )
        yield
    except archives.DAMAGE as error:
        said = " ".join(str(error).split())
        raise DataError(
            f"{root}: cannot be read ({said}): see that it is whole, and that you may read it"
        ) from error


def _walk(folder: str | Path, prefix: str = "", above: tuple = ()) -> Iterator[Member]:
    """All below a folder; links are followed, as data are often made of them."""
    known = os.stat(folder)
    here = (known.st_dev, known.st_ino)
    if here in above:
        raise DataError(f"{folder} leads back to a folder above it: remove the link")
    for entry in os.scandir(folder):
        path = prefix + entry.name
        if _is_junk(entry.name):
            continue
        if entry.is_dir():
            yield Member(path, "folder", entry.path)
            yield from _walk(entry.path, f"{path}/", (*above, here))
        else:
            yield Member(path, "file" if entry.is_file() else "other", entry.path)


def _openers(files: dict[str, Any]) -> Iterator[tuple[str, Opener]]:
    return ((path, partial(open, file, "rb")) for path, file in files.items())


def _sorted_out(members: Iterable[Member], root: Path) -> tuple[dict[str, Any], set[str]]:
    """The handles of files by path, and the folders; refuses what has no place in a data set."""
    files, folders, archived = {}, set(), root.is_file()
    for name, kind, handle in members:
        parts = PurePosixPath(name).parts
        if archived and (name.startswith("/") or ".." in parts or "\\" in name):
            raise DataError(
                f"{root}: the path {name!r} leads out of the archive, or is not written with "
                "slashes: make the archive anew, from inside of its folder"
            )
        path = "/".join(parts)
        if not parts or any(map(_is_junk, parts)):
            continue
        if kind == "folder":
            folders.add(path)
        elif kind == "other":
            raise DataError(f"{root}: {name!r} is a link or no plain file: put the file itself")
        elif path in files:
            raise DataError(f"{root}: holds {name!r} twice: make the archive anew")
        else:
            files[path] = handle
    return files, folders


def _check_filled(root: Path, images: dict, folders: set[str], others: list[str]) -> None:
    if not images:
        found = f", only {', '.join(others[:3])}" if others else ""
        raise DataError(f"{root}: no images in it{found}; expected files {', '.join(SUFFIXES)}")
    filled = {str(parent) for path in images for parent in PurePosixPath(path).parents}
    if empty := sorted(folders - filled):
        raise DataError(f"{root}: the folder {empty[0]} holds no images: fill it, or remove it")


def _is_junk(name: str) -> bool:
    return name.startswith(".") or name.lower() in JUNK
