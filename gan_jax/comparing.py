"""Figures of several runs side by side; what is unlike is refused, and never put in one row."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gan_jax import runs
from gan_jax.errors import RunError, UsageError
from gan_jax.metrics import digits, titled

LIKE = {
    "fingerprint": "data",
    "split": "split",
    "n_real": "n of real examples",
    "n_fake": "n of samples",
    "extractor": "features",
    "hash": "hash of the features",
}
"""What must be the same of two figures that stand in one row, and what a person calls it."""
SHOWN = ("step", "weights", "seed", "gan_jax", "jax")
"""What may differ, and is shown."""


class Evaluated(NamedTuple):
    """What is known of a run."""

    name: str
    about: Mapping[str, str]  # those of `SHOWN`
    figures: Mapping[str, Mapping[str, Any]]  # by name: value, real, and of replicas an interval
    provenance: Mapping[str, Mapping[str, Any]]  # of each figure
    n: int


def read(run: Path) -> Evaluated:
    """The figures of a run, or of one replica of it, from its `evaluation.json`.

    Raises:
      RunError: it is no run, was not evaluated yet, or not so that it can be compared.
      UsageError: it holds several configurations of a sweep.
    """
    try:
        found = runs.read_json(run / runs.EVALUATION)
    except (FileNotFoundError, NotADirectoryError) as error:
        runs.about(run)
        raise RunError(f"{run} was not evaluated yet: gan-jax evaluate {run}") from error
    if "samples" in found:
        real = found["real"]
        figures = {k: {"value": v, "real": real[k]} for k, v in found["samples"].items()}
        seed = str(found["seed"])
    elif (count := found.get("configurations", 1)) > 1:
        raise UsageError(
            f"{run} holds {count} configurations, and a mean over them says nothing of any: name "
            f"its replicas, as {run}/NAME; the table of the sweep has a row for each."
        )
    else:
        given = found.get("figures", {}).items()
        figures = {name: {**figure, "value": figure["mean"]} for name, figure in given}
        lost = len(found.get("diverged", ()))
        seed = f"{found.get('replicas')} replicas{f', {lost} diverged' if lost else ''}"
    if not figures:
        reason = found.get("not_compared", "all of it has diverged")
        raise RunError(f"{run} has no figures of samples, since {reason}.")
    if figures.keys() - found.get("provenance", {}).keys():
        raise RunError(
            f"{run} was evaluated before figures said where they come from: gan-jax evaluate {run}"
        )
    first = next(iter(found["provenance"].values()))
    about = {name: str(first[name]) for name in SHOWN} | {"seed": seed}
    return Evaluated(str(run), about, figures, found["provenance"], found["n"])


def check_alike(found: Sequence[Evaluated]) -> None:
    """Refuses figures of one name that are not of the same thing.

    Raises:
      UsageError: naming what differs, in the first runs where it does.
    """
    known: dict[str, tuple[str, Mapping]] = {}
    for one in found:
        for name, about in one.provenance.items():
            for key, shared in (("", ["fingerprint"]), (name, LIKE)):
                other, before = known.setdefault(key, (one.name, about))
                unlike = [what for what in shared if about[what] != before[what]]
                if unlike:
                    said = (f"{LIKE[w]} {_said(before, w)} and {_said(about, w)}" for w in unlike)
                    mend = "Evaluate both alike, by the same flags" if key else "Compare others"
                    raise UsageError(
                        f"{other} and {one.name} are no comparison{key and f' by {key}'}: "
                        f"{'; '.join(said)}. {mend}."
                    )


def grouped(found: Sequence[Any], provenance: Callable[[Any], Mapping]) -> list[list[Any]]:
    """The runs in groups, each of which may stand side by side: alike in what figures they share.

    Args:
      found: the runs, in order.
      provenance: of the figures of a run, by their names.

    >>> grouped([10, 20, 10], lambda n: {"recall": dict.fromkeys(LIKE, n)})
    [[10, 10], [20]]
    """

    def alike(one: Any, other: Any) -> bool:
        first, second = provenance(one), provenance(other)
        same = lambda name: all(first[name].get(w) == second[name].get(w) for w in LIKE)
        return all(map(same, first.keys() & second.keys()))

    groups: list[list[Any]] = []
    for run in found:
        fits = lambda group, run=run: all(alike(run, other) for other in group)
        group = next(filter(fits, groups), None)
        groups.append([run]) if group is None else group.append(run)
    return groups


def table(found: Sequence[Evaluated]) -> list[list[str]]:
    """Cells of text: a column for each run, and one for real data.

    Args:
      found: alike, see `check_alike`.
    """
    sizes = {one.n for one in found}
    n = sizes.pop() if len(sizes) == 1 else None
    rows = [[f"n = {n}" if n else "", *(one.name for one in found), "real data"]]
    for what in SHOWN:
        values = [one.about[what] for one in found]
        if what not in ("gan_jax", "jax") or len(set(values)) > 1:
            rows.append([what, *values, ""])
    for name, one in _names(found).items():
        title = titled(name, {"provenance": one.provenance, "n": n})
        cells = [_cell(other.figures.get(name)) for other in found]
        rows.append([title, *cells, digits(one.figures[name]["real"])])
    return rows


def csv_content(found: Sequence[Evaluated]) -> str:
    """The figures in all their digits; of replicas mean and the ends of the interval."""
    file = io.StringIO()
    writer = csv.writer(file)
    columns = [(one, end) for one in found for end in _ends(one)]
    head = [f"{one.name} {end}".strip() for one, end in columns]
    writer.writerow(["figure", "n_real", "n_fake", *head, "real data"])
    for name, first in _names(found).items():
        about, real = first.provenance[name], first.figures[name]["real"]
        cells = [_number(one.figures.get(name), end) for one, end in columns]
        writer.writerow([name, about["n_real"], about["n_fake"], *cells, real])
    return file.getvalue()


def _names(found: Sequence[Evaluated]) -> dict[str, Evaluated]:
    """Every figure, and the first run that has it."""
    names: dict[str, Evaluated] = {}
    for one in found:
        for name in one.figures:
            names.setdefault(name, one)
    return names


def _cell(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "-"
    if "interval" not in figure:
        return digits(figure["value"])
    low, high = map(digits, figure["interval"])
    return f"{digits(figure['value'])} [{low}, {high}]"


def _ends(one: Evaluated) -> tuple[str, ...]:
    many = any("interval" in figure for figure in one.figures.values())
    return ("mean", "low", "high") if many else ("",)


def _number(figure: Mapping[str, Any] | None, end: str) -> Any:
    if figure is None:
        return ""
    low, high = figure.get("interval", (None, None))
    return {"low": low, "high": high}.get(end, figure["value"])


def _said(about: Mapping[str, Any], what: str) -> str:
    value = about[what]
    short = value[:12] if isinstance(value, str) else str(value)
    named = f"{about.get('data', '')} ({short})" if what == "fingerprint" else short
    return named.strip()
