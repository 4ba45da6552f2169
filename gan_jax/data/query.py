"""The parts of a spec: a form, a path and options, as in `folder:PATH?size=32&resize=crop`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

from gan_jax.errors import DataError


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


def taken(spec: str, name: str) -> tuple[str, str | None]:
    """The spec without the option of this name, and its word, or None where there is none.

    >>> taken("folder:a?size=8&to=b", "to"), taken("digits?to=b", "to"), taken("ring", "to")
    (('folder:a?size=8', 'b'), ('digits', 'b'), ('ring', None))
    """
    before, _, after = spec.rpartition("?")
    words = after.split("&") if before else []
    found = [word for word in words if word.startswith(f"{name}=")]
    if not found:
        return spec, None
    rest = "&".join(word for word in words if word not in found)
    return before + f"?{rest}" * bool(rest), found[-1].removeprefix(f"{name}=")


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
            known = f"there are {', '.join(kinds)}" if kinds else "there are none here"
            raise DataError(f"`{spec}`: unknown option `{name}`: {hint(name, kinds)}{known}")
        if name in values:
            raise DataError(f"`{spec}`: the option {name} is given twice: give it once")
        values[name] = _value(kinds[name], name, value, spec)
    return values


def hint(name: str, known: Iterable[str]) -> str:
    """A question that names what is near a misspelt name, if anything is.

    >>> hint("sise", ["size", "resize"]), hint("x", ["size"])
    ('did you mean size or resize? ', '')
    """
    near = difflib.get_close_matches(name, list(known), n=2)
    return f"did you mean {' or '.join(near)}? " if near else ""


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
    pairs = (part.partition(":") for part in names(word))
    found = {name.strip(): names(order.replace("<", ",")) for name, _, order in pairs}
    if min(map(len, found.values())) < 2 or "" in found:
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
