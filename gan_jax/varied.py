"""What a sweep varies: the words of `--vary` to values, every choice of them, and its folder."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import product
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote

from gan_jax.errors import UsageError

PLAIN = (int, float, str)
"""What makes a value of its word."""

Values = Mapping[str, Any]
"""Of the varied fields of a Config, by name."""


def combinations(vary: Mapping[str, Sequence[Any]]) -> list[Values]:
    """Every choice of one value for each name, the last name varying fastest.

    >>> combinations({"a": [1, 2], "b": [3]})
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}]
    """
    return [dict(zip(vary, values, strict=True)) for values in product(*vary.values())]


def label(values: Values) -> str:
    """The name of the folder of a part of the sweep, in which nothing is a path or a pattern.

    >>> label({"width": 64, "data": "digits?per_class=20"})
    'width-64-data-digits%3Fper_class=20'
    """
    safe = lambda value: quote(written(value), safe="=+,:@ ")
    return "-".join(f"{name}-{safe(value)}" for name, value in values.items()) or "all"


def written(value: Any) -> str:
    """A value as it stands in `--vary`.

    >>> written((64, 32)), written(1e-3)
    ('64 32', '0.001')
    """
    return " ".join(map(written, value)) if isinstance(value, tuple) else str(value)


def parse(module: ModuleType, words: Sequence[str]) -> dict[str, list[Any]]:
    """The values of `--vary field=a,b,c`, each word one field; a value of several is `a b`.

    Raises:
      UsageError: a field that the `Config` does not have, or a value that is none of its type.
    """
    kinds, vary = get_type_hints(module.Config), {}
    for word in words:
        name, given, values = word.partition("=")
        name = name.replace("-", "_")
        if name in ("seed", "seeds"):
            raise UsageError(f"--vary {word}: give seeds by --seeds 0..4; every part has them all.")
        if not given:
            raise UsageError(f"--vary {word} lacks its values: --vary {word}=A,B")
        if name not in kinds:
            near = difflib.get_close_matches(name, kinds, n=3, cutoff=0.4) or list(kinds)
            raise UsageError(f"--vary {word}: there is no field {name!r}; near: {', '.join(near)}.")
        if name in vary:
            raise UsageError(f"--vary names {name} twice: give all of its values at once.")
        vary[name] = [_parsed(word, kinds[name], value) for value in values.split(",")]
        if len(set(vary[name])) < len(vary[name]):
            raise UsageError(f"--vary {word} has a value twice.")
    return vary


def _parsed(word: str, kind: Any, text: str) -> Any:
    inner = get_args(kind)
    if inner[1:] == (...,) and inner[0] in PLAIN:
        if not text.strip():
            raise UsageError(f"--vary {word}: a value is missing beside a comma.")
        return tuple(_parsed(word, inner[0], part) for part in text.split())
    others = [each for each in inner if each is not type(None)]
    if type(None) in inner and len(others) == 1:
        return None if text == "None" else _parsed(word, others[0], text)
    if get_origin(kind) is Literal:
        choices = {str(choice): choice for choice in get_args(kind)}
    elif kind is bool:
        choices = {"True": True, "False": False}
    elif kind in PLAIN:
        choices = {}
    else:
        raise UsageError(
            f"--vary {word}: fields of type {kind} cannot be varied; sweep once for each value, "
            "given by the field's own flag."
        )
    try:
        return choices[text] if choices else kind(text)
    except (KeyError, ValueError) as error:
        said = f"one of {', '.join(choices)}" if choices else f"of type {kind.__name__}"
        raise UsageError(f"--vary {word}: {text!r} is not {said}.") from error
