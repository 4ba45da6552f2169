"""What runs say of themselves, without their code being loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gan_jax import history, locks, runs


class Told(NamedTuple):
    """What a run says of itself."""

    name: str
    folder: Path
    known: Mapping[str, Any]  # config.json
    rows: Sequence[Mapping[str, Any]]  # of its metrics
    evaluation: Mapping[str, Any]  # empty where there is none
    held: bool  # by a process that trains it

    @property
    def step(self) -> int:
        """The newest of which there are metrics."""
        return self.rows[-1]["step"] if self.rows else 0

    @property
    def lanes(self) -> list[Path]:
        """The folders with samples: those of the replicas, or the run itself."""
        return [self.folder / r["name"] for r in self.known.get("replicas", ())] or [self.folder]


def read(folders: Sequence[Path]) -> list[Told]:
    """What the runs say, under names that differ.

    Raises:
      RunError: one of them is no run.
    """
    short = [folder.name for folder in folders]
    names = short if len(set(short)) == len(short) else list(map(str, folders))
    return [_told(name, folder) for name, folder in zip(names, folders, strict=True)]


def _told(name: str, folder: Path) -> Told:
    known, held = runs.about(folder), locks.held(folder)
    try:
        evaluation = runs.read_json(folder / runs.EVALUATION)
    except FileNotFoundError:
        evaluation = {}
    return Told(name, folder, known, history.rows(folder), evaluation, held)


def state(run: Told) -> str:
    """How far a run is: `step 400 of 2500, stopped`."""
    steps = run.known["config"]["steps"]
    if run.held:
        ends = "still being written"
    elif run.step < steps:
        ends = "stopped"
    else:
        ends = "finished" if run.evaluation else "finished, not evaluated"
    return f"step {run.step} of {steps}, {ends}"
