"""What the values of a column of a table are: a histogram of numbers, bars of categories."""

import numpy as np

from gan_jax.data.columns import NUMBERS
from gan_jax.data.encoding import Decoded

BINS = 40
CATEGORIES, LENGTH = 10, 18
"""Categories that have a bar, the most frequent ones, and characters of a name that are shown."""


def draw(axes, decoded: Decoded) -> None:
    """Draws the values of a column, and says in the title which share of them is missing.

    Args:
      axes: of Matplotlib.
      decoded: the values, as from `gan_jax.data.encoding.decode`.
    """
    column, values, missing = decoded
    known = values[~missing]
    if column.kind not in NUMBERS:
        _bars(axes, column.categories, np.bincount(known, minlength=len(column.categories)))
    elif column.kind == "date":
        axes.hist(known.astype(f"M8[{column.unit}]").astype("M8[us]"), bins=BINS)
        axes.tick_params("x", rotation=30)
    else:
        axes.hist(known, bins=BINS)
    lost = f" ({100 * missing.mean():.1f} % missing)" if missing.any() else ""
    axes.set_title(column.name + lost, fontsize=10, parse_math=False)


def _bars(axes, names: tuple[str, ...], counts: np.ndarray) -> None:
    """In the order of the categories; the rare ones of many in one bar."""
    shown = np.sort(np.argsort(-counts, kind="stable")[:CATEGORIES])
    heights, words = counts[shown].tolist(), [names[place][:LENGTH] for place in shown]
    if rare := len(names) - len(shown):
        heights.append(counts.sum() - sum(heights))
        words.append(f"{rare} others")
    axes.barh(range(len(words)), heights)
    axes.set_yticks(range(len(words)), words, parse_math=False)
    axes.invert_yaxis()
