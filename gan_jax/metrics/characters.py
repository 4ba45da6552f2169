"""Figures of text, one-hot or in probabilities `[N, T, V]`: which n-grams of characters it has."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

ORDERS = (1, 2, 3, 4)
"""Of the n-grams: those of Gulrajani et al. 2017."""


def ngram_divergence(real: ArrayLike, fake: ArrayLike, order: int) -> float:
    """The Jensen-Shannon divergence of the n-grams of characters of two texts.

    `KL(P || M) / 2 + KL(Q || M) / 2` with `M = (P + Q) / 2`, in bits: the code of Gulrajani et
    al. 2017, arXiv 1704.00028, which follows it in training. Each n-gram counts
    wherever it stands in an example. The more n-grams there are, the farther two samples of one
    text are apart by chance: print the figure of real data at the same size alongside.

    Args:
      real: `[N, T, V]`; a step is the symbol of its largest value.
      fake: `[M, T, V]`.
      order: n, from 1 to T.

    Returns:
      0 for the same shares, up to 1 for no n-gram in common.

    Raises:
      ValueError: for other shapes, values that are not finite, or an order that is out of range.

    >>> ab, aa = np.eye(2)[[[0, 1]]], np.eye(2)[[[0, 0]]]
    >>> round(ngram_divergence(ab, aa, 1), 4), ngram_divergence(ab, aa, 2)
    (0.3113, 1.0)
    """
    texts = _symbols(real, "real"), _symbols(fake, "fake")
    shortest = min(text.shape[1] for text in texts)
    if np.shape(real)[2] != np.shape(fake)[2] or not 1 <= order <= shortest:
        raise ValueError(
            f"n-grams of {order} in texts of shape {np.shape(real)} and {np.shape(fake)}; expected "
            "as many symbols, and n from 1 to the number of steps"
        )
    return _divergence(*texts, order)


def for_text(seed: int = 0) -> Callable[[np.ndarray, np.ndarray], dict[str, float]]:
    """The evaluation of text: divergences of n-grams, also of the same characters in any order.

    Args:
      seed: of the order into which the characters are brought.

    Returns:
      An evaluation with the figures `js_1`, ..., `js_4`, or up to the length of the text, and
      `js_2_shuffled`, ...: the same of the same data with all characters exchanged at random, which
      leaves their shares alone. Text knows more than which characters are frequent only where
      `js_n` is below `js_n_shuffled` of the real data, the row of the independent unigrams.
    """

    def evaluate(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
        real, other = _symbols(real, "real"), _symbols(other, "other")
        shuffled = np.random.default_rng(seed).permutation(other.ravel()).reshape(other.shape)
        orders = [n for n in ORDERS if n <= real.shape[1]]
        figures = {f"js_{n}": _divergence(real, other, n) for n in orders}
        rows = {f"js_{n}_shuffled": _divergence(real, shuffled, n) for n in orders[1:]}
        return figures | rows

    return evaluate


def _symbols(text: ArrayLike, name: str) -> np.ndarray:
    """Indices `[N, T]` of the largest values."""
    text = np.asarray(text)
    if text.ndim != 3 or not text.size:
        raise ValueError(f"{name} has shape {text.shape}; expected [N, T, V] with text in it")
    if not np.isfinite(text).all():
        raise ValueError(f"{name} has values that are not finite; leave those examples out")
    return text.argmax(-1)


def _divergence(real: np.ndarray, fake: np.ndarray, order: int) -> float:
    grams = [
        np.lib.stride_tricks.sliding_window_view(text, order, axis=1).reshape(-1, order)
        for text in (real, fake)
    ]
    columns = np.concatenate(grams).T
    kind = np.zeros(columns.shape[1], np.int64)
    for column in columns:  # numbered anew at each, as one number of all might not fit
        kind = np.unique(kind * (columns.max() + 1) + column, return_inverse=True)[1]
    kinds = np.split(kind, [len(grams[0])])
    shares = [np.bincount(part, minlength=kind.max() + 1) / len(part) for part in kinds]
    middle = sum(shares) / 2
    terms = (p[p > 0] * np.log2(p[p > 0] / middle[p > 0]) for p in shares)
    return float(sum(map(np.sum, terms)) / 2)
