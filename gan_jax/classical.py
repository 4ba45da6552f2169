"""Classical augmentation of arrays: what is done to few examples where no generator is trained.

Unlike `gan_jax.augmentation`, which a critic is shown within a training, these make new examples
for a classifier. A `Distortion` is `(generator, x [N, ...]) -> x [N, ...]`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_jax.data import Spec

Distortion = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def suited(spec: Spec) -> Distortion | None:
    """`turned_and_shifted` for images, `scaled_and_jittered` for sequences; None for the others."""
    if spec.is_image:
        return turned_and_shifted
    return scaled_and_jittered if spec.is_sequence else None


def turned_and_shifted(
    random: np.random.Generator, images: np.ndarray, *, degrees: float = 10.0, share: float = 0.08
) -> np.ndarray:
    """Images about their middle turned by up to `degrees` and moved by up to `share` of the sides.

    Angle and shifts are uniform, drawn for each image; between pixels it is linear, and what comes
    in is as at the edge. No flips, which make another digit of many.

    Args:
      random: draws.
      images: `[N, H, W, C]`.
      degrees: largest angle, 0 or more.
      share: largest shift, 0 or more, of height and of width.
    """
    angles = random.uniform(-degrees, degrees, len(images))
    shifts = random.uniform(-share, share, (len(images), 2)) * images.shape[1:3]
    return np.stack([moved(*each) for each in zip(images, angles, shifts, strict=True)])


def moved(image: np.ndarray, degrees: float, shift: np.ndarray) -> np.ndarray:
    """One image `[H, W, C]`, turned against the clock and then shifted down and to the right.

    y(p) = x(R^T (p - m - s) + m), for the middle m, the shift s in pixels and the rotation R.

    >>> moved(np.arange(4.0).reshape(2, 2, 1), 90, np.zeros(2))[..., 0].round(6).tolist()
    [[1.0, 3.0], [0.0, 2.0]]
    """
    from scipy.ndimage import affine_transform

    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    back = np.array([[cos, sin], [-sin, cos]])
    middle = (np.array(image.shape[:2]) - 1) / 2
    offset = middle - back @ (middle + shift)
    apply = lambda plane: affine_transform(plane, back, offset, order=1, mode="nearest")
    return np.stack([apply(plane) for plane in np.moveaxis(image, -1, 0)], axis=-1)


def scaled_and_jittered(
    random: np.random.Generator,
    sequences: np.ndarray,
    *,
    scale: float = 0.1,
    jitter: float = 0.05,
) -> np.ndarray:
    """s x + e: a normal factor for each sequence, normal noise at each step.

    Um et al. 2017, arXiv:1706.00527, section 3, whose deviations are 0.1 and 0.05.
    Differs from the paper: one factor for all channels; the noise in deviations of the data.

    Args:
      random: draws.
      sequences: `[N, T, C]`.
      scale: the deviation of s about 1, 0 or more.
      jitter: that of e, 0 or more, in the deviation of all values.
    """
    factors = random.normal(1, scale, (len(sequences), 1, 1))
    noise = random.normal(0, jitter * sequences.std(), sequences.shape)
    return (factors * sequences + noise).astype(sequences.dtype)


def enlarged(
    distortion: Distortion,
    random: np.random.Generator,
    x: np.ndarray,
    label: np.ndarray,
    count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """`count` distorted examples `[count, ...]` and their labels, each example as often to one.

    Args:
      distortion: of examples of this kind.
      random: draws.
      x: `[N, ...]`.
      label: `[N]`.
      count: how many.
    """
    chosen = random.permutation(len(x))[np.arange(count) % len(x)]
    return distortion(random, x[chosen]), label[chosen]
