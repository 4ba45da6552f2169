"""Forms of a convolution: the same numbers, each fast where the others are slow.

On a CPU the gradients of a compiled convolution, above all those of a gradient penalty, are many
times slower than matrix products. A form is a function of images `[B, H, W, C]`, a kernel
`[k, k, C, O]` and a stride that divides H and W; what it computes is said in `convolution`. All are
linear in the images and in the kernel, so each may be differentiated and transposed at will.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from itertools import product
from operator import add, sub

import jax
import jax.numpy as jnp
from jax import lax


def fastest(x: jax.Array, kernel: jax.Array, stride: int) -> Callable:
    """The form that is fast for arrays of these shapes on this backend."""
    size, _, channels, features = kernel.shape
    if size == stride == 1:
        return matrix_product
    if jax.default_backend() != "cpu":
        return direct
    if _tiny(x, kernel, stride):
        return dense
    taps, rest = divmod(size, stride)
    # Its sums of differences cost too much precision in half, and too much time for few channels.
    suits = min(channels * stride**2, features) >= 16 and x.dtype.itemsize >= 4
    if suits and not rest and taps in _INPUT:
        return winograd
    return scattered if stride == 1 and size % 2 and features < channels else matrix_product


def direct(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """The compiler's own convolution."""
    padding = _padding(kernel.shape[0], stride)
    layout = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(
        x, kernel, (stride, stride), (padding, padding), dimension_numbers=layout
    )


