"""The parts of a spec: a form, a path and options, as in `folder:PATH?size=32&resize=crop`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

from gan_jax.errors import DataError

COMMON = ("per_class", "labelled", "subset")
"""Options of all data with labels."""


def flag(word: str) -> bool:
    """0 or 1."""
    if word not in ("0", "1"):
        raise ValueError(word)
    return word == "1"


def split(spec: str) -> tuple[str, str | None, str]:
    """Form, path (None where there is no colon) and options, which follow the last `?`.

    >>> split("folder:~/cats?size=32&resize=pad")
    ('folder', '~/cats', 'size=32&resize=pad')
    >>> split("ring"), split("folder:/what?/now?")
    (('ring', None, ''), ('folder', '/what?/now', ''))
    """
    before, mark, after = spec.rpartition("?")
    before, after = (before, after) if mark else (after, "")
    form, colon, path = before.partition(":")
    return form, path if colon else None, after


def taken(spec: str, *names: str) -> tuple[str, str]:
    """The spec without the options of these names, and those.

    >>> taken("folder:a?size=8&to=b", "to"), taken("digits?to=b", "to"), taken("ring", "to")
    (('folder:a?size=8', 'to=b'), ('digits', 'to=b'), ('ring', ''))
    """
    before, mark, after = spec.rpartition("?")
    words = after.split("&") if mark else []
    found = [word for word in words if word.partition("=")[0] in names]
    if not found:
        return spec, ""
    rest = "&".join(word for word in words if word not in found)
    return before + f"?{rest}" * bool(rest), "&".join(found)


def added(spec: str, options: str) -> str:
    """The spec with more options.

    >>> added("digits", "a=1"), added("folder:x?size=8", "a=1"), added("folder:/what?/now?", "a=1")
    ('digits?a=1', 'folder:x?size=8&a=1', 'folder:/what?/now?a=1')
    """
    return f"{spec}{'' if spec.endswith('?') else '&' if '?' in spec else '?'}{options}"


def options(text: str, spec: str, **kinds: Callable[[str], Any]) -> dict[str, Any]:
    """The values of `a=1&b=x` by their names.

    Args:
      text: the options, as from `split`.
      spec: what messages call them.
      kinds: what makes a value of its word, such as int, by the names that there are; it raises
        ValueError where it cannot.

    Raises:
      DataError: a name that there is not, or twice, or a word that is no such value.

    >>> options("size=32&resize=pad", "folder:...", size=int, resize=str, skip_corrupt=int)
    {'size': 32, 'resize': 'pad'}
    """
    values = {}
    for word in text.split("&") if text else ():
        name, _, value = word.partition("=")
        if name not in kinds:
            asked = hint(name, [*kinds, *COMMON])
            known = (
                f"there are {', '.join(kinds)}" if kinds else "there are none here" * (not asked)
            )
            raise DataError(f"`{spec}`: unknown option `{name}`: {asked}{known}")
        if name in values:
            raise DataError(f"`{spec}`: the option {name} is given twice: give it once")
        values[name] = _value(kinds[name], name, value, spec)
    return values


def hint(name: str, known: Iterable[str], shown: Callable[[str], str] = str) -> str:
    """A question that names what is near a misspelt name, as it is shown, if anything is.

    >>> hint("sise", ["size", "resize"]), hint("x", ["size"])
    ('did you mean size or resize? ', '')
    """
    near = difflib.get_close_matches(name, list(known), n=2)
    return f"did you mean {' or '.join(map(shown, near))}? " if near else ""


def pair(word: str) -> tuple[float, float]:
    """Two numbers with a comma between them, in brackets or not.

    >>> pair("0,1"), pair("(-1, 1)")
    ((0.0, 1.0), (-1.0, 1.0))
    """
    low, high = map(float, word.strip("()").split(","))
    return low, high


def names(word: str) -> tuple[str, ...]:
    """Names with commas between them.

    >>> names("age,sex")
    ('age', 'sex')
    """
    found = tuple(name.strip() for name in word.split(","))
    if not all(found):
        raise ValueError(word)
    return found


def orders(word: str) -> dict[str, tuple[str, ...]]:
    """Columns with their categories in order.

    >>> orders("size:S<M<L,grade:low<high")
    {'size': ('S', 'M', 'L'), 'grade': ('low', 'high')}
    """
    pairs = [part.partition(":") for part in names(word)]
    found = {name.strip(): names(order.replace("<", ",")) for name, _, order in pairs}
    if min(map(len, found.values())) < 2 or "" in found or len(found) < len(pairs):
        raise ValueError(word)
    return found


KINDS = {
    int: "a whole number",
    float: "a number",
    str: "a word",
    flag: "0 or 1",
    pair: "two numbers LOW,HIGH",
    names: "names A,B,C",
    orders: "columns and their categories in order, COLUMN:LOW<HIGH",
}


def _value(kind: Callable[[str], Any], name: str, value: str, spec: str) -> Any:
    try:
        if value:
            return kind(value)
    except ValueError:
        pass
    raise DataError(
        f"`{spec}`: {name}={value}, expected {KINDS.get(kind, 'another')}: write {name}=VALUE"
    )
