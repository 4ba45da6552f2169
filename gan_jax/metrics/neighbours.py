"""Figures by nearest neighbours: improved precision and recall, density and coverage.

The device proposes a few candidates per query from float32 scores, in chunks of queries, and the
host decides between them by direct differences in float64: copies are at distance 0 and ties are
ties, at the cost of one float32 matrix product. Beyond 64 values per example that product cannot
rank neighbours much nearer to each other than a thousandth of their distance to the mean; the
candidates among them, and so the figures, are then approximate.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.typing import ArrayLike

from gan_jax.metrics.rows import as_equal_pair, as_row_pair

_SPARE = 5  # candidates beyond those asked for, against the rounding of float32
_DIRECT = 64  # up to this width differences cost hardly more than a product, and are exact


def nearest(
    queries: ArrayLike,
    points: ArrayLike,
    count: int = 1,
    *,
    squared_radii: np.ndarray | None = None,
    exclude_self: bool = False,
    chunk: int = 512,
) -> tuple[np.ndarray, np.ndarray]:
    """The points with the least power distance `|query - point|^2 - radius^2`, nearest first.

    Without radii that is the squared distance. With radii, the least power distance of a query is
    at most 0 exactly if the query lies inside a ball.

    Args:
      queries: `[N, ...]`.
      points: `[M, ...]`, of the same shape per example.
      count: how many points per query.
      squared_radii: `[M]`, of the balls around the points; None for 0.
      exclude_self: never give point i to query i (by index, so copies remain neighbours).
      chunk: queries at once; memory grows as `chunk * M`.

    Returns:
      Indices into points and power distances, both `[N, count]`.

    Raises:
      ValueError: if there are fewer than `count` points to give.

    >>> nearest([0.0, 5.0], [1.0, 3.0], 2)[1]
    array([[ 1.,  9.],
           [ 4., 16.]])
    """
    queries, points = as_row_pair(queries, points)
    available = len(points) - exclude_self
    if not 1 <= count <= available:
        raise ValueError(f"{count} neighbours of {available} points; expected 1 to {available}")
    radii = np.zeros(len(points)) if squared_radii is None else np.asarray(squared_radii)
    centre = points.mean(axis=0, keepdims=True)
    candidates = _propose(
        *(np.asarray(x, np.float32) for x in (queries - centre, points - centre, radii)),
        count=min(count + _SPARE, available),
        exclude_self=exclude_self,
        chunk=chunk,
    )
    return _decide(queries, points, radii, np.asarray(candidates), count)


@functools.partial(jax.jit, static_argnames=("count", "exclude_self", "chunk"))
def _propose(queries, points, squared_radii, *, count, exclude_self, chunk):
    """Indices `[N, count]` of the least power distances in float32."""
    numbers = jnp.arange(len(points))
    squares = jnp.sum(points**2, axis=1)

    def candidates(number, query):
        if points.shape[1] <= _DIRECT:
            distances = jnp.sum((points - query[None]) ** 2, axis=1)
        else:  # without |query|^2, which does not change the order
            distances = squares - 2 * jnp.dot(points, query, precision=lax.Precision.HIGHEST)
        powers = distances - squared_radii
        if exclude_self:
            powers = jnp.where(numbers == number, jnp.inf, powers)
        return lax.top_k(-powers, count)[1]

    return lax.map(
        lambda row: candidates(*row), (jnp.arange(len(queries)), queries), batch_size=chunk
    )


def _decide(queries, points, squared_radii, candidates, count):
    """The `count` best of the candidates `[N, C]`, in float64."""
    powers = -squared_radii[candidates]
    for column, index in enumerate(candidates.T):
        for start in range(0, len(queries), 512):
            rows = slice(start, start + 512)
            differences = queries[rows] - points[index[rows]]
            powers[rows, column] += np.sum(differences**2, axis=1)
    order = np.argsort(powers, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(candidates, order, 1), np.take_along_axis(powers, order, 1)


def precision_recall(
    real: ArrayLike, fake: ArrayLike, neighbours: int = 3, *, chunk: int = 512
) -> dict[str, float]:
    """Improved precision and recall.

    Every point of a set carries a ball that reaches to its k-th nearest neighbour in the set,
    itself excluded. Precision is the share of fakes inside any ball of a real point; recall is the
    share of real points inside any ball of a fake. Kynkaanniemi et al. 2019, eq. 1 and 2,
    arXiv 1904.06991. Two sets of one distribution stay below 1, so print their figures alongside.

    Args:
      real: `[N, ...]`, pixels or features.
      fake: `[N, ...]`, of the same shape: the figures depend on the size of the sets.
      neighbours: k, from 1 to N - 1.
      chunk: points at once; memory grows as `chunk * N`.

    Returns:
      `precision` and `recall`, each from 0 to 1.

    Raises:
      ValueError: for unequal shapes, values that are not finite, or too many neighbours.

    >>> precision_recall([0.0, 1.0, 2.0, 9.0], [0.5, 1.5, 2.5, 30.0], neighbours=1)
    {'precision': 0.75, 'recall': 1.0}
    """
    real, fake = as_equal_pair(real, fake)

    def share_inside(queries, points):
        radii = nearest(points, points, neighbours, exclude_self=True, chunk=chunk)[1][:, -1]
        powers = nearest(queries, points, squared_radii=radii, chunk=chunk)[1]
        return float(np.mean(powers <= 0))

    return {"precision": share_inside(fake, real), "recall": share_inside(real, fake)}


def density_coverage(
    real: ArrayLike, fake: ArrayLike, neighbours: int = 5, *, chunk: int = 512
) -> dict[str, float]:
    """Density and coverage: a few strays change them less than precision and recall.

    With the balls of `precision_recall` around the real points: density is the mean number of
    balls that a fake lies in, over k; coverage the share of balls that hold any fake. Naeem et al.
    2020, arXiv:2002.09797, eq. 3 and 4. Of two sets of one distribution the density is 1 on
    average, and the coverage about `1 - 2^-k`.

    Args:
      real: `[N, ...]`, pixels or features.
      fake: `[N, ...]`, of the same shape: the figures depend on the size of the sets.
      neighbours: k, from 1 to N - 1.
      chunk: points at once; memory grows as `chunk * N`.

    Returns:
      `density`, 0 or more, also above 1; `coverage`, from 0 to 1.

    Raises:
      ValueError: for unequal shapes, values that are not finite, or too many neighbours.

    >>> density_coverage([0.0, 1.0, 2.0, 9.0], [0.5, 1.5, 2.5, 30.0], neighbours=1)
    {'density': 1.5, 'coverage': 1.0}
    """
    from scipy.spatial.distance import cdist

    real, fake = as_equal_pair(real, fake)
    radii = nearest(real, real, neighbours, exclude_self=True, chunk=chunk)[1][:, -1]
    inside, covered = 0, np.zeros(len(real), bool)
    radii = radii * (1 + 1e-12)  # cdist adds the squares up in another order
    for start in range(0, len(fake), chunk):
        within = cdist(fake[start : start + chunk], real, "sqeuclidean") <= radii[None]
        inside += int(within.sum())
        covered |= within.any(axis=0)
    return {"density": inside / (neighbours * len(fake)), "coverage": float(covered.mean())}
