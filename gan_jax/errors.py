"""What can go wrong at a user's desk: one class per kind, each with its exit code.

A mistake in a declaration (a game, a network, a loss) is a plain `ValueError`. The classes here are
for what the command line reports in one line: what was given, what was expected, what to do.
"""

from pathlib import Path


class UsageError(ValueError):
    """A wrong flag, value or configuration."""

    code = 2


class DataError(ValueError):
    """Data that are missing, broken or do not fit."""

    code = 3


def missing(path: Path) -> DataError:
    """The error of a file of data that is not there."""
    where = "" if path.is_absolute() else f" in {Path.cwd()}"
    return DataError(f"{path}: there is no such file{where}: correct the path")


class CheckpointError(RuntimeError):
    """A checkpoint that is missing, damaged or of another model."""

    code = 4


class DamagedError(CheckpointError):
    """A checkpoint that is not what was saved: an earlier one may be sound."""


class DivergedError(ArithmeticError):
    """Training that met a number that is not finite, by this step."""

    code = 5

    def __init__(self, text: str, step: int = 0):
        super().__init__(text)
        self.step = step


class RunError(RuntimeError):
    """A run folder that exists already, is in use, or is no run."""

    code = 6


USER_ERRORS = (UsageError, DataError, CheckpointError, DivergedError, RunError)
"""What the command line shows as one line, with the class's code; an `OSError` exits with 7."""


EXHAUSTED = ("RESOURCE_EXHAUSTED", "OUT_OF_MEMORY", "out of memory", "Out of memory")
"""What JAX and the devices' drivers say, in errors of many kinds, when there is no more memory."""


def told(error: Exception) -> tuple[str, int] | None:
    """The line that the command shows of an error, and its exit code; None of a bug."""
    if isinstance(error, (OSError, *USER_ERRORS)):
        return line(error), getattr(error, "code", 7)
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in EXHAUSTED):
        first = str(error).strip().partition("\n")[0][:200].rstrip(".")
        advice = "use a smaller batch, fewer seeds at once or a smaller --device-data."
        return line(f"There is not enough memory ({first}): {advice}"), UsageError.code
    return None


def line(error) -> str:
    """What the command line shows of an error."""
    return f"gan-jax: {' '.join(str(error).split())}"
