"""Words of a command line to names, numbers and flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, make_dataclass
from typing import Any

from gan_jax.errors import UsageError

MOST = 4096
"""Numbers in a list."""


def numbers(given: str, flag: str) -> list[int]:
    """The numbers of a flag, in order, such as 0..7 (both included) or 0,3,5; none if it is empty.

    Raises:
      UsageError: it is no such list.

    >>> numbers("0..2,7", "samples")
    [0, 1, 2, 7]
    """
    found = []
    for part in filter(None, given.split(",")):
        first, _, last = part.partition("..")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise UsageError(f"--{flag} is {given!r}: give it as 0..7 or as 0,3,5.")
        if int(last or first) - int(first) >= MOST:
            raise UsageError(f"--{flag} is {given!r}: {MOST} numbers at most.")
        found += range(int(first), int(last or first) + 1)
    return found


def named(words: Sequence[str], missing: str) -> tuple[str, list[str]]:
    """The first word, which names something, and the flags behind it; help wins over both.

    Raises:
      UsageError: saying what is missing.

    >>> named(["runs/mine", "--n", "3"], "Name a run."), named(["--n", "-h"], "Name a run.")
    (('runs/mine', ['--n', '3']), ('', ['--help']))
    """
    if {"-h", "--help"} & set(words):
        return "", ["--help"]
    if not words or words[0].startswith("-"):
        raise UsageError(missing)
    return words[0], list(words[1:])


def taken(words: Sequence[str], flag: str) -> tuple[list[str], list[str]]:
    """The words without a flag that may stand several times, and its values.

    Raises:
      UsageError: a flag without a value.

    >>> taken(["--steps", "3", "--vary", "rate=1,2", "--vary=beta=3"], "--vary")
    (['--steps', '3'], ['rate=1,2', 'beta=3'])
    """
    rest, values, left = [], [], iter(words)
    for word in left:
        name, given, value = word.partition("=")
        if name != flag:
            rest.append(word)
            continue
        values.append(value if given else next(left, ""))
        if not values[-1]:
            raise UsageError(f"{flag} lacks its value.")
    return rest, values


def flags(words: Sequence[str], name: str, **kinds: Any) -> tuple:
    """Values of dataclasses, whose fields are flags beside one another, by the titles in --help.

    Where a dataclass's value is given in place of the dataclass, its fields are the defaults.
    """
    import tyro

    flat = tyro.conf.OmitArgPrefixes
    begin = lambda k: field() if isinstance(k, type) else field(default_factory=lambda: k)
    kind = lambda k: k if isinstance(k, type) else type(k)
    both = make_dataclass(
        "Flags", [(t, flat[kind(k)], begin(k)) for t, k in kinds.items()], kw_only=True
    )
    given = tyro.cli(both, args=list(words), prog=f"gan-jax {name}")
    return tuple(getattr(given, title) for title in kinds)
