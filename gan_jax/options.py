"""The flags of the training loop: the same for every experiment; they change no number."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gan_jax.errors import UsageError

FREE = ("steps",)
"""Fields of a Config that may differ when a run goes on."""


@dataclass(frozen=True)
class Options:
    """Where, how long and how often; see `gan_jax.launch`."""

    run: str = ""
    """Folder of the run; runs/EXPERIMENT if not given."""
    seed: int = 0
    """The one seed: weights, order of the data and noise all follow from it."""
    resume: bool = False
    """Go on with the run from its last checkpoint; begin it if there is none."""
    overwrite: bool = False
    """Remove the run that is in the folder."""
    minutes: float = 0.0
    """Stop after so many minutes, soundly saved; 0 for no limit."""
    log_every: int = 10
    """Steps between two rows of metrics; they run as one program."""
    sample_every: int = 500
    """Steps between two pictures of samples."""
    checkpoint_every: int = 500
    """Steps between two checkpoints; the last step is always saved."""
    keep: int = 2
    """How many of the newest checkpoints to keep."""
    cache: bool = True
    """Keep compiled programs in the user's cache folder."""


def check(config: Any, options: Options) -> None:
    """Refuses values that no run can have, before anything is loaded or made.

    Raises:
      UsageError: naming the flag, its value and what it may be.
    """
    whole = {"steps": config.steps, "batch-size": config.batch_size}
    whole |= {
        name.replace("_", "-"): getattr(options, name)
        for name in ("log_every", "sample_every", "checkpoint_every", "keep")
    }
    for name, value in whole.items():
        if value < 1:
            raise UsageError(f"--{name} is {value}: it must be 1 or more.")
    check_seed(options.seed)
    if not options.minutes >= 0:
        raise UsageError(f"--minutes is {options.minutes}: it must be 0 (no limit) or more.")


def check_seed(seed: int) -> None:
    """Refuses a seed that is no unsigned number of 32 bits."""
    if not 0 <= seed < 2**32:
        raise UsageError(f"--seed is {seed}: it must be from 0 to {2**32 - 1}.")


def check_same(known: Mapping[str, Any], config: Any, options: Options) -> None:
    """Refuses to go on with another configuration, since the run would be neither.

    Args:
      known: the run's `config.json`.
      config: the experiment's, of now.
      options: of now.

    Raises:
      UsageError: naming each changed field, old and new.
    """
    old = {"seed": known["seed"]} | known["config"]
    new = {"seed": options.seed} | asdict(config)
    changed = [
        f"{name} was {old.get(name)!r} and is now {new.get(name)!r}"
        for name in old | new
        if name not in FREE and _plain(old.get(name)) != _plain(new.get(name))
    ]
    if changed:
        raise UsageError(
            f"The run cannot go on with other settings: {'; '.join(changed)}. Give the old ones, "
            "or begin another run."
        )


def _plain(value: Any) -> Any:
    """The value as JSON gives it back."""
    return json.loads(json.dumps(value))
