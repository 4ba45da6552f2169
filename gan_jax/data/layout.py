"""From folders to parts and classes: what the path of an image says about it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gan_jax.errors import DataError

TRAIN, HELD_OUT = "train", ("test", "held_out", "validation", "val")


class Place(NamedTuple):
    """The part that an image belongs to, and the name of its class, "" where there are none."""

    held_out: bool
    name: str


def placed(root: str | Path, paths: Sequence[str]) -> dict[str, Place]:
    """Part and class of every image, from the folders that it lies in.

    Args:
      root: what messages call the set.
      paths: of the images below the root.

    Raises:
      DataError: images beside folders of images, or folders of which parts are meant is unclear.

    >>> paths = ["pets/train/cat/1.png", "pets/train/dog/1.png", "pets/test/cat/2.png"]
    >>> placed("~", paths)["pets/test/cat/2.png"]
    Place(held_out=True, name='cat')
    """
    folders = _beyond_shared([tuple(path.split("/")[:-1]) for path in paths])
    held = [False] * len(paths)
    if _is_split(root, set(folders)):
        held = [parts[0].lower() != TRAIN for parts in folders]
        folders = _beyond_shared([parts[1:] for parts in folders])
    distinct = set(folders)
    for parts in distinct:
        for depth in range(len(parts)):
            if parts[:depth] in distinct:
                raise DataError(
                    f"{root}: images both in the folder {'/'.join(parts[:depth]) or '.'} and below "
                    f"it in {'/'.join(parts)}: a class is one folder, so move them apart"
                )
    names = map("/".join, folders)
    return dict(zip(paths, map(Place, held, names), strict=True))


def check_kept(root: str | Path, places: dict[str, Place], kept: Sequence[str]) -> None:
    """Refuses a class that is not trained on, and a held-out part of which nothing is left."""
    trained = {places[path].name for path in kept if not places[path].held_out}
    for path, place in places.items():
        if place.name not in trained:
            where = f"the class {place.name}" if place.name else "the training part"
            raise DataError(
                f"{root}: {where} has no sound image to train on, unlike {path}: add one, or "
                "remove the folder"
            )
    held = {place.held_out for place in places.values()}
    if held != {places[path].held_out for path in kept}:
        raise DataError(f"{root}: the held-out folder has no sound image: add one, or remove it")


def _beyond_shared(folders: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    levels = zip(*folders, strict=False)
    shared = sum(1 for _ in itertools.takewhile(lambda names: len(set(names)) == 1, levels))
    return [parts[shared:] for parts in folders]


def _is_split(root: str | Path, folders: set[tuple[str, ...]]) -> bool:
    """Whether the topmost folders are those of the training part and of the held-out part."""
    named = {parts[0] if parts else "images in no folder" for parts in folders}
    tops = {name.lower() for name in named}
    if TRAIN in tops and len(named) > len(tops):
        raise DataError(
            f"{root}: the folders {', '.join(sorted(named))}, of which some differ in capitals "
            "only: put what belongs together into one"
        )
    others = tops - {TRAIN}
    if len(others) == len(tops):
        return False
    if len(others) == 1 and others <= set(HELD_OUT):
        return True
    # Images directly in `train` may be a class, of vehicles; folders in it are classes themselves.
    if others & set(HELD_OUT) or any(len(p) > 1 and p[0].lower() == TRAIN for p in folders):
        raise DataError(
            f"{root}: the folder {TRAIN} beside {', '.join(sorted(others))}: expected one beside "
            f"it, the held-out part, called {' or '.join(HELD_OUT)}; move others away"
        )
    return False
