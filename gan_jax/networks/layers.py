"""Layers that know of no mode: what a layer does follows from its inputs and its variables."""

from collections.abc import Callable

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import lecun_normal, normal, zeros

from gan_jax import axis
from gan_jax.networks.convolution import (
    convolve,
    convolve_down,
    convolve_transpose,
    convolve_up,
)
from gan_jax.numerics import wide

STATISTICS = "statistics"


def around_one(deviation: float) -> Callable:
    """An initialiser that draws from N(1, deviation^2)."""
    return lambda key, shape, dtype: 1 + normal(deviation)(key, shape, dtype)


class Dense(nn.Module):
    """`x kernel + bias`, `[..., inputs]` to `[..., features]`: `nn.Dense`, whose bias is `biased`.

    Parameters: `kernel`, `[inputs, features]`, and `bias`, `[features]`.
    """

    features: int
    use_bias: bool = True
    kernel_init: Callable = lecun_normal()

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (x.shape[-1], self.features)
        kernel = self.param("kernel", self.kernel_init, shape, jnp.float32)
        return _add_bias(self, x @ kernel)


class Conv(nn.Module):
    """A convolution that divides height and width by the stride; see `convolution.convolve`.

    Parameters: `kernel`, `[kernel, kernel, inputs, features]` (HWIO), and `bias`, `[features]`.
    """

    features: int
    kernel: int = 4
    stride: int = 2
    use_bias: bool = True
    kernel_init: Callable = normal(0.02)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return _add_bias(self, convolve(x, _kernel(self, x.shape[-1], self.features), self.stride))


class ConvTranspose(nn.Module):
    """The transpose of `Conv`: multiplies height and width by the stride.

    Parameters: `kernel`, `[kernel, kernel, features, inputs]`, that of the convolution which this
    one transposes (so an initialiser scaled by fan-in must count axis 3), and `bias`, `[features]`.
    """

    features: int
    kernel: int = 4
    stride: int = 2
    use_bias: bool = True
    kernel_init: Callable = normal(0.02)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        kernel = _kernel(self, self.features, x.shape[-1])
        return _add_bias(self, convolve_transpose(x, kernel, self.stride))


class ConvDown(nn.Module):
    """`Conv` of stride 1, then the mean over each 2x2, in one; see `convolution.convolve_down`."""

    features: int
    kernel: int = 3
    use_bias: bool = True
    kernel_init: Callable = normal(0.02)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return _add_bias(self, convolve_down(x, _kernel(self, x.shape[-1], self.features)))


class ConvUp(nn.Module):
    """Each pixel twice, then `Conv` of stride 1, in one; see `convolution.convolve_up`."""

    features: int
    kernel: int = 3
    use_bias: bool = True
    kernel_init: Callable = normal(0.02)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return _add_bias(self, convolve_up(x, _kernel(self, x.shape[-1], self.features)))


class BatchNorm(nn.Module):
    """`scale (x - mean) / sqrt(variance + epsilon) + bias`, over all axes but the last.

    Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1. Mean and variance are those of the
    global batch, until there are fixed ones in the collection "statistics": then it uses these,
    and an example's output depends on that example alone. They are measured and stored when the
    collection is mutable, which `Network.settle` sees to.

    Differs from the paper: no running averages; the fixed variance is the biased one, so that the
    settled network gives the batch that it was settled on what it gave it in training.
    """

    epsilon: float = 1e-5
    scale_init: Callable = around_one(0.02)
    affine: bool = True  # whether there are a scale and a bias

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        exact = wide(x)
        mean, variance = self._statistics(exact)
        factor = jax.lax.rsqrt(variance + self.epsilon)
        if not self.affine:
            return (_row(factor, x) * (exact - _row(mean, x))).astype(x.dtype)
        scale = self.param("scale", self.scale_init, (x.shape[-1],), jnp.float32)
        bias = self.param("bias", zeros, (x.shape[-1],), jnp.float32)
        scaled = _row(scale * factor, x) * (exact - _row(mean, x))
        return (scaled + _row(bias, x)).astype(x.dtype)

    def _statistics(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        settling = self.is_mutable_collection(STATISTICS)
        if not settling and self.has_variable(STATISTICS, "mean"):
            return tuple(self.get_variable(STATISTICS, name) for name in ("mean", "variance"))
        mean, variance = batch_statistics(x)
        if settling:
            self.put_variable(STATISTICS, "mean", mean)
            self.put_variable(STATISTICS, "variance", variance)
        return mean, variance


def batch_statistics(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Mean and variance `[C]` of the global batch `[..., C]`, the variance as E[(x - mean)^2]."""
    axes = tuple(range(x.ndim - 1))
    mean = axis.mean(x.mean(axes))
    return mean, axis.mean(jnp.square(x - _row(mean, x)).mean(axes))


def biased(x: jax.Array, bias: jax.Array) -> jax.Array:
    """`x` `[..., C]` plus `[C]`: wide, so that the bias's gradient, a sum of many terms, is it."""
    return (wide(x) + _row(bias, x)).astype(x.dtype)


def mean_pool(x: jax.Array) -> jax.Array:
    """The mean over each 2x2: `[B, H, W, C]` to `[B, H / 2, W / 2, C]`."""
    batch, height, width, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).mean((2, 4))


def double(x: jax.Array) -> jax.Array:
    """Each pixel four times: `[B, H, W, C]` to `[B, 2 H, 2 W, C]`."""
    batch, height, width, channels = x.shape
    x = jnp.broadcast_to(x[:, :, None, :, None], (batch, height, 2, width, 2, channels))
    return x.reshape(batch, 2 * height, 2 * width, channels)


def _kernel(layer: nn.Module, *channels: int) -> jax.Array:
    return layer.param("kernel", layer.kernel_init, (*(layer.kernel,) * 2, *channels), jnp.float32)


def _add_bias(layer: nn.Module, x: jax.Array) -> jax.Array:
    if not layer.use_bias:
        return x
    return biased(x, layer.param("bias", zeros, (layer.features,), jnp.float32))


def _row(vector: jax.Array, x: jax.Array) -> jax.Array:
    return vector.reshape((1,) * (x.ndim - 1) + vector.shape)
