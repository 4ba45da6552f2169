import io

import numpy as np
import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from gan_jax.data.columns import Column
from gan_jax.data.encoding import Decoded
from gan_jax.histograms import BINS, CATEGORIES, draw


def drawn(column, values, missing=None):
    """The axes, and the sizes of their bars; the picture can be written."""
    values = np.asarray(values)
    figure = Figure()
    axes = figure.subplots()
    draw(axes, Decoded(column, values, np.zeros(len(values), bool) if missing is None else missing))
    figure.savefig(io.BytesIO())
    return axes


def test_numbers_that_are_missing_are_left_out():
    values = np.random.default_rng(0).normal(size=200)
    missing = np.arange(200) < 50
    axes = drawn(Column("$x$ \\frac{", "continuous"), values, missing)
    expected, edges = np.histogram(values[50:], BINS)
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], expected)
    np.testing.assert_allclose([bar.get_x() for bar in axes.patches], edges[:-1])
    assert axes.get_title() == "$x$ \\frac{ (25.0 % missing)"


@pytest.mark.parametrize(("unit", "days"), [("D", 1), ("s", 24 * 3600)])
def test_dates(unit, days):
    dates = np.array(["2020-01-01", "2020-01-03", "2021-12-31"], f"M8[{unit}]")
    axes = drawn(Column("since", "date", unit=unit), dates.astype(np.int64))
    first, last = axes.patches[0], axes.patches[-1]
    assert num2date(first.get_x()).strftime("%F") == "2020-01-01"
    assert num2date(last.get_x() + last.get_width()).strftime("%F") == "2021-12-31"
    assert (first.get_height(), last.get_height()) == (2, 1)


def said(axes):
    words = [label.get_text() for label in axes.get_yticklabels()]
    return dict(zip(words, [bar.get_width() for bar in axes.patches], strict=True))


def test_categories_are_counted_in_their_order():
    column = Column("size", "ordinal", categories=("S", "$M$", "L" * 40), missing="?")
    missing = np.array([False] * 5 + [True])
    found = said(drawn(column, [2, 0, 2, 1, 2, 0], missing))
    assert found == {"S": 1, "$M$": 1, "L" * 18: 3}


def test_the_rare_ones_of_many_categories_have_one_bar():
    names = tuple(f"c{place:02}" for place in range(CATEGORIES + 3))
    values = np.repeat(np.arange(len(names)), [1, 2, 1] + [5] * CATEGORIES)
    found = said(drawn(Column("c", "categorical", categories=names), values))
    assert found == {**dict.fromkeys(names[3:], 5), "3 others": 4}
