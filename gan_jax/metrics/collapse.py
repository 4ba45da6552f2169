"""How varied samples are: what is watched in training, since a collapse shows in it first."""

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.metrics.neighbours import nearest
from gan_jax.metrics.rows import as_equal_pair


def variety(
    real: ArrayLike, fake: ArrayLike, *, neighbours: int = 5, share: float = 0.01
) -> dict[str, float]:
    """How much of real data samples cover, and how many of them are not nearly another sample.

    Covered is a real point that has a fake nearer to it than its k-th real neighbour: Naeem et al.
    2020, arXiv:2002.09797, eq. 4. Distinct is a fake that has no other fake within the distance in
    which only the nearest share of the real points have another real point.

    Args:
      real: `[N, ...]`, pixels or features; N above `neighbours`.
      fake: `[N, ...]`, of the same shape: the figures depend on the size of the sets.
      neighbours: k.
      share: of the real points, above 0 and below 1.

    Returns:
      `covered` and `distinct`, each from 0 to 1; of two sets of one distribution about `1 - 2^-k`
      and `1 - share`.

    Raises:
      ValueError: for unequal shapes, values that are not finite, or too many neighbours.

    >>> variety([[0.0], [1.0], [3.0], [7.0]], [[0.1], [0.1], [0.1], [2.9]], neighbours=1)
    {'covered': 0.75, 'distinct': 0.25}
    """
    real, fake = as_equal_pair(real, fake)
    among = nearest(real, real, neighbours, exclude_self=True)[1]
    reached = nearest(real, fake)[1][:, 0]
    near = np.quantile(among[:, 0], share, method="lower")
    apart = nearest(fake, fake, exclude_self=True)[1][:, 0]
    return {
        "covered": float(np.mean(reached <= among[:, -1])),
        "distinct": float(np.mean(apart > near)),
    }
