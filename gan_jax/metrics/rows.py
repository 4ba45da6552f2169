"""What every metric asks of its arrays: finite rows of one width."""

import numpy as np
from numpy.typing import ArrayLike


def as_rows(array: ArrayLike, name: str) -> np.ndarray:
    """The array as a float64 matrix with one row per example.

    Args:
      array: `[N, ...]`, at least one example; a scalar per example counts as a row of one.
      name: what an error message calls the array.

    Returns:
      `[N, D]`, float64.

    Raises:
      ValueError: without examples or with a value that is not finite.

    >>> as_rows([[[1, 2], [3, 4]]], "images")
    array([[1., 2., 3., 4.]])
    """
    array = np.asarray(array, np.float64)
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; expected [N, ...] with examples in it")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has values that are not finite; leave those examples out")
    return array.reshape(len(array), -1)


def as_row_pair(real: ArrayLike, fake: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Two sets as matrices of equal width: `[N, D]` and `[M, D]`, float64.

    Raises:
      ValueError: as `as_rows`, or if the widths differ.
    """
    real, fake = as_rows(real, "real"), as_rows(fake, "fake")
    if real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"real has {real.shape[1]} values per example, fake {fake.shape[1]}; expected as many"
        )
    return real, fake


def as_equal_pair(real: ArrayLike, fake: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Two sets as matrices of equal shape: both `[N, D]`, float64.

    Raises:
      ValueError: as `as_row_pair`, or if the sizes of the sets differ.
    """
    real, fake = as_row_pair(real, fake)
    if len(real) != len(fake):
        raise ValueError(
            f"real has {len(real)} examples and fake {len(fake)}; "
            "expected sets of equal size: subsample the larger one"
        )
    return real, fake
