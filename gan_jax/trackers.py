"""Metrics also to TensorBoard, or to Weights & Biases: what takes the rows as they come."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from gan_jax.errors import UsageError

Tracker = Literal["tensorboard", "wandb"]
Track = Callable[[Path, int, Mapping[str, float]], None]
"""Takes a row: the folder of the run or of a replica, the step, and the metrics by name."""

PACKAGES = {"tensorboard": "tensorboardX", "wandb": "wandb"}


def check(names: Sequence[Tracker]) -> None:
    """Refuses a tracker whose package is not there.

    Raises:
      UsageError: naming the package to install.
    """
    for name in names:
        if not importlib.util.find_spec(PACKAGES[name]):
            raise UsageError(f"--log-to {name} needs a package: pip install {PACKAGES[name]}.")


@contextmanager
def opened(names: Sequence[Tracker], run: Path, config: Any, step: int) -> Iterator[Track]:
    """`track(folder, step, row)`, to all of the named trackers.

    Args:
      names: none, one or both.
      run: its folder.
      config: its settings, as JSON.
      step: that it goes on from; what was written of later ones is superseded.
    """
    kinds = {"tensorboard": _tensorboard, "wandb": _wandb}
    with ExitStack() as stack:
        tracks = [stack.enter_context(kinds[name](run, config, step)) for name in names]

        def track(folder: Path, step: int, row: Mapping[str, float]) -> None:
            for each in tracks:
                each(folder, step, row)

        yield track


@contextmanager
def _tensorboard(run: Path, config: Any, step: int) -> Iterator[Track]:
    """Event files in `tensorboard/`, of the run and of each replica."""
    from tensorboardX import SummaryWriter

    with ExitStack() as stack:
        files = {}

        def track(folder: Path, at: int, row: Mapping[str, float]) -> None:
            if folder not in files:
                place = str(folder / "tensorboard")
                files[folder] = SummaryWriter(place, purge_step=step + 1 if step else None)
                stack.callback(files[folder].close)
            for name, value in row.items():
                files[folder].add_scalar(name, value, at)

        yield track


@contextmanager
def _wandb(run: Path, config: Any, step: int) -> Iterator[Track]:
    """One run of the project `gan_jax`, which the environment may rename: of replicas the means."""
    import wandb

    name = hashlib.sha256(str(run).encode()).hexdigest()[:16]
    given = {"id": name, "name": run.name, "dir": str(run), "config": config}
    project = wandb.setup().settings.project or "gan_jax"
    with wandb.init(project=project, resume="allow", **given) as session:

        def track(folder: Path, at: int, row: Mapping[str, float]) -> None:
            if folder == run:
                session.log(dict(row), step=at)

        yield track
