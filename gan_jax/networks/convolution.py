"""Convolutions, each in the form that is fast where it runs: see `forms`.

Layout: images NHWC, kernels HWIO. A `form` is any function of `gan_jax.networks.forms`; where none
is given, it is the fastest for the shapes and the backend.
"""

from collections.abc import Callable
from functools import partial
from itertools import product

import jax
import jax.numpy as jnp

from gan_jax.networks import forms


def convolve(
    x: jax.Array, kernel: jax.Array, stride: int = 2, form: Callable | None = None
) -> jax.Array:
    """Cross-correlation with zero padding that divides height and width by the stride.

    `y[b, i, j, o] = sum_{u, v, c} x[b, s i + u - p, s j + v - p, c] kernel[u, v, c, o]`, with zeros
    outside of the image and `p = max(k - s, 0) // 2` for a kernel of size `k` and stride `s`.

    Args:
      x: images `[B, H, W, C]`; the stride divides H and W.
      kernel: `[k, k, C, O]`.
      stride: a whole number of at least 1.
      form: `forms.direct`, `forms.matrix_product`, ...; by default the fastest here.

    Returns:
      `[B, H / stride, W / stride, O]`.

    Raises:
      ValueError: if the shapes do not fit.

    >>> convolve(jnp.ones((1, 8, 8, 3)), jnp.ones((4, 4, 3, 5)), 2).shape
    (1, 4, 4, 5)
    """
    _check("convolve", x, kernel, channels=2)
    if x.shape[1] % stride or x.shape[2] % stride:
        raise ValueError(
            f"convolve: images of {x.shape[1]}x{x.shape[2]} with the stride {stride}: give a "
            "height and a width that the stride divides."
        )
    x, kernel = _promoted(x, kernel)
    return (form or forms.fastest(x, kernel, stride))(x, kernel, stride)


def convolve_transpose(
    y: jax.Array, kernel: jax.Array, stride: int = 2, form: Callable | None = None
) -> jax.Array:
    """The transpose (adjoint) of `x -> convolve(x, kernel, stride)`: multiplies height and width.

    `<convolve(x), y> = <x, convolve_transpose(y)>` for all `x` and `y`; it is made by transposing
    `convolve`, in which a matrix product becomes a matrix product and a sum of overlapping patches.

    Args:
      y: images `[B, H, W, O]`.
      kernel: `[k, k, C, O]`, that of the convolution: C is the channels of the result.
      stride: a whole number of at least 1.
      form: as in `convolve`.

    Returns:
      `[B, stride H, stride W, C]`.

    Raises:
      ValueError: if the shapes do not fit.

    >>> convolve_transpose(jnp.ones((1, 4, 4, 5)), jnp.ones((4, 4, 3, 5)), 2).shape
    (1, 8, 8, 3)
    """
    _check("convolve_transpose", y, kernel, channels=3)
    y, kernel = _promoted(y, kernel)
    batch, height, width, _ = y.shape
    shape = (batch, height * stride, width * stride, kernel.shape[2])
    return forms.transposed(lambda x: convolve(x, kernel, stride, form), shape, y)


def convolve_down(x: jax.Array, kernel: jax.Array, form: Callable | None = None) -> jax.Array:
    """`convolve` at stride 1, then the mean over each 2x2: as one convolution of stride 2.

    Its kernel is the mean of four shifted ones, so that nothing is computed at the full size: with
    a 3x3 kernel, 16 products instead of 36 for each output. Karras et al. 2018, arXiv:1710.10196,
    do so in their code.

    Args:
      x: images `[B, H, W, C]`, H and W even.
      kernel: `[k, k, C, O]`, of odd size.
      form: as in `convolve`.

    Returns:
      `[B, H / 2, W / 2, O]`.

    Raises:
      ValueError: if the shapes do not fit.

    >>> convolve_down(jnp.ones((1, 8, 8, 3)), jnp.ones((3, 3, 3, 5))).shape
    (1, 4, 4, 5)
    """
    _check("convolve_down", x, kernel, channels=2, odd=True)
    return convolve(x, _spread(kernel), 2, form)


def convolve_up(x: jax.Array, kernel: jax.Array, form: Callable | None = None) -> jax.Array:
    """Each pixel twice in height and width, then `convolve` at stride 1: as one transpose.

    It is four times the adjoint of `convolve_down` with the kernel turned around.

    Args:
      x: images `[B, H, W, C]`.
      kernel: `[k, k, C, O]`, of odd size.
      form: as in `convolve`.

    Returns:
      `[B, 2 H, 2 W, O]`.

    Raises:
      ValueError: if the shapes do not fit.

    >>> convolve_up(jnp.ones((1, 4, 4, 3)), jnp.ones((3, 3, 3, 5))).shape
    (1, 8, 8, 5)
    """
    _check("convolve_up", x, kernel, channels=2, odd=True)
    return convolve_transpose(x, 4 * _spread(forms.turned(kernel)), 2, form)


def convolve_grouped(
    x: jax.Array, kernel: jax.Array, groups: int, form: Callable | None = None
) -> jax.Array:
    """`convolve` at stride 1 of each group of channels, with kernels of its own.

    Args:
      x: images `[B, H, W, C]`.
      kernel: `[k, k, C / groups, O]`, the features of the first group first.
      groups: how many; a divisor of C and of O.
      form: as in `convolve`, for the shapes of one group.

    Returns:
      `[B, H, W, O]`.

    Raises:
      ValueError: if the shapes do not fit.

    >>> convolve_grouped(jnp.ones((1, 8, 8, 6)), jnp.ones((3, 3, 2, 9)), 3).shape
    (1, 8, 8, 9)
    """
    _check("convolve_grouped", x, kernel, channels=2, groups=groups)
    parted = lambda array: array.reshape(*array.shape[:-1], groups, -1)
    each = jax.vmap(partial(convolve, stride=1, form=form), in_axes=-2, out_axes=-2)
    return each(parted(x), parted(kernel)).reshape(*x.shape[:-1], -1)


def _spread(kernel: jax.Array) -> jax.Array:
    """The kernel `[k + 1, k + 1, C, O]` of the convolution and the mean over each 2x2 after it."""
    shifts = product(((0, 1), (1, 0)), repeat=2)
    return sum(jnp.pad(kernel, (*shift, (0, 0), (0, 0))) for shift in shifts) / 4


def _promoted(x: jax.Array, kernel: jax.Array) -> tuple[jax.Array, jax.Array]:
    dtype = jnp.result_type(x, kernel)
    return x.astype(dtype), kernel.astype(dtype)


def _check(
    name: str,
    x: jax.Array,
    kernel: jax.Array,
    channels: int,
    odd: bool = False,
    groups: int | None = None,
) -> None:
    parts = 1 if groups is None else groups
    square = kernel.ndim == 4 and kernel.shape[0] == kernel.shape[1]
    fits = square and x.ndim == 4 and x.shape[-1] == parts * kernel.shape[channels]
    if not fits or kernel.shape[3] % parts:
        of_group = "C" if groups is None else "C / groups"
        within = "" if groups is None else f", {groups} groups, each of as many features"
        raise ValueError(
            f"{name}: images of shape {x.shape} and a kernel of shape {kernel.shape}: expected "
            f"[B, H, W, {'CO'[channels - 2]}] and [k, k, {of_group}, O]{within}."
        )
    if odd and kernel.shape[0] % 2 == 0:
        raise ValueError(f"{name} needs a kernel of odd size; given: {kernel.shape}.")
