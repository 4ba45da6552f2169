"""Convolutions in two forms: the same numbers, each fast where the other is slow.

On a CPU the gradients of a compiled convolution, above all those of a gradient penalty, are many
times slower than matrix products: there a convolution is one matrix product over gathered patches.
Elsewhere it is the operation of the compiler. Layout: images NHWC, kernels HWIO.
"""

from collections.abc import Callable
from itertools import product

import jax
import jax.numpy as jnp


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
      form: `matrix_product` or `direct`; by default the fast one on this backend.

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
    return (form or _fast())(*_promoted(x, kernel), stride)


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
    x = jax.ShapeDtypeStruct((batch, height * stride, width * stride, kernel.shape[2]), y.dtype)
    return jax.linear_transpose(lambda x: convolve(x, kernel, stride, form), x)(y)[0]


def direct(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """The compiler's own convolution."""
    padding = _padding(kernel.shape[0], stride)
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(
        x, kernel, (stride, stride), (padding, padding), dimension_numbers=layout
    )


def matrix_product(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """Patches times kernel. Where the stride divides the kernel, space is first folded to depth."""
    size, _, channels, features = kernel.shape
    fold = stride if size % stride == 0 else 1
    step, taps = stride // fold, size // fold
    shape = (x.shape[0], x.shape[1] // stride, x.shape[2] // stride)
    padding = _padding(size, stride)
    x = _space_to_depth(jnp.pad(x, ((0, 0), padding, padding, (0, 0))), fold)
    rows, columns = (step * (length - 1) + 1 for length in shape[1:])
    shifts = product(range(taps), repeat=2)
    patches = [x[:, i : i + rows : step, j : j + columns : step] for i, j in shifts]
    weights = kernel.reshape(taps, fold, taps, fold, channels, features)
    weights = weights.transpose(0, 2, 1, 3, 4, 5).reshape(-1, features)
    # Of rank two on purpose: a product of rank four is much slower, and so are its gradients.
    flat = jnp.concatenate(patches, axis=-1).reshape(-1, weights.shape[0])
    return (flat @ weights).reshape(*shape, features)


def _fast() -> Callable:
    return matrix_product if jax.default_backend() == "cpu" else direct


def _padding(size: int, stride: int) -> tuple[int, int]:
    total = max(size - stride, 0)
    return total // 2, total - total // 2


def _space_to_depth(x: jax.Array, fold: int) -> jax.Array:
    batch, height, width, channels = x.shape
    x = x.reshape(batch, height // fold, fold, width // fold, fold, channels)
    x = x.transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(batch, height // fold, width // fold, fold * fold * channels)


def _promoted(x: jax.Array, kernel: jax.Array) -> tuple[jax.Array, jax.Array]:
    dtype = jnp.result_type(x, kernel)
    return x.astype(dtype), kernel.astype(dtype)


def _check(name: str, x: jax.Array, kernel: jax.Array, channels: int) -> None:
    square = kernel.ndim == 4 and kernel.shape[0] == kernel.shape[1]
    if not square or x.ndim != 4 or x.shape[-1] != kernel.shape[channels]:
        expected = ("[k, k, C, O]", "[B, H, W, " + "CO"[channels - 2] + "]")
        raise ValueError(
            f"{name}: images of shape {x.shape} and a kernel of shape {kernel.shape}: expected "
            f"{expected[1]} and {expected[0]}."
        )
