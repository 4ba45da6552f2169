"""The report of runs, side by side: samples, curves, figures, settings and where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_jax import charts, page_tables
from gan_jax.markup import Block, Gallery, Heading, Paragraph, Picture, Table, Verbatim
from gan_jax.told import Told, state

GRIDS, REPLICAS, LINES = 5, 8, 12
"""At most: pictures of samples over time, replicas with a picture, and lines of samples of text."""


def blocks(told: Sequence[Told], nearest: Mapping[str, Sequence[Block]]) -> Iterator[Block]:
    """The report of runs.

    Args:
      told: of them, from `read`.
      nearest: what stands below the samples of a run, by its name.
    """
    yield Table(["", *(run.name for run in told)], [list(row) for row in _overview(told)])
    yield Heading("Samples")
    for run in told:
        yield from _samples(run)
        yield from nearest.get(run.name, ())
    yield Heading("Figures")
    yield from page_tables.figures(told)
    yield Heading("Training")
    drawn = ((charts.losses(run.rows), _titled(told, run, "metrics against steps")) for run in told)
    if found := [Picture(*each) for each in drawn if each[0]]:
        yield Gallery(found)
    if pictures := [picture for run in told for picture in _pictures(told, run)]:
        yield Heading("Pictures")
        yield Gallery(pictures)
    yield Heading("Settings")
    yield Paragraph("In bold: what is not the default of the experiment, or differs between runs.")
    yield page_tables.settings(told)
    yield Heading("Provenance")
    yield page_tables.provenance(told)


def _overview(told: Sequence[Told]) -> Iterator[tuple[str, ...]]:
    seeds = lambda run: ", ".join(path.name for path in run.lanes)
    one = lambda run: seeds(run) if run.known.get("replicas") else str(run.known["seed"])
    yield "state", *map(state, told)
    yield "experiment", *(run.known["experiment"] for run in told)
    yield "data", *(run.known["config"]["data"] for run in told)
    yield "seed", *map(one, told)
    spent = (run.rows[-1]["seconds"] if run.rows else 0 for run in told)
    yield "training", *(f"{seconds:.0f} s" for seconds in spent)


def _samples(run: Told) -> Iterator[Block]:
    lanes = run.lanes
    found = [sorted((lane / "samples").glob("[0-9]*")) for lane in lanes[:REPLICAS]]
    many = bool(run.known.get("replicas"))
    shown = [paths[-1] for paths in found if paths] if many else _spread(found[0])
    if not shown:
        yield Paragraph(f"{run.name}: there are no samples yet.")
        return
    where = lambda path: f"{run.name}/{path.parent.parent.name}" if many else run.name
    said = lambda path: f"{where(path)}, step {int(path.stem)}"
    if shown[0].suffix == ".png":
        yield Gallery([Picture(path.read_bytes(), said(path)) for path in shown])
    else:
        lines = lambda path: path.read_text().splitlines()[:LINES]
        yield from (Verbatim("\n".join(lines(path)), said(path)) for path in shown[-1:])
    if len(lanes) > REPLICAS:
        yield Paragraph(f"{run.name}: the first {REPLICAS} of {len(lanes)} replicas.")


def _spread(paths: Sequence[Path]) -> list[Path]:
    """A few of them over the whole time, the first and the last among them."""
    places = np.linspace(0, len(paths) - 1, min(GRIDS, len(paths)))
    return [paths[place] for place in np.unique(places.round().astype(int))]


def _titled(told: Sequence[Told], run: Told, what: str) -> str:
    return f"{run.name}: {what}" if len(told) > 1 else what


def _pictures(told: Sequence[Told], run: Told) -> Iterator[Picture]:
    """Those of an evaluation: codes, sweeps, reconstructions."""
    paths = (path for path in sorted(run.lanes[0].glob("*.png")) if path.name != "losses.png")
    for path in paths:
        yield Picture(path.read_bytes(), _titled(told, run, path.stem.replace("_", " ")))
