"""What arrays at hand may be, brought to one form: images, points, sequences, labels."""

from __future__ import annotations

import warnings

import numpy as np

from gan_jax.data.dataset import check_finite
from gan_jax.data.source import Source, blocks, check_memory, is_source
from gan_jax.errors import DataError

Examples = np.ndarray | Source
"""A source is taken as it is: it has its last axis already."""


def images_or_points(real: Examples, where: str) -> Examples:
    """Images [N, H, W, C], uint8 or float32, or points [N, D], float32; a DataError otherwise."""
    shape, floats = real.shape, np.issubdtype(real.dtype, np.floating)
    axes, there = len(shape), (2, 4) if is_source(real) else (2, 3, 4)
    if axes not in there or 0 in shape:
        raise DataError(
            f"{where}: real has shape {shape}, expected images [N, H, W] or "
            "[N, H, W, C], or points [N, D], none of them empty: reshape it"
        )
    if not floats and real.dtype != np.uint8:
        raise DataError(
            f"{where}: real is {real.dtype}, expected uint8 images or floats: give "
            "real.astype(np.float32), and its full range, as in range=(0, 65535)"
        )
    if axes == 2 and not floats:
        raise DataError(
            f"{where}: uint8 of shape {shape}: points [N, D] must be floats, as by "
            "real.astype(np.float32); images need the axes [N, H, W]"
        )
    if axes == 4 and shape[1] in (1, 3) and shape[2] == shape[3] > 4:
        raise DataError(
            f"{where}: images of shape {shape} have the channels first, expected "
            "[N, H, W, C]: give real.transpose(0, 2, 3, 1)"
        )
    real = _finite(real, where)
    return real[..., None] if axes == 3 else real


def sequences(real: Examples, where: str) -> Examples:
    """Sequences [N, T, C], uint8 or float32; a DataError otherwise."""
    kinds = real.dtype == np.uint8 or np.issubdtype(real.dtype, np.floating)
    axes, there = len(real.shape), (3,) if is_source(real) else (2, 3)
    if axes not in there or 0 in real.shape or not kinds:
        raise DataError(
            f"{where}: real is {real.dtype} of shape {real.shape}, expected sequences [N, T] or "
            "[N, T, C], uint8 or floats, none of them empty: reshape or convert it"
        )
    real = _finite(real, where)
    return real[..., None] if axes == 2 else real


def check_varying(real: Examples, name: str) -> None:
    """Refuses sequences none of which changes, as where the axes are others.

    It warns of those that do not, and of channels that change in none.
    """
    alike = np.concatenate([(r == r[:, :1]).all(axis=1) for _, r in blocks(real)])
    still, dull = alike.all(axis=1), np.flatnonzero(alike.all(axis=0))
    constant = still.sum()
    if constant == len(still):
        raise DataError(
            f"{name}: no sequence of shape {real.shape[1:]} changes from step to step: see that "
            "the axes are [N, T, C], with two steps or more"
        )
    if constant:
        warnings.warn(f"{name}: {constant} of {len(still)} sequences are constant", stacklevel=3)
    if dull.size:
        said = f"{name}: {len(dull)} of {real.shape[2]} channels, such as {dull[0]}, are constant"
        warnings.warn(f"{said} in each of {len(still)} sequences", stacklevel=3)


def labels(label: np.ndarray, where: str) -> np.ndarray:
    """Labels [N], int32, not negative; a DataError otherwise."""
    if label.ndim != 1 or not np.issubdtype(label.dtype, np.integer):
        raise DataError(
            f"{where}: labels are {label.dtype} of shape {label.shape}, expected "
            "integers of shape [N]: for one-hot rows give label.argmax(1), for names "
            "np.unique(label, return_inverse=True)[1]"
        )
    if label.size and (label.min() < 0 or label.max() >= 2**31):
        raise DataError(
            f"{where}: labels from {label.min()} to {label.max()}, expected 0..K-1: "
            "give np.unique(label, return_inverse=True)[1]"
        )
    return label.astype(np.int32)


def _finite(real: Examples, where: str) -> Examples:
    """The bytes as they are, floats as float32, if they are finite."""
    if real.dtype != np.uint8 and not is_source(real):
        if real.dtype != np.float32:
            check_memory(4 * real.size, f"{where}: {len(real)} examples as float32")
        with np.errstate(over="ignore"):  # what overflows becomes an infinity, which is refused
            real = real.astype(np.float32, copy=False)
    check_finite(real, where)
    return real
