"""The commands that carry runs elsewhere: `gan-jax export` and `gan-jax report`."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from gan_jax import runs, storage
from gan_jax.errors import RunError, UsageError
from gan_jax.words import flags, named


@dataclasses.dataclass(frozen=True)
class Export:
    """Which sampler of a run, and where to."""

    out: str = "exported"
    """Folder to write: the program, its weights, and export.json, which says what they are."""
    weights: Literal["average", "last"] = "average"
    """Averaged weights, where the game has any, or those of the last step."""
    label: str | None = None
    """Of which class, for a conditional model; of all, as in the data, if not given."""
    truncation: float | None = None
    """The largest entry of a normal latent, in its deviations: better samples of less variety."""
    ask: str | None = None
    """COLUMN=CATEGORY that each row of a table is asked for, and may disobey."""
    step: int | None = None
    """Step of a checkpoint; the newest if not given."""
    replica: str = ""
    """Which one, in a run of several: its seed, or its name."""
    overwrite: bool = False
    """Replace what was exported to the folder before."""


def export(words: Sequence[str]) -> None:
    """gan-jax export RUN [flags]"""
    run, given = named(words, "Name a run: gan-jax export RUN; gan-jax runs lists them.")
    (target,) = flags(given, "export RUN", target=Export)
    from gan_jax import exported, loading

    run, out = (Path(name).expanduser().absolute() for name in (run, target.out))
    _check_free(out, exported.ABOUT, overwrite=target.overwrite)
    trained = loading.load(run, target.step, target.replica or None)
    if trained.diverged:
        print(f"{trained.folder.name} has diverged: this is its step {int(trained.state.step)}.")
    wishes = {"label": target.label, "truncation": target.truncation, "category": target.ask}
    trained = trained.asked(**wishes)
    files = exported.files(
        *(trained.game, trained.sampler, trained.state, _about(run, trained, target, wishes)),
        average=target.weights == "average",
    )
    _write(out, files)
    print(f"Wrote {', '.join(files)} to {out}: gan_jax.exported.load({str(out)!r}).sample(100)")


@dataclasses.dataclass(frozen=True)
class Report:
    """Where to, and what takes longer."""

    out: str = "report.html"
    """A .html, which needs no other file; the same as Markdown is written beside it."""
    nearest: bool = False
    """Show samples of images beside the training examples nearest to them: loads run and data."""
    overwrite: bool = False
    """Replace the report if it exists."""


def report(words: Sequence[str]) -> None:
    """gan-jax report RUN [RUN ...] [flags]"""
    first, rest = named(words, "Name one run or more: gan-jax report RUN; gan-jax runs lists them.")
    count = next((place for place, word in enumerate(rest) if word.startswith("-")), len(rest))
    (target,) = flags(rest[count:], "report RUN ...", target=Report)
    from gan_jax import markup, pages, told

    out = Path(target.out).expanduser().absolute()
    text, folder = out.with_suffix(".md"), out.with_name(f"{out.stem}_files")
    if out.suffix != ".html":
        raise UsageError(f"--out {target.out}: a report is a .html, with a .md beside it.")
    _check_free(folder, "01.png", overwrite=target.overwrite)
    for path in (out, text):
        if path.exists() and not target.overwrite:
            raise RunError(f"{path} exists: replace it by --overwrite, or name another file.")
    found = told.read([Path(name).expanduser().absolute() for name in (first, *rest[:count])])
    nearest = {}
    if target.nearest:
        from gan_jax.lookalikes import lookalikes

        nearest = {run.name: lookalikes(run.folder, run.name) for run in found}
    blocks = list(pages.blocks(found, nearest))
    title = ", ".join(run.name for run in found)
    content, pictures = markup.to_markdown(title, blocks, folder.name)
    _write(folder, pictures)
    storage.write_atomically(text, content.encode())
    storage.write_atomically(out, markup.to_html(title, blocks).encode())
    print(f"Wrote {out}, and {text.name} with {len(pictures)} pictures in {folder.name}.")


def _about(run: Path, trained, target: Export, wishes: Mapping) -> dict:
    """What export.json says of the run that the sampler is of."""
    known = runs.about(run)
    return {
        "spec": trained.spec.to_json(),
        "asked": wishes,
        "run": {
            "experiment": known["experiment"],
            "sha256": known["sha256"],
            "config": dataclasses.asdict(trained.config),
            "seed": trained.seed,
            "step": int(trained.state.step),
            "weights": target.weights,
            "fingerprint": trained.fingerprint,
            "environment": runs.read_json(run / runs.ENVIRONMENT),
        },
        "environment": runs.environment(),
    }


def _check_free(out: Path, mark: str, *, overwrite: bool) -> None:
    """Refuses a folder that cannot become one of ours: those have a file of the name `mark`."""
    if not out.parent.is_dir():
        raise FileNotFoundError(f"The folder {out.parent} does not exist: make it.")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / mark).is_file():
        raise RunError(f"{out} exists, and holds no {mark}: give another --out.")
    if not overwrite:
        raise RunError(f"{out} exists: replace it by --overwrite, or give another --out.")


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files of a folder beside it and then renames, so that nobody reads half of it."""
    beside, before = storage.unfinished(out), storage.unfinished(out)
    try:
        beside.mkdir()
        for name, content in files.items():
            (beside / name).write_bytes(content)
        if out.exists():
            out.rename(before)
        beside.rename(out)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
