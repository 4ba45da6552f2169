"""Figures by the nearest example: can it be told from which set it is, and is it a copy?"""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.neighbours import nearest
from gan_jax.metrics.rows import as_equal_pair, as_row_pair

_ASKED = 10_000  # training examples whose distance from the others is looked at


def two_sample(real: ArrayLike, fake: ArrayLike) -> dict[str, float]:
    """The classifier two-sample test by one nearest neighbour, each example left out in turn.

    How often the neighbour of an example, among all others of both sets, is of its own set: 1/2 for
    one distribution, 1 for two that can be told apart, less than 1/2 where one set copies the
    other. Lopez-Paz & Oquab 2017, arXiv:1610.06545, section 3; real and fake apart as in Xu et al.
    2018, arXiv:1806.07755, section 2: fakes that find fakes lack variety, real ones that find real
    ones lack fakes near them.

    Args:
      real: `[N, ...]`, pixels or features.
      fake: `[N, ...]`, of the same shape.

    Returns:
      `two_sample`, the mean of `two_sample_real` and `two_sample_fake`; each from 0 to 1.

    Raises:
      ValueError: for unequal shapes or values that are not finite.

    >>> two_sample([[0.0], [1.0]], [[5.0], [6.0]])["two_sample"]
    1.0
    """
    real, fake = as_equal_pair(real, fake)
    both = np.concatenate([real, fake])
    found = nearest(both, both, exclude_self=True)[0][:, 0] < len(real)
    own = float(found[: len(real)].mean()), float((~found[len(real) :]).mean())
    return {"two_sample": sum(own) / 2, "two_sample_real": own[0], "two_sample_fake": own[1]}


def near_duplicates(train: ArrayLike, other: ArrayLike, *, share: float = 0.01) -> dict[str, float]:
    """How many examples lie as near to one of the training data as few training data to another.

    Near is the distance within which the nearest share of the training examples have another
    training example. So it is no more than a few held-out examples, whose figure stands beside: a
    generator that copies has many. Where training data hold copies, that distance may be 0.

    Args:
      train: `[N, ...]`, all training data, N at least 2; the first 10,000 of them say what is near.
      other: `[M, ...]`, samples or held-out examples.
      share: of the training examples, above 0 and below 1.

    Returns:
      `near_duplicates`, a share of the others; and `nearest_train`, their median distance from the
      nearest training example.

    Raises:
      ValueError: for unequal widths, values that are not finite, or such a share.

    >>> near_duplicates([[0.0], [1.0], [3.0]], [[3.1], [9.0]], share=0.5)["near_duplicates"]
    0.5
    """
    train, other = as_row_pair(train, other)
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; expected a number above 0 and below 1")
    among = nearest(train[:_ASKED], train, exclude_self=True)[1][:, 0]
    found = nearest(other, train)[1][:, 0]
    near = np.quantile(among, share, method="lower")
    middle = float(np.median(np.sqrt(found.clip(min=0))))
    return {"near_duplicates": float(np.mean(found <= near)), "nearest_train": middle}
