"""How well clusters that were found without labels are the classes."""

import numpy as np
from numpy.typing import ArrayLike


def matched_error(clusters: ArrayLike, labels: ArrayLike) -> float:
    """The share of examples outside the class of their cluster, clusters and classes one to one.

    The best assignment of clusters to classes (Kuhn 1955), as for Chen et al. 2016,
    arXiv:1606.03657, section 7.2; what is left over where the numbers of both differ is all wrong.

    Args:
      clusters: `[N]`, from 0.
      labels: `[N]`, from 0.

    >>> matched_error([0, 0, 1, 1], [1, 1, 0, 0]), matched_error([0, 1, 2, 2], [0, 0, 1, 1])
    (0.0, 0.25)
    """
    from scipy.optimize import linear_sum_assignment

    counts = _counts(clusters, labels)
    return 1 - float(counts[linear_sum_assignment(-counts)].sum() / counts.sum())


def majority_error(clusters: ArrayLike, labels: ArrayLike) -> float:
    """The share of examples outside the class that most of their cluster has: never the larger.

    Differs from Makhzani et al. 2015, arXiv:1511.05644, section 6, where the label of a cluster is
    that of the example which is most surely in it.

    >>> majority_error([0, 1, 2, 2], [0, 0, 1, 1])
    0.0
    """
    counts = _counts(clusters, labels)
    return 1 - float(counts.max(axis=1).sum() / counts.sum())


def _counts(clusters: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """How many examples of each cluster (rows) have each label (columns)."""
    clusters, labels = np.asarray(clusters), np.asarray(labels)
    if clusters.shape != labels.shape or clusters.ndim != 1 or not len(labels):
        raise ValueError(
            f"clusters of shape {clusters.shape}, labels of {labels.shape}; expected [N] of both"
        )
    counts = np.zeros((clusters.max() + 1, labels.max() + 1), np.int64)
    np.add.at(counts, (clusters, labels), 1)
    return counts
