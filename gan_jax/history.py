"""What a run has written down, row by row: its metrics and its ledger."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_jax.errors import RunError
from gan_jax.storage import named, write_atomically

METRICS, LEDGER = "metrics.jsonl", "ledger.jsonl"


def rows(run: Path, file: str = METRICS) -> list[dict[str, Any]]:
    """The rows of the run's metrics, or ledger; a last line that a kill cut short is left out.

    A figure that is `null`, since it was no finite number, is NaN.

    Raises:
      RunError: another line is damaged.
    """
    try:
        lines = (run / file).read_text().splitlines(keepends=True)
        found = [json.loads(line) for line in lines if line.endswith("\n")]
    except FileNotFoundError:
        return []
    except (ValueError, RecursionError) as error:
        raise RunError(f"{run / file} is damaged: {error!r}.") from error
    for row in found:
        if not isinstance(row, dict) or type(row.get("step")) is not int:
            raise RunError(f"{run / file} is damaged: a row without its step, {str(row)[:80]}.")
    return [{name: math.nan if x is None else x for name, x in row.items()} for row in found]


def keep(run: Path, step: int, rewinds: int = 0) -> float:
    """Drops what was written after a step, and returns the seconds of training up to it.

    Args:
      run: of which the rows are.
      step: of the state that it goes on from.
      rewinds: before that state; notes of later ones are dropped, too.
    """
    late = lambda row: row["step"] > step or row.get("rewinds", 0) > rewinds
    for file in (LEDGER, METRICS):
        kept = [row for row in rows(run, file) if not late(row)]
        write_atomically(run / file, "".join(map(_line, kept)).encode())
    seconds = kept[-1].get("seconds") if kept else 0.0
    return seconds if isinstance(seconds, float) else 0.0


def add(run: Path, row: Mapping[str, Any], file: str = METRICS) -> None:
    """Appends one row; it is with the system when this returns."""
    with named(run / file), open(run / file, "a") as opened:
        opened.write(_line(row))


def _line(row: Mapping[str, Any]) -> str:
    """As JSON, which knows no number that is not finite: it is `null`."""
    lost = lambda value: isinstance(value, float) and not math.isfinite(value)
    return json.dumps({name: None if lost(x) else x for name, x in row.items()}) + "\n"
