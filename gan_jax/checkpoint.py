"""Checkpoints on Orbax, and nothing else: open, save, steps, restore, close."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import orbax.checkpoint as ocp

from gan_jax import leaves, orbax_errors, parallel
from gan_jax.errors import CheckpointError, DamagedError, UsageError

FORMAT = 2
"""Since 2 there is a CRC of every leaf."""
Manager = ocp.CheckpointManager


class Kept(NamedTuple):
    """Orbax's policy of which checkpoints stay: the newest, and one more."""

    newest: int
    also: Callable[[], int]  # the step of that one, -1 for none

    def should_preserve(self, checkpoints: Sequence, *, context: object) -> list[bool]:
        """Of each of the checkpoints, in the order of their steps, whether it stays."""
        late = len(checkpoints) - self.newest
        return [n >= late or one.step == self.also() for n, one in enumerate(checkpoints)]


@contextmanager
def open_folder(
    folder: Path, keep: int = 2, also: Callable[[], int] = lambda: -1
) -> Iterator[Manager]:
    """The checkpoints of a run, to save to; at the end the last save is waited for.

    Args:
      folder: made if it is not there; one process at a time may write to it.
      keep: how many of the newest checkpoints to keep.
      also: the step of another one to keep, asked for anew at each save; -1 for none.

    Raises:
      OSError: the disk is full or cannot be written to; checkpoints that were there are intact.
      CheckpointError: a save failed for another reason.
    """
    options = ocp.CheckpointManagerOptions(
        preservation_policy=Kept(keep, also), cleanup_tmp_directories=True
    )
    with orbax_errors.saving(folder):
        manager = Manager(folder.absolute(), options=options)
    try:
        yield manager
    finally:
        with orbax_errors.saving(folder):
            manager.close()


def save(manager: Manager, step: int, state: Any, about: dict) -> None:
    """Saves `state` under `step`, in the background; a step that is there already is kept.

    Args:
      manager: from `open_folder`.
      step: of the state.
      state: a pytree of arrays.
      about: what must agree when the run goes on, as JSON.

    Raises:
      CheckpointError: Orbax did not take it.
    """
    if step in manager.all_steps():
        return
    about = {"format": FORMAT, "crc32": _sums(state)} | about
    items = ocp.args.Composite(state=ocp.args.StandardSave(state), about=ocp.args.JsonSave(about))
    # Forced, Orbax saves any step, but a run would go on from the later one all the same.
    later = (manager.latest_step() or 0) > step
    with orbax_errors.saving(manager.directory):
        saved = not later and manager.save(step, args=items, force=True)
    if not saved:
        raise CheckpointError(
            f"The checkpoint of step {step} was not saved: {manager.directory} holds step "
            f"{manager.latest_step()}, which is later. Remove the later ones or use another run."
        )


def check_kept(like: Any) -> None:
    """Refuses a state of which a checkpoint would not keep all.

    Raises:
      UsageError: it holds a random key, as that of `optax.add_noise` does.
    """
    for name, leaf in leaves.named(like).items():
        if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            raise UsageError(
                f"{name} is a random key, and the noise of a game follows from its step: "
                "take an optimizer without one."
            )


def steps(folder: Path) -> list[int]:
    """Of all checkpoints, the newest first."""
    return sorted((int(p.name) for p in folder.glob("*") if p.name.isdigit()), reverse=True)


def latest(folder: Path) -> int | None:
    """The step of the newest checkpoint; None where there is none. It changes nothing."""
    return next(iter(steps(folder)), None)


def check_there(folder: Path, step: int) -> None:
    """Refuses a step of which there is no checkpoint, and names those that there are.

    Raises:
      CheckpointError: there is none.
    """
    if step not in (known := steps(folder)):
        there = ", ".join(map(str, reversed(known))) or "none"
        raise CheckpointError(f"{folder} has no checkpoint of step {step}; there are: {there}.")


def restore(folder: Path, step: int, like: Any) -> tuple[Any, dict]:
    """The state of a step, and what was said about it.

    Args:
      folder: of the checkpoints.
      step: one that is there.
      like: a pytree of arrays or of their shapes: what the restored state must look like, and
        where it is to lie; if it does not say, on every device.

    Raises:
      CheckpointError: it is of another model or of a later format, or the system does not let it
        be read.
      DamagedError: it is not what was saved.
    """
    with orbax_errors.reading(folder, step):
        return _read(folder, step, like)


def _read(folder: Path, step: int, like: Any) -> tuple[Any, dict]:
    check_there(folder, step)
    handlers = {"state": ocp.StandardCheckpointHandler(), "about": ocp.JsonCheckpointHandler()}
    options = ocp.CheckpointManagerOptions(create=False)
    with Manager(folder.absolute(), options=options, item_handlers=handlers) as manager:
        about = manager.restore(step, args=ocp.args.Composite(about=ocp.args.JsonRestore())).about
        _check(step, about, manager.item_metadata(step).state.tree, like)
        # With a place for each leaf; else Orbax would want the devices that it was saved from.
        place = lambda leaf: getattr(leaf, "sharding", None) or parallel.everywhere()
        abstract = jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=place(leaf)), like
        )
        items = ocp.args.Composite(state=ocp.args.StandardRestore(abstract))
        state = manager.restore(step, args=items).state
    _check_sums(step, state, about)
    return state, about


def _check_sums(step: int, state: Any, about: dict) -> None:
    if about["format"] < 2:
        return
    changed = sorted(dict(_sums(state).items() - about["crc32"].items()))
    if changed:
        more = f" and {len(changed) - 1} more" * (len(changed) > 1)
        raise DamagedError(
            f"The checkpoint of step {step} is damaged, {changed[0]}{more} is not what was saved: "
            f"{orbax_errors.ADVICE}."
        )


def _sums(state: Any) -> dict[str, int]:
    """The CRC of every leaf, as it lies in memory."""
    found = leaves.named(parallel.here(state))
    return {name: zlib.crc32(np.asarray(leaf).tobytes()) for name, leaf in found.items()}


def _check(step: int, about: dict, saved: Any, like: Any) -> None:
    """Refuses what Orbax would cast in silence, or leave out."""
    if about["format"] > FORMAT:
        raise CheckpointError(
            f"The checkpoint of step {step} has format {about['format']}, this version of gan_jax "
            f"reads up to {FORMAT}: update gan_jax."
        )
    if unlike := leaves.difference(saved, like):
        raise CheckpointError(f"The checkpoint of step {step} is of another model: {unlike}.")
