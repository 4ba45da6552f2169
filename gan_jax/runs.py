"""The run folder: layout and configuration. It knows nothing of training."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_jax.environment import changes, environment
from gan_jax.errors import RunError
from gan_jax.locks import LOCK
from gan_jax.storage import older_name, replica_name, write_atomically

ABOUT, EVALUATION = "config.json", "evaluation.json"
ENVIRONMENT, EXPERIMENT, CHECKPOINTS = "environment.json", "experiment.py", "checkpoints"
KINDS = {
    "experiment": str,
    "config": dict,
    "seed": int,
    "fingerprint": str,
    "spec": dict,
    "sha256": str,
}
"""What `config.json` holds."""


def began(run: Path) -> bool:
    """Whether the folder holds a run that can be gone on with; not so if killed at its start."""
    return (run / ABOUT).is_file()


def forget(run: Path) -> None:
    """Takes back the beginning of a run that was refused before anything of it was saved."""
    (run / ABOUT).unlink(missing_ok=True)


def create(run: Path, about: Mapping[str, Any], source: bytes) -> None:
    """Writes what is needed to make the experiment, of this source, again.

    Args:
      run: its folder, locked and empty.
      about: the content of `config.json`, but for the hash of the source.
      source: the experiment's file.
    """
    for replica in about.get("replicas", ()):
        (run / replica["name"] / "samples").mkdir(parents=True)
    if not about.get("replicas"):
        (run / "samples").mkdir()
    (run / EXPERIMENT).write_bytes(source)
    write_json(run / ENVIRONMENT, environment())
    # Last, since a run with this file has begun.
    write_json(run / ABOUT, {**about, "sha256": hashlib.sha256(source).hexdigest()})


def go_on(run: Path, step: int) -> list[str]:
    """What is other than when the steps before this one were made; it is noted for later.

    Args:
      run: its folder, locked.
      step: that it goes on from; 0 if nothing of it was kept.
    """
    now = environment()
    try:
        known, notes = surroundings(run)
    except (RunError, FileNotFoundError):
        known, notes = now, []  # they explain, and nothing depends on them
    notes = [note for note in notes if note["step"] < step]  # of later steps nothing is kept
    known = known if step else now
    last = notes[-1] if notes else known
    found = changes(*({name: each[name] for name in now if name in last} for each in (last, now)))
    if found:
        notes.append({"step": step, **now})
    write_json(run / ENVIRONMENT, known | ({"later": notes} if notes else {}))
    return found


def surroundings(run: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The environment in which a run began, and those in which it went on, each with its `step`.

    Raises:
      RunError: the file is damaged.
    """
    known = read_json(run / ENVIRONMENT)
    later = known.pop("later", [])
    sound = lambda note: isinstance(note, dict) and type(note.get("step")) is int
    return known, [*filter(sound, later)] if isinstance(later, list) else []


def _meant(run: Path) -> str:
    """What else may have been meant by a folder that is no run."""
    if (run.parent / ABOUT).is_file():
        own = f"--replica {run.name} if it is one of its replicas"
        return f"; it lies in the run {run.parent}: name that, and {own}"
    inner = [shlex.quote(str(place.parent)) for place in sorted(run.glob(f"*/{ABOUT}"))]
    return f"; runs in it are {', '.join(inner[:3])}{', ...' * (len(inner) > 3)}" if inner else ""


def about(run: Path, experiment: Path | None = None) -> dict[str, Any]:
    """What `create` wrote about the run, whose copy of the experiment is compared with its hash.

    Args:
      run: folder of the run.
      experiment: the file that will be executed instead, which is not compared.

    Raises:
      RunError: this is no run, or its copy of the experiment was changed.
    """
    try:
        known = read_json(run / ABOUT)
        found = experiment or hashlib.sha256((run / EXPERIMENT).read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError) as error:
        lacks = f"{run} is no run: it has no {Path(error.filename).name}{_meant(run)}."
        raise RunError(lacks) from error
    wrong = [name for name, kind in KINDS.items() if type(known.get(name)) is not kind]
    replicas = known.get("replicas", [])
    if wrong or type(replicas) is not list or not all(map(_is_replica, replicas)):
        raise RunError(f"{run / ABOUT} is damaged: {', '.join(wrong) or 'its replicas'}.")
    if found not in (experiment, known["sha256"]):
        raise RunError(
            f"{run / EXPERIMENT} is not the file that the run began with, and was not executed: "
            "put it back, or begin a new run with the changed one; to read the run by a file that "
            "you trust, name it by --experiment."
        )
    return known


def several(folder: Path) -> bool:
    """Whether this is the folder of a run of several replicas."""
    return began(folder) and len(read_json(folder / ABOUT).get("replicas", ())) > 1


def diverged(run: Path) -> list[str]:
    """The names of the replicas that its evaluation found to have diverged; none before it.

    Raises:
      RunError: the file is damaged.
    """
    file = run / EVALUATION
    found = read_json(file).get("diverged", []) if file.is_file() else []
    if not isinstance(found, list):
        raise RunError(
            f"{file} is damaged: `diverged` is no list. Make it anew by gan-jax evaluate."
        )
    return found


def _is_replica(found: Any) -> bool:
    """Whether the name is that of its seed and values, and so that of a folder in the run."""
    if not isinstance(found, dict):
        return False
    seed, values = found.get("seed"), found.get("values")
    if type(seed) is not int or type(values) is not dict:
        return False
    numbers = all(type(value) in (int, float) for value in values.values())
    named = all(map(str.isidentifier, values))
    if not (numbers and named):
        return False
    return found.get("name") in (replica_name(values, seed), older_name(values, seed))


def read_json(path: Path) -> dict[str, Any]:
    """The content of a JSON file of a run.

    Raises:
      RunError: it is damaged.
    """
    try:
        if isinstance(content := json.loads(path.read_text()), dict):
            return content
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is damaged: {error!r}.") from error
    raise RunError(f"{path} is damaged: it holds no object.")


def write_json(path: Path, content: Any) -> None:
    """Writes a JSON file in one piece."""
    write_atomically(path, (json.dumps(content, indent=2) + "\n").encode())


def listed(folder: Path) -> list[Path]:
    """The runs below a folder, by name."""
    return sorted(
        path.parent for path in folder.glob(f"**/{ABOUT}") if (path.parent / LOCK).is_file()
    )
