"""Figures as text: a row for each, samples beside real data."""

from collections.abc import Mapping, Sequence
from typing import Any


def table(figures: Mapping[str, Any]) -> str:
    """The outcome of `compare` as aligned text: a row per figure, four significant digits.

    >>> print(table({"samples": {"modes": 7, "mode_kl": 0.12345}, "real": {"modes": 8,
    ...     "mode_kl": 0.00123}, "n": 2500}))
    n = 2500  samples  real data
    modes           7          8
    mode_kl    0.1235    0.00123
    """
    rows = [(f"n = {figures['n']}", "samples", "real data")]
    for name, value in figures["samples"].items():
        rows.append((titled(name, figures), digits(value), digits(figures["real"][name])))
    return aligned(rows)


def titled(name: str, figures: Mapping[str, Any]) -> str:
    """The name of a figure, with the sizes of its sets where they are not `n`."""
    about = figures.get("provenance", {}).get(name)
    if about is None or about["n_real"] == about["n_fake"] == figures["n"]:
        return name
    sizes = [str(about[of]) for of in ("n_real", "n_fake") if about[of]]  # a score has one set
    return f"{name}, {' and '.join(sizes)}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as columns: the first to the left, the others to the right."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    widths = [f"<{first}", *(f">{width}" for width in others)]
    line = lambda row: "  ".join(map(format, row, widths))
    return "\n".join(map(line, rows))


def digits(value: float) -> str:
    """A number in four significant digits."""
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e9 else f"{value:.4g}"
