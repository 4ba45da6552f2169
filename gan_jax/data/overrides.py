"""What the columns of a table are asked to be, by options or in a small TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_jax.data.cells import reported
from gan_jax.data.columns import KINDS
from gan_jax.data.query import hint
from gan_jax.errors import DataError

Asked = dict[str, str | tuple[str, ...]]
"""Of each column that is named: a kind, the order of its categories, or "drop"."""
WORDS = (*(kind for kind in KINDS if kind != "ordinal"), "drop", "label")


def by_options(
    kinds: Mapping[str, Sequence[str]],
    ordinal: Mapping[str, Sequence[str]],
    drop: Sequence[str],
    label: str | None,
) -> Asked:
    """What options ask for.

    Raises:
      ValueError: two things of one column, or a category twice.
    """
    asked: Asked = {}
    for name, order in ordinal.items():
        if len(set(order)) < len(order):
            raise ValueError(f"ordinal={name}:{'<'.join(order)}: give each category once")
    wanted = [(name, kind) for kind, names in kinds.items() for name in names]
    wanted += [(name, tuple(order)) for name, order in ordinal.items()]
    for name, kind in [*wanted, *((name, "drop") for name in drop)]:
        if name in asked:
            raise ValueError(f"the column {name} is asked to be two things: give it once")
        asked[name] = kind
    _check_label(asked, label)
    return asked


def with_file(
    path: Path, names: Sequence[str], asked: Asked, label: str | None
) -> tuple[Asked, str | None]:
    """What a TOML file asks for, and the label, where options do not say otherwise.

    It has a line for each column that is not what it seems to be:

        id = "drop"
        zip = "categorical"
        size = ["S", "M", "L"]
        job = "label"

    Args:
      path: of the file.
      names: of the columns that there are.
      asked: by options.
      label: by options.

    Raises:
      DataError: a file that is no such; the line and the column are named.
    """
    with reported(path):
        content = path.read_text("utf-8-sig")
        found = tomllib.loads(content)
    labels = []
    for name, value in found.items():
        where = f"{path}: {_line(content, name)}"
        if name not in names:
            raise DataError(
                f"{where}there is no column {name!r}: {hint(name, names)}it has {', '.join(names)}"
            )
        found[name] = _kind(value, f"{where}column `{name}`")
        if value == "label":
            labels.append(name)
            if len(labels) > 1:
                raise DataError(f"{where}column `{name}` is a second label: keep one of them")
    label = label or next(iter(labels), None)
    asked = {name: kind for name, kind in found.items() if kind != "label"} | asked
    _check_label(asked, label)
    return asked, label


def _check_label(asked: Asked, label: str | None) -> None:
    if asked.get(label) in ("drop", "continuous", "date"):
        raise ValueError(f"label={label}, which is {asked[label]}: a label names classes")


def _kind(value: Any, where: str) -> str | tuple[str, ...]:
    if value in WORDS:
        return value
    words = isinstance(value, list) and all(isinstance(word, str) for word in value)
    if words and len(set(value)) == len(value) > 1:
        return tuple(value)
    near = hint(value, WORDS) if isinstance(value, str) else ""
    raise DataError(
        f"{where} is {value!r}: {near}expected one of {', '.join(WORDS)}, or the list of its "
        'categories in order, all different, as in ["S", "M", "L"]'
    )


def _line(content: str, name: str) -> str:
    """`line 3: `, where the column is named; nothing where it is not found as it is written."""
    for number, line in enumerate(content.splitlines(), 1):
        if line.partition("=")[0].strip().strip("\"'") == name:
            return f"line {number}: "
    return ""
