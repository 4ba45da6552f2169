"""`gan-jax explore RUN breed`: generations on the command line, and the page that shows them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from gan_jax.errors import UsageError
from gan_jax.lineage import Individual, Lineage
from gan_jax.options import check_seed
from gan_jax.reading import Source, seed_of
from gan_jax.words import flags

DIGITS = 16
"""Hexadecimal ones, of the digest of a state, that an individual keeps."""


@dataclasses.dataclass(frozen=True)
class Task:
    """Of whom, and where to."""

    parents: str = ""
    """Ids of one or two, with a comma between; a first generation of the prior if not given."""
    axis: int | None = None
    """Change one parent along this number of the latent, from 0, and not by chance."""
    direction: str = ""
    """Or along an array of the latent's size in a .npz: FILE.npz:NAME, or FILE.npz:0 for the first
    row of the `directions` that `explore directions` writes."""
    amount: float = 3.0
    """How far along it: children evenly from minus this to this, in lengths of the direction."""
    remake: str = ""
    """Make these ids again, with commas between, and breed nothing."""
    lineage: str = ""
    """Print how this id came to be, its ancestors first, and make nothing."""
    out: str = "children.png"
    """A .png, or a .npz (arrays `samples`, `latents`, `ids`, `labels`), or what `sample` writes."""
    overwrite: bool = False
    """Replace the file if it exists."""
    serve: bool = False
    """Breed in a browser, on a page that this machine alone can see."""
    port: int = 8765
    """Of the page; 0 for any that is free."""


def breed(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN breed [flags]"""
    from gan_jax.wishes import Wish

    kinds = {"task": Task, "wish": Wish, "source": Source}
    task, wish, source = flags(words, "explore RUN breed", **kinds)
    _check(task, source)
    from gan_jax.loading import place

    lineage = Lineage(place(folder, source.replica or None, source.experiment or None))
    ids = _ids(task.lineage or task.remake or task.parents)
    found = lineage.find(ids)
    if task.lineage:
        return print("\n".join(map(told, lineage.ancestry(ids))))
    if task.serve:
        return _serve(folder, lineage, task, wish, source)
    from gan_jax import writing

    out = writing.check(Path(task.out).expanduser(), overwrite=task.overwrite)
    along = _direction(task)
    trained, breeder = _opened(folder, lineage, source, found)
    writing.check(out, trained.spec, overwrite=task.overwrite)
    seed = seed_of(source, trained)
    if along is not None:
        size = breeder.genome(ids[0]).size
        ids = breeder.edited(ids[0], _axis(along, size), task.amount, wish)
    elif task.parents:
        ids = breeder.bred(ids, wish, seed)
    elif not task.remake:
        ids = breeder.drawn(wish, seed)
    writing.write(breeder.made(ids), trained.spec, out)
    columns = math.ceil(math.sqrt(len(ids)))
    for first in range(0, len(ids), columns):
        print(*ids[first : first + columns])
    print(f"Wrote {len(ids)} of them to {out}, in this order.")


def told(individual: Individual) -> str:
    """One line of how an individual came to be."""
    numbers = [f"{name} {number:g}" for name, number in individual.numbers.items()]
    of = " and ".join(individual.parents)
    label = [] if individual.label is None else [f"class {individual.label}"]
    where = [f"seed {individual.seed} number {individual.index}", f"step {individual.step}"]
    return f"{individual.id}  {individual.operation} {of or 'from the prior'}  " + ", ".join(
        [*numbers, *label, *where, f"{individual.weights} weights"]
    )


def _check(task: Task, source: Source) -> None:
    """Refuses flags that do not go together, before anything is loaded."""
    check_seed(source.seed or 0)
    modes = {"parents": task.parents, "remake": task.remake, "lineage": task.lineage}
    given = [f"--{name}" for name, value in (modes | {"serve": task.serve}).items() if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} are given: give one of them.")
    edits = (task.axis is not None) + bool(task.direction)
    if edits and (len(_ids(task.parents)) != 1 or edits > 1):
        raise UsageError("--axis or --direction, one of them, needs --parents with one id.")
    if not 0 <= task.port < 2**16:
        raise UsageError(f"--port is {task.port}: it must be from 0 to {2**16 - 1}.")


def _ids(given: str) -> list[str]:
    return [id for id in (word.strip() for word in given.split(",")) if id]


def _opened(
    folder: Path, lineage: Lineage, source: Source, found: Sequence[Individual]
) -> tuple[Any, Any]:
    """The trained model, at the step of these individuals if none is asked for; its breeder."""
    from gan_jax.cache import keep_programs
    from gan_jax.generations import Breeder
    from gan_jax.inheritance import digest
    from gan_jax.loading import load

    if source.cache:
        keep_programs()
    if found and source.step is None:
        source = dataclasses.replace(source, step=found[0].step)
    if found and source.weights == "average":
        source = dataclasses.replace(source, weights=found[0].weights)
    given = folder, source.step, source.replica or None, source.experiment or None
    trained = load(*given)
    maker = trained.maker(average=source.weights == "average")
    step = int(trained.state.step)
    made_by = step, source.weights, digest(trained.state)[:DIGITS]
    breeder = Breeder(maker, lineage, trained.spec.classes, *made_by)
    breeder.check(found)
    return trained, breeder


def _direction(task: Task) -> Any:
    """The array of the file, or the number of the axis; None if neither is asked for."""
    import numpy as np

    if not task.direction:
        return task.axis
    path, mark, name = task.direction.rpartition(".npz:")
    path, name = (f"{path}.npz", name) if mark else (task.direction, "")
    try:
        with np.load(Path(path).expanduser(), allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except (ValueError, TypeError, AttributeError, EOFError, BadZipFile) as error:
        raise UsageError(f"--direction {path}: it is no .npz of numbers ({error}).") from error
    arrays = {key: np.float32(array) for key, array in arrays.items() if array.dtype.kind in "fiu"}
    rows = arrays.get("directions", ())
    if name.isdecimal() and int(name) < len(rows):
        return rows[int(name)]
    if name in arrays or (not name and len(arrays) == 1):
        return arrays[name or next(iter(arrays))]
    there = f"one of {', '.join(arrays) or 'none'}" + (
        f", or 0 to {len(rows) - 1}" * bool(len(rows))
    )
    raise UsageError(f"--direction {task.direction}: name {there}, as {path}:NAME")


def _axis(along: Any, size: int) -> Any:
    """The direction itself, or that of an axis."""
    import numpy as np

    if not isinstance(along, int):
        return along
    if not 0 <= along < size:
        raise UsageError(f"--axis is {along}: a latent has {size} numbers, from 0.")
    return np.eye(1, size, along, dtype=np.float32)[0]


def _serve(folder: Path, lineage: Lineage, task: Task, wish: Any, source: Source) -> None:
    trained, breeder = _opened(folder, lineage, source, ())
    from gan_jax.breeding_site import Site
    from gan_jax.serving import serve

    site = Site(breeder, trained.spec, wish, seed_of(source, trained), folder.absolute().name)
    serve(site, task.port)
