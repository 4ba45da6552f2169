"""Where two runs part, and what differs between them: `gan-jax diff`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gan_jax import history, runs
from gan_jax.environment import flat
from gan_jax.errors import RunError


def parting(one: Path, other: Path) -> tuple[bool, str]:
    """Whether the ledgers of two runs, or replicas, agree wherever both have a row; and a report.

    Raises:
      RunError: one is no run, or has no ledger, or there is no step that both have.
    """
    rows = [{row["step"]: row for row in _rows(folder)} for folder in (one, other)]
    steps = sorted(rows[0].keys() & rows[1].keys())
    if not steps:
        spans = " and ".join(f"{min(found)} to {max(found)}" for found in rows)
        raise RunError(f"No step is in both ledgers, of steps {spans}: log them alike.")
    abouts = (about(folder) for folder in (one, other))
    differences = [f"  {line}" for line in _differences(*abouts)]
    told = ["What differs between them:", *differences] if differences else []
    for before, step in zip([0, *steps], steps, strict=False):
        pair = rows[0][step], rows[1][step]
        if apart := [name for name in {**pair[0], **pair[1]} if _differs(pair, name)]:
            apart.sort(key=lambda name: "/" in name)  # what the step was given comes first
            since = f"after step {before}" if before else "from the beginning"
            said = f"They part {since}, by step {step}: {', '.join(apart)}."
            return False, "\n".join([said, *told])
    return True, "\n".join([f"Identical through step {steps[-1]}, in {len(steps)} rows.", *told])


def _rows(folder: Path) -> list[dict[str, Any]]:
    if not folder.is_dir():
        raise RunError(f"{folder} is no run: there is no such folder.")
    if not (rows := history.rows(folder, history.LEDGER)):
        raise RunError(f"{folder} has no {history.LEDGER}: name a run, or one of its replicas.")
    return rows


def _differs(pair: tuple[Mapping, Mapping], name: str) -> bool:
    return pair[0].get(name) != pair[1].get(name)


def about(folder: Path) -> dict[str, Any]:
    """All that a run says of itself, by dotted names; of a replica, what its run says."""
    run = folder if runs.began(folder) else folder.parent
    known = runs.about(run)
    known["experiment file"] = known.pop("sha256")[:16]
    for replica in known.pop("replicas", ()):
        if replica["name"] == folder.name:
            known |= {"seed": replica["seed"], "config": known["config"] | replica["values"]}
    surroundings, notes = runs.surroundings(run)
    later = {f"from step {note['step']} on": note for note in notes}
    return dict(flat(known)) | dict(flat(surroundings | later))


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for name in {**one, **other}:
        values = [str(about.get(name, "nothing")) for about in (one, other)]
        if values[0] != values[1]:
            yield f"{name}: {values[0]} and {values[1]}"
