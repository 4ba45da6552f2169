"""The lineage of a run: how each individual that was bred came to be, so that it can be made again.

An individual is its recipe. Its id is a hash of the recipe, which names its parents by theirs: so
equal recipes are one individual, and no row of the file can be changed, or made its own ancestor,
without being noticed. The recipes lie in RUN/lineage.jsonl, which is only appended to.
"""

from __future__ import annotations

import base64
import dataclasses
import fcntl
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_jax.data.query import hint
from gan_jax.errors import RunError, UsageError

FILE = "lineage.jsonl"
LENGTH = 12
"""Letters of an id, of 5 bits: two of a million are alike by a chance below one in two million."""


class UnknownError(UsageError):
    """An id that the lineage does not have."""


@dataclasses.dataclass(frozen=True)
class Individual:
    """The recipe of one individual.

    Attributes:
      operation: `draw` of the prior, `mutate`, `cross` or `blend` of parents, `edit`.
      parents: ids of none, one or two.
      seed: of the generation.
      index: in the generation, from 0.
      numbers: of the operation, by name: `rate`, `mutation`, `amount`, `truncation`.
      label: of its class, from 0; None where there are none.
      direction: of an edit, its float32 numbers in base64; else empty.
      step: of the checkpoint.
      weights: `average` or `last`.
      digest: of the state of that step, which may be trained again to other weights.
    """

    operation: str
    parents: tuple[str, ...]
    seed: int
    index: int
    numbers: Mapping[str, float]
    label: int | None
    direction: str
    step: int
    weights: str
    digest: str

    @property
    def id(self) -> str:
        """Letters and digits, in which no two individuals of a run are alike."""
        recipe = json.dumps(dataclasses.asdict(self), sort_keys=True, allow_nan=False)
        return base64.b32encode(hashlib.sha256(recipe.encode()).digest()).decode()[:LENGTH].lower()


class Lineage:
    """The individuals of a run, and the file that keeps them."""

    def __init__(self, folder: Path):
        """Of the run, or of one replica in it; the file need not be there."""
        self.path = folder / FILE
        self._known: dict[str, Individual] = {}
        self._read = 0  # bytes of whole lines

    def find(self, ids: Sequence[str]) -> list[Individual]:
        """The recipes of these ids.

        Raises:
          UnknownError: there is no such individual.
          RunError: the file is damaged.
        """
        if not all(id in self._known for id in ids):
            self._refresh()
        for id in ids:
            if id not in self._known:
                near = hint(id, self._known)
                count = f"it has {len(self._known)}, each printed when it was bred"
                raise UnknownError(f"{self.path} has no individual {id!r}: {near}{count}.")
        return [self._known[id] for id in ids]

    def ancestry(self, ids: Sequence[str]) -> list[Individual]:
        """The individuals of these ids and all their ancestors, parents before their children."""
        self.find(ids)
        found, waiting = {}, [(id, False) for id in reversed(ids)]
        while waiting:
            id, after_parents = waiting.pop()
            if id in found:
                continue
            if after_parents:
                found[id] = self._known[id]
                continue
            waiting += [(id, True), *((parent, False) for parent in reversed(self._parents(id)))]
        return list(found.values())

    def add(self, individuals: Iterable[Individual]) -> None:
        """Appends those that are not there yet; several processes may do so at once."""
        with open(self.path, "ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._refresh()
            file.truncate(self._read)  # what a writer that was killed left of its last line
            fresh = {individual.id: individual for individual in individuals}
            fresh = {id: found for id, found in fresh.items() if id not in self._known}
            rows = ({"id": id} | dataclasses.asdict(found) for id, found in fresh.items())
            file.write("".join(json.dumps(row) + "\n" for row in rows).encode())
        self._refresh()

    def _parents(self, id: str) -> tuple[str, ...]:
        for parent in (parents := self._known[id].parents):
            if parent not in self._known:
                raise RunError(f"{self.path} is damaged: {parent}, a parent of {id}, is missing.")
        return parents

    def _refresh(self) -> None:
        """Reads the whole lines that came since; a last one that is cut short is left out."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._read:  # removed since, or replaced
            self._known, self._read = {}, 0
        if size == self._read:
            return
        with open(self.path, "rb") as file:
            file.seek(self._read)
            lines = file.readlines()
        for line in lines:
            if line.endswith(b"\n"):
                found = self._individual(line)
                self._known[found.id] = found
                self._read += len(line)

    def _individual(self, line: bytes) -> Individual:
        try:
            row: dict[str, Any] = json.loads(line)
            id, row["parents"] = row.pop("id"), tuple(row["parents"])
            if (found := Individual(**row)).id != id:
                raise ValueError(f"{id} is not the id of its recipe")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError(f"{self.path} is damaged: {error!r}, {line[:60]!r}.") from error
        return found
