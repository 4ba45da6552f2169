"""The flags that commands of `gan-jax explore` share, and what they may say."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gan_jax.errors import UsageError
from gan_jax.options import check_seed
from gan_jax.reading import Source
from gan_jax.words import flags, numbers

FURTHEST = 2**16
"""Samples of a seed that can be named by their numbers."""
FORMS = (".png", ".gif", ".webp", ".npz")


@dataclasses.dataclass(frozen=True)
class Target:
    """Where to."""

    out: str = ""
    """A .png, a .gif or .webp of images, or a .npz (arrays `samples`, `latents` and, where there
    are any, `labels`: shares of the classes); explore-WHAT.png if not given."""
    labels: str = ""
    """Classes by name, for a conditional model: one for all samples that are named by their
    numbers, or as many as there are of them, 3,8,...; their own if not given."""
    overwrite: bool = False
    """Replace the file if it exists."""


class Asked(NamedTuple):
    """What the flags of a command say."""

    settings: Any
    source: Source
    target: Target
    out: Path


def asked(words: Sequence[str], what: str, kind: type) -> Asked:
    """The flags of a command that explores; nothing is loaded.

    Args:
      words: the flags.
      what: name of the command.
      kind: dataclass of its own flags, which come back as `settings`.

    Raises:
      UsageError: a flag that cannot be.
    """
    kinds = {"settings": kind, "source": Source, "target": Target}
    settings, source, target = flags(words, f"explore RUN {what}", **kinds)
    check_seed(source.seed or 0)
    out = Path(target.out or f"explore-{what}.png").expanduser()
    if out.suffix not in FORMS:
        raise UsageError(f"--out {out} ends in none of {', '.join(FORMS)}.")
    return Asked(settings, source, target, out)


def samples(given: str, flag: str, fewest: int = 1) -> list[int]:
    """Numbers of samples, which `gan-jax sample` draws in this order from its seed.

    Raises:
      UsageError: too few, or one that cannot be.
    """
    found = numbers(given, flag)
    if len(found) < fewest or max(found) >= FURTHEST:
        raise UsageError(
            f"--{flag} is {given!r}: give {fewest} or more numbers of samples, from 0 to "
            f"{FURTHEST - 1}."
        )
    return found
