"""The tables of a report: figures, settings and provenance, with a column or two for each run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_jax import comparing, experiment, parting, runs
from gan_jax.errors import UsageError
from gan_jax.markup import Paragraph, Strong, Table
from gan_jax.metrics import digits
from gan_jax.told import Told


def figures(told: Sequence[Told]) -> Iterator[Paragraph | Table]:
    """The figures of the evaluations, beside those of real data, and what they depend on."""
    for run in told:
        yield Paragraph(f"{run.name}: {_circumstances(run)}")
    groups = comparing.grouped(told, lambda run: run.evaluation.get("provenance", {}))
    if len(groups) > 1:
        said = "of other data, other numbers of examples or other features"
        yield Paragraph(f"Figures {said} stand in tables of their own.")
    for group in groups:
        cells = [_cells(run.evaluation) for run in group]
        names = list(dict.fromkeys(name for each in cells for name in each))
        if names:
            header = [part for run in group for part in (run.name, f"{run.name}: real data")]
            none = ("", "")
            rows = [[n, *(text for each in cells for text in each.get(n, none))] for n in names]
            yield Table(["", *header], rows)


def _circumstances(run: Told) -> str:
    """What the figures depend on, or why there are none."""
    found = run.evaluation
    if not found:
        return f"no figures yet; gan-jax evaluate {run.folder.name} makes them."
    said = []
    if "replicas" in found:
        failed = ((what, found[what]) for what in ("diverged", "collapsed"))
        kinds = found.get("configurations", 1)
        of = f" of {kinds} configurations taken together" if kinds > 1 else ""
        said += [f"{found['replicas']} replicas{of}, with the mean and its 95 % interval"]
        said += [f"{what}: {', '.join(names) or 'none'}" for what, names in failed]
    if "not_compared" in found:
        return f"nothing was compared, since {found['not_compared']}; {'; '.join(said)}"
    if "step" in found:
        since = ", before training went on" * (found["step"] < run.step)
        said += [f"step {found['step']}{since}", f"{found['weights']} weights"]
    said += [f"n = {found['n']}"] if "n" in found else []
    return f"{'; '.join(said) or 'all diverged'}."


def _cells(found: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Of each figure what is said of samples, and of real data."""
    cells = {}
    for name, figure in found.get("figures", {}).items():
        low, high = map(digits, figure["interval"])
        cells[name] = f"{digits(figure['mean'])} ({low} to {high})", digits(figure["real"])
    for name, value in found.get("samples", {}).items():
        cells[name] = digits(value), digits(found["real"][name])
    for name, value in found.get("tasks", {}).items():
        cells[name] = digits(value["mean"] if isinstance(value, Mapping) else value), ""
    return cells


def settings(told: Sequence[Told]) -> Table:
    """The fields of the configurations; what is special about them stands out."""
    defaults = [_defaults(run.folder) for run in told]
    configs = [run.known["config"] for run in told]
    rows = []
    for name in dict.fromkeys(name for config in configs for name in config):
        values = [config[name] for config in configs if name in config]
        differ = any(value != values[0] for value in values)
        cells = (_setting(name, *pair, differ) for pair in zip(configs, defaults, strict=True))
        rows.append([name, *cells])
    return Table(["", *(run.name for run in told)], rows)


def _setting(name: str, config: Mapping, default: Mapping, differ: bool) -> str | Strong:
    if name not in config:
        return ""
    value = config[name]
    odd = name in default and value != default[name]
    text = f"{_said(value)} (default {_said(default[name])})" if odd else _said(value)
    return Strong(text) if differ or odd else text


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _defaults(folder: Path) -> dict[str, Any]:
    """Of the run's own experiment, as JSON gives them; none where it cannot be imported."""
    try:
        config = experiment.load(folder / runs.EXPERIMENT).Config()
        return json.loads(json.dumps(dataclasses.asdict(config)))
    except (UsageError, TypeError):
        return {}


def provenance(told: Sequence[Told]) -> Table:
    """Seeds, sums of data and code, versions, devices; what differs stands out."""
    abouts = [parting.about(run.folder) for run in told]
    names = dict.fromkeys(name for about in abouts for name in about)
    rows = []
    for name in names:
        if name.startswith(("config.", "spec.")):
            continue
        values = [str(about.get(name, "")) for about in abouts]
        differ = len(set(values)) > 1
        rows.append([name, *(Strong(value) if differ else value for value in values)])
    return Table(["", *(run.name for run in told)], rows)
