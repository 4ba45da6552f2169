"""How like the rows of a real table others are: column by column, and pair of columns by pair."""

from collections.abc import Sequence

import numpy as np

from gan_jax.data.columns import Column
from gan_jax.metrics.cells import Cells, cells, one_hot


def marginals(real: Cells, other: Cells) -> dict[str, float]:
    """How far the columns of two tables are apart, each by itself; from 0 to 1, by name.

    Of numbers the Kolmogorov-Smirnov statistic, max_x |F(x) - G(x)|, where a missing value counts
    as less than all; of choices the total variation, 1/2 sum_k |p_k - q_k|.

    >>> one, two = (Cells({}, {"c": np.array(c)}, {"c": 2}) for c in ([0, 0, 0, 1], [0, 1, 1, 1]))
    >>> marginals(one, two)
    {'c': 0.5}
    """
    from scipy.stats import ks_2samp

    low = lambda table, name: np.nan_to_num(table.numbers[name], nan=-np.inf)
    statistic = lambda name: ks_2samp(low(real, name), low(other, name), method="asymp").statistic
    variation = lambda name: 0.5 * np.abs(_shares(real, name) - _shares(other, name)).sum()
    found = {name: statistic(name) for name in real.numbers}
    found |= {name: variation(name) for name in real.choices}
    return {name: float(value) for name, value in found.items()}


def associations(table: Cells) -> np.ndarray:
    """How much each two columns have to do with one another, `[C, C]`, in the order of `names`.

    Of two numbers Pearson's correlation, with its sign; of two choices Cramer's V; of a number and
    a choice the correlation ratio, the root of the share of the variance that the categories
    explain. All three are one thing: where a column is the matrix of its standardised values, or of
    `(1[x = k] - p_k) / sqrt(p_k)`, it is |A^T B / N| by the root of the lesser rank. A missing
    number counts as the mean, and a column of one value has nothing to do with any other.

    >>> table = Cells({"x": np.array([1.0, 2, 4, 5])}, {"c": np.array([0, 0, 1, 1])}, {"c": 2})
    >>> associations(table).round(4).tolist()
    [[1.0, 0.9487], [0.9487, 1.0]]
    """
    blocks = [_standardised(column) for column in table.numbers.values()]
    blocks += [_centred(one_hot(table, name)) for name in table.choices]
    ranks = [1] * len(table.numbers)
    ranks += [len(np.unique(column)) - 1 for column in table.choices.values()]
    bounds = np.cumsum([0, *(block.shape[1] for block in blocks)])
    every = np.concatenate(blocks, axis=1)
    products = every.T @ every / len(every)
    squares = np.add.reduceat(np.add.reduceat(products**2, bounds[:-1], 0), bounds[:-1], 1)
    found = np.sqrt(squares / np.maximum(np.minimum.outer(ranks, ranks), 1))
    count = len(table.numbers)
    found[:count, :count] = products[:count, :count]
    return found


def categories_lost(real: Cells, other: Cells) -> float:
    """The share of the categories of the real rows, over all columns, that the others never have.

    A missing value counts as one.
    """
    there = [_shares(real, name) > 0 for name in real.choices]
    lost = [
        (_shares(other, name) == 0) & own for name, own in zip(real.choices, there, strict=True)
    ]
    return float(sum(map(np.sum, lost)) / max(sum(map(np.sum, there)), 1))


def fidelity(real: np.ndarray, other: np.ndarray, columns: Sequence[Column]) -> dict[str, float]:
    """Mean and worst of `marginals`, of numbers (`ks`) and of choices (`tv`), and of the others.

    Args:
      real: encoded rows `[N, D]`.
      other: `[M, D]`.
      columns: of the data's spec.

    Returns:
      `ks_mean`, `ks_worst`, `tv_mean` and `tv_worst`, where there are such columns;
      `association_mean` and `association_worst`, the difference of `associations` over all pairs,
      where there are two columns; and `categories_lost`.
    """
    one, two = cells(real, columns), cells(other, columns)
    apart, figures = marginals(one, two), {}
    for what, names in (("ks", one.numbers), ("tv", one.choices)):
        figures |= _mean_and_worst(what, [apart[name] for name in names])
    pairs = np.triu_indices(len(one.names), 1)
    gaps = np.abs(associations(one) - associations(two))[pairs]
    lost = categories_lost(one, two)
    return figures | _mean_and_worst("association", gaps) | {"categories_lost": lost}


def _mean_and_worst(what: str, values: Sequence[float]) -> dict[str, float]:
    if not len(values):
        return {}
    return {f"{what}_mean": float(np.mean(values)), f"{what}_worst": float(np.max(values))}


def _shares(table: Cells, name: str) -> np.ndarray:
    choice = table.choices[name]
    return np.bincount(choice, minlength=table.sizes[name]) / len(choice)


def _standardised(column: np.ndarray) -> np.ndarray:
    known = column[~np.isnan(column)]
    mean = known.mean() if len(known) else 0.0
    filled = np.where(np.isnan(column), mean, column) - mean
    return filled[:, None] / (filled.std() or 1.0)


def _centred(hot: np.ndarray) -> np.ndarray:
    shares = hot.mean(0, keepdims=True)
    return (hot - shares) / np.sqrt(np.where(shares > 0, shares, 1.0))
