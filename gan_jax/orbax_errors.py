"""What Orbax and TensorStore raise, in many kinds and on pages of text, as one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_jax import storage
from gan_jax.errors import CheckpointError, DamagedError

OF_THE_DISK = ("RESOURCE_EXHAUSTED", "OUT_OF_RANGE", "No space left", "os_error_code")
OF_THE_SYSTEM = ("Too many open files", "Permission denied", "PERMISSION_DENIED", "allocate memory")
ADVICE = "name another by --step, or train on from the newest sound one by --resume"


@contextmanager
def saving(folder: Path) -> Iterator[None]:
    """Where checkpoints are saved to a folder.

    Raises:
      OSError: the disk is full or cannot be written to; checkpoints that were there are intact.
      CheckpointError: it failed for another reason.
    """
    try:
        yield
    except Exception as error:
        text = f"Saving to {folder} failed ({_short(error)}); checkpoints saved before are intact."
        if isinstance(error, OSError) or any(mark in str(error) for mark in OF_THE_DISK):
            room = f"{storage.free(folder)}: make room, or make it writable, and go on."
            raise OSError(f"{text} {room}") from error
        raise CheckpointError(text) from error


@contextmanager
def reading(folder: Path, step: int) -> Iterator[None]:
    """Where the checkpoint of a step is read; a CheckpointError of ours stays as it is.

    Raises:
      CheckpointError: the system does not let it be read.
      DamagedError: it is not what was saved.
    """
    try:
        yield
    except CheckpointError:
        raise
    except Exception as error:
        refused = isinstance(error, MemoryError) or any(m in str(error) for m in OF_THE_SYSTEM)
        raise (CheckpointError if refused else DamagedError)(
            f"The checkpoint of step {step} in {folder} cannot be read ({_short(error)}): "
            f"{'mend that' if refused else ADVICE}."
        ) from error


def _short(error: Exception) -> str:
    return (
        f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error) else ''}"
    )
