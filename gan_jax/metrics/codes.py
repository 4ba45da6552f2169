"""Figures of codes, and of what is made of them again."""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_equal_pair, as_row_pair


def determination(codes: ArrayLike, found: ArrayLike) -> float:
    """R^2 = 1 - sum |c - found|^2 / sum |c - mean c|^2, at most 1; 0 for the mean of the codes.

    Args:
      codes: `[N, d]`, from which examples were made.
      found: `[N, d]`, what a posterior says of them.

    >>> determination([[0.0], [2.0]], [[0.0], [1.0]])
    0.5
    """
    codes, found = as_equal_pair(codes, found)
    return 1 - float(np.square(codes - found).sum() / np.square(codes - codes.mean(0)).sum())


def principal_error(train: ArrayLike, held_out: ArrayLike, dimensions: int) -> float:
    """Mean squared error for each value of held-out examples in the principal components of others.

    What the best linear autoencoder with codes of so many dimensions would leave (Hotelling 1933).

    Args:
      train: `[N, ...]`, whose mean and components they are.
      held_out: `[M, ...]`.
      dimensions: of the components, in order of their variance.
    """
    train, held_out = as_row_pair(train, held_out)
    mean = train.mean(0)
    vectors = np.linalg.eigh(np.cov(train, rowvar=False, bias=True).reshape(2 * mean.shape))[1]
    kept = vectors[:, ::-1][:, :dimensions]
    centred = held_out - mean
    return float(np.square(centred - centred @ kept @ kept.T).mean())


def reconstruction_ratio(examples: ArrayLike, made: ArrayLike) -> float:
    """mean_i |x_i - made_i| / mean_i |x_i - made_i+1|: 0 at best, 1 if it is of any other example.

    Donahue et al. 2016, arXiv:1605.09782, report both norms, Euclidean, in their code.

    Args:
      examples: x, `[N, ...]`, in random order.
      made: G(E(x)), `[N, ...]`.

    >>> reconstruction_ratio([[0.0], [4.0]], [[1.0], [5.0]])
    0.25
    """
    examples, made = as_equal_pair(examples, made)
    far = lambda other: np.linalg.norm(examples - other, axis=1).mean()
    return float(far(made) / far(np.roll(made, -1, axis=0)))


def neighbour_accuracy(
    known: ArrayLike, known_labels: ArrayLike, codes: ArrayLike, labels: ArrayLike
) -> float:
    """The share of codes `[N, d]` whose nearest of the `known` `[M, d]` has their label `[N]`.

    It grows with M: compare figures of as many. Of 60,000 for 10,000 codes of 50 numbers it takes
    about 5 s of a core, of as many images of 784 pixels 30 s.
    """
    from sklearn.neighbors import KNeighborsClassifier

    known, codes = as_row_pair(known, codes)
    judge = KNeighborsClassifier(1, algorithm="brute").fit(known, np.asarray(known_labels))
    return float(judge.score(codes, np.asarray(labels)))
