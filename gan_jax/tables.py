"""The figures of a sweep: one table, as CSV and Markdown, and a picture of its intervals."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from gan_jax import charts, runs, summary
from gan_jax.metrics import aligned, digits
from gan_jax.storage import write_atomically
from gan_jax.varied import written


class Row(NamedTuple):
    """One configuration of a sweep, over its seeds."""

    values: Mapping[str, Any]  # of the varied fields
    summary: Mapping[str, Any]  # as summary.summarise returns it


def record(folder: Path, parts: Sequence[tuple[Mapping[str, Any], Path]]) -> str:
    """Writes `sweep.csv`, `sweep.md` and, if there are figures, `sweep.png` to the folder.

    Args:
      folder: of the sweep.
      parts: the values that differ between the runs, and each run.

    Returns:
      The table as text: the mean of each figure, and of each figure of tasks, over the seeds, with
      its 95 % interval.
    """
    rows = [row for values, run in parts for row in collected(values, run)]
    names = list(dict.fromkeys(name for row in rows for name in _figures(row)))
    write_atomically(folder / "sweep.csv", _csv(rows, names).encode())
    cells = _cells(rows, names)
    write_atomically(folder / "sweep.md", markdown(cells).encode())
    titles = [", ".join(f"{name} {written(v)}" for name, v in row.values.items()) for row in rows]
    charts.intervals(titles, [_figures(row) for row in rows], folder / "sweep.png")
    picture = ", sweep.md and sweep.png" if names else " and sweep.md"
    about = "A mean over the seeds and, of several, its 95 % interval (Student)."
    return f"{aligned(cells)}\n{about}\nWrote sweep.csv{picture} to {folder}."


def markdown(cells: Sequence[Sequence[str]]) -> str:
    r"""A table in Markdown, whose first row is the head.

    >>> markdown([["a", "b"], ["1", "2"]])
    '| a | b |\n| --- | --- |\n| 1 | 2 |\n'
    """
    head, *lines = cells
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *lines))


def collected(values: Mapping[str, Any], run: Path) -> list[Row]:
    """The configurations of one run of a sweep, each over its seeds."""
    groups: dict[str, tuple[Mapping, dict]] = {}
    lost = runs.diverged(run)  # one that diverged later on has figures of an earlier step
    for replica in runs.about(run)["replicas"]:
        _, found = groups.setdefault(json.dumps(replica["values"]), (replica["values"], {}))
        file = run / replica["name"] / runs.EVALUATION
        sound = replica["name"] not in lost and file.is_file()
        found[replica["name"]] = runs.read_json(file) if sound else None
    return [
        Row(
            {**values, **inner},
            summary.summarise({k: v for k, v in found.items() if v is not None}, list(found)),
        )
        for inner, found in groups.values()
    ]


def _figures(row: Row) -> dict[str, Mapping[str, Any]]:
    """Those beside real data, and those of tasks, which have no real one and no best."""
    return {**row.summary["figures"], **row.summary.get("tasks", {})}


def _first(row: Row) -> list[Any]:
    """What stands before the figures in a line."""
    failed = (len(row.summary[what]) for what in ("diverged", "collapsed"))
    return [*map(written, row.values.values()), row.summary["replicas"], *failed]


def _head(rows: Sequence[Row]) -> list[str]:
    return [*rows[0].values, "seeds", "diverged", "collapsed"]


def _cells(rows: Sequence[Row], names: Sequence[str]) -> list[list[str]]:
    cells = [[*_head(rows), *names]]
    for row in rows:
        alone = row.summary["replicas"] - len(row.summary["diverged"]) == 1
        figures = [_with_interval(_figures(row).get(name), alone=alone) for name in names]
        cells.append([*map(str, _first(row)), *figures])
    if not names:
        return cells
    before = ["real data", *[""] * (len(cells[0]) - len(names) - 1)]
    return [*cells, [*before, *(_of_real(rows, name) for name in names)]]


def _of_real(rows: Sequence[Row], name: str) -> str:
    """What real data have, if it is the same of all rows."""
    found = {
        digits(_figures(row)[name]["real"]) for row in rows if "real" in _figures(row).get(name, {})
    }
    return found.pop() if len(found) == 1 else "-"


def _with_interval(figure: Mapping[str, Any] | None, *, alone: bool) -> str:
    """The mean and, of several seeds, its interval: one alone has none."""
    if figure is None:
        return "-"
    if alone:
        return digits(figure["mean"])
    low, high = figure["interval"]
    return f"{digits(figure['mean'])} [{digits(low)}, {digits(high)}]"


def _csv(rows: Sequence[Row], names: Sequence[str]) -> str:
    parts = ("mean", "std", "low", "high", "best", "worst", "real")
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([*_head(rows), *(f"{name}_{part}" for name in names for part in parts)])
    for row in rows:
        figures = (_figures(row).get(name) for name in names)
        cells = (_numbers(figure, parts) if figure else [""] * len(parts) for figure in figures)
        writer.writerow([*_first(row), *chain.from_iterable(cells)])
    return file.getvalue()


def _numbers(figure: Mapping[str, Any], parts: Sequence[str]) -> list[float | str]:
    low, high = figure["interval"]
    known = {**figure, "low": low, "high": high}
    return [known.get(part, "") for part in parts]