def matrix_product(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """Patches times kernel. Where the stride divides the kernel, space is first folded to depth."""
    size, features = kernel.shape[0], kernel.shape[3]
    fold = stride if size % stride == 0 else 1
    step, taps = stride // fold, size // fold
    shape = (x.shape[0], x.shape[1] // stride, x.shape[2] // stride)
    padding = _padding(size, stride)
    x = _space_to_depth(jnp.pad(x, ((0, 0), padding, padding, (0, 0))), fold)
    rows, columns = (step * (length - 1) + 1 for length in shape[1:])
    shifts = product(range(taps), repeat=2)
    patches = [x[:, i : i + rows : step, j : j + columns : step] for i, j in shifts]
    # Of rank two on purpose: a product of rank four is much slower, and so are its gradients.
    weights = _fold_kernel(kernel, fold).reshape(-1, features)
    flat = jnp.concatenate(patches, axis=-1).reshape(-1, weights.shape[0])
    return (flat @ weights).reshape(*shape, features)


def dense(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """Whole images times one matrix, which holds the kernel once for each place: for tiny maps."""
    size, *_, features = kernel.shape
    (batch, height, width, _), (before, _) = x.shape, _padding(size, stride)
    low = lambda place: stride * place - before  # where the kernel begins; it is cut at the border
    places = list(product(range(height // stride), range(width // stride)))
    edge = lambda place, length: (low(place), length - size - low(place), 0)
    pads = [(edge(i, height), edge(j, width), (0, 0, 0), (0, 0, 0)) for i, j in places]
    placed = [lax.pad(kernel, jnp.zeros((), kernel.dtype), pad) for pad in pads]
    matrix = jnp.stack(placed, axis=3).reshape(-1, len(places) * features)
    y = x.reshape(batch, -1) @ matrix
    return y.reshape(batch, height // stride, width // stride, features)


def scattered(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """Pixels times kernel, then the sum of overlapping patches: for few features.

    The transpose of `matrix_product`; of stride 1 and odd size only, where the transpose of a
    convolution is the convolution by the kernel turned around.
    """
    shape = (*x.shape[:3], kernel.shape[3])
    return transposed(lambda y: matrix_product(y, turned(kernel), stride), shape, x)


@partial(jax.jit, static_argnames="stride")  # layers of one shape are traced once
def winograd(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """Minimal filtering: 2x2 outputs by (r + 1)^2 products instead of 4 r^2.

    `A^T ((G g G^T) * (B^T d B)) A` for tiles `d` of `r + 1` squared, every product `*` one matrix
    product over channels: Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308, section 4.1. Space
    is first folded to depth, and `r`, the kernel's size by the stride, is 2 or 3.
    """
    taps, features = kernel.shape[0] // stride, kernel.shape[3]
    size = [x.shape[axis] // stride for axis in (1, 2)]
    tiles = [-(-length // 2) for length in size]
    before, _ = _padding(kernel.shape[0], stride)
    after = [2 * stride * (tiles[i] + 1) - before - x.shape[i + 1] for i in (0, 1)]
    x = jnp.pad(x, ((0, 0), (before, after[0]), (before, after[1]), (0, 0)))
    rows = _combine(_INPUT[taps], _every_other(_space_to_depth(x, stride), 1, taps, tiles[0]))
    images = [_combine(_INPUT[taps], _every_other(row, 2, taps, tiles[1])) for row in rows]
    rows = _combine(_KERNEL[taps], _unstack(_fold_kernel(kernel, stride), 0))
    kernels = [_combine(_KERNEL[taps], _unstack(row, 0)) for row in rows]
    shape = (x.shape[0], *tiles, features)
    multiply = lambda image, kernel: (image.reshape(-1, len(kernel)) @ kernel).reshape(shape)
    products = [list(map(multiply, *pair)) for pair in zip(images, kernels, strict=True)]
    columns = [_combine(_OUTPUT[taps], column) for column in zip(*products, strict=True)]
    tile = [_combine(_OUTPUT[taps], row) for row in zip(*columns, strict=True)]
    y = jnp.stack([jnp.stack(row, axis=3) for row in tile], axis=2)
    return y.reshape(x.shape[0], 2 * tiles[0], 2 * tiles[1], features)[:, : size[0], : size[1]]


def transposed(function: Callable, shape: Sequence[int], y: jax.Array) -> jax.Array:
    """The transpose of a linear function of arrays of this shape, at `y`.

    By `vjp` at zeros made of `y`, of which nothing remains in the program, and not by
    `linear_transpose`: so they differ between devices where `y` does, as `shard_map` wants it.
    """
    zeros = jnp.broadcast_to(0 * y[(0,) * y.ndim], shape)
    return jax.vjp(function, zeros)[1](y)[0]


def turned(kernel: jax.Array) -> jax.Array:
    """The kernel `[k, k, O, C]` of the transpose of a convolution of stride 1 and odd size."""
    return kernel[::-1, ::-1].swapaxes(2, 3)


# B^T, G and A^T of F(2, r) for r = 2 and 3.
_INPUT = {
    2: ((1, -1, 0), (0, 1, 0), (0, 1, -1)),
    3: ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
}
_KERNEL = {
    2: ((1, 0), (1, 1), (0, 1)),
    3: ((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1)),
}
_OUTPUT = {2: ((1, 1, 0), (0, 1, -1)), 3: ((1, 1, 1, 0), (0, 1, -1, -1))}


def _combine(matrix: Sequence[Sequence[float]], parts: Sequence[jax.Array]) -> list[jax.Array]:
    """The matrix times the column of `parts`; a factor of 1 or -1 is no product of the program."""
    return [_sum([pair for pair in zip(row, parts, strict=True) if pair[0]]) for row in matrix]


def _sum(terms: Sequence[tuple[float, jax.Array]]) -> jax.Array:
    added = [part if c == 1 else c * part for c, part in terms if c != -1]
    return reduce(sub, [part for c, part in terms if c == -1], reduce(add, added))


def _every_other(x: jax.Array, axis: int, taps: int, tiles: int) -> list[jax.Array]:
    """`x[i], x[i + 2], ...` along `axis`, as many as there are tiles, for `i` up to `taps`.

    The even and the odd are split first: the transpose of that is one concatenation, and the
    transpose of slices with a stride would be a slow sum of arrays with holes.
    """
    parity = x.reshape(*x.shape[:axis], -1, 2, *x.shape[axis + 1 :])
    halves = _unstack(parity, axis + 1)
    starts = [(halves[i % 2], i // 2) for i in range(taps + 1)]
    return [lax.slice_in_dim(half, i, i + tiles, axis=axis) for half, i in starts]


def _unstack(x: jax.Array, axis: int) -> list[jax.Array]:
    parts = lax.split(x, (1,) * x.shape[axis], axis)
    return [part.squeeze(axis) for part in parts]


def _tiny(x: jax.Array, kernel: jax.Array, stride: int) -> bool:
    """Whether the matrix of `dense` is about as small as patches of these few places would be."""
    (batch, height, width, _), (size, *_, features) = x.shape, kernel.shape
    return height * width <= 4 * stride**2 and height * width * features <= 2 * batch * size**2


def _padding(size: int, stride: int) -> tuple[int, int]:
    total = max(size - stride, 0)
    return total // 2, total - total // 2


def _space_to_depth(x: jax.Array, fold: int) -> jax.Array:
    batch, height, width, channels = x.shape
    x = x.reshape(batch, height // fold, fold, width // fold, fold, channels)
    x = x.transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(batch, height // fold, width // fold, fold * fold * channels)


def _fold_kernel(kernel: jax.Array, fold: int) -> jax.Array:
    size, _, channels, features = kernel.shape
    taps = size // fold
    kernel = kernel.reshape(taps, fold, taps, fold, channels, features)
    return kernel.transpose(0, 2, 1, 3, 4, 5).reshape(taps, taps, -1, features)
