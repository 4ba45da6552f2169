"""Residual networks over time for text: Gulrajani et al. 2017, arXiv:1704.00028, and their code."""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, zeros

from gan_jax.networks.labels import with_label
from gan_jax.networks.layers import Dense, biased
from gan_jax.networks.resnet import he_uniform
from gan_jax.numerics import wide


def convolve_time(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """`y[b, t, o] = sum_{u, c} x[b, t + u - (k - 1) // 2, c] kernel[u, c, o]`, zeros outside.

    As one matrix product, of patches by the kernel: on a CPU that is fast, and so are the
    gradients of a gradient penalty.

    Args:
      x: sequences `[B, T, C]`.
      kernel: `[k, C, O]`.

    Returns:
      `[B, T, O]`.

    >>> convolve_time(jnp.ones((1, 3, 1)), jnp.ones((5, 1, 1)))[0, :, 0].tolist()
    [3.0, 3.0, 3.0]
    """
    batch, steps, _ = x.shape
    size, _, features = kernel.shape
    padded = jnp.pad(x, ((0, 0), ((size - 1) // 2, size // 2), (0, 0)))
    patches = jnp.concatenate([padded[:, u : u + steps] for u in range(size)], axis=-1)
    flat = patches.reshape(batch * steps, -1) @ kernel.reshape(-1, features)
    return flat.reshape(batch, steps, features)


class ConvTime(nn.Module):
    """A convolution over time, `[B, T, C]` to `[B, T, features]`; see `convolve_time`.

    Parameters: `kernel`, `[kernel, C, features]`, and `bias`, `[features]`.
    """

    features: int
    kernel: int = 5

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (self.kernel, x.shape[-1], self.features)
        kernel = self.param("kernel", he_uniform, shape, jnp.float32)
        bias = self.param("bias", zeros, shape[2:], jnp.float32)
        x = x.astype(jnp.result_type(x, kernel))
        return biased(convolve_time(x, kernel), bias)


class TimeBlock(nn.Module):
    """`x + scale conv(relu(conv(relu(x))))`, as wide as x; the scale is that of the paper's code.

    >>> make = TimeBlock().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 8)))[0].shape
    (2, 32, 8)
    """

    kernel: int = 5
    scale: float = 0.3

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        hidden = ConvTime(x.shape[-1], self.kernel, name="first")(nn.relu(x))
        hidden = ConvTime(x.shape[-1], self.kernel, name="second")(nn.relu(hidden))
        return x + self.scale * hidden


class TextGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to probabilities `[B, T, V]`.

    A projection, `blocks` of `TimeBlock`, a convolution of kernel 1 and a softmax over the symbols:
    the critic sees the probabilities beside one-hot text.

    With latents and noise, a pair `([B, d], [B, T, V])` such as the prior
    `together(normal(d), gumbel(T, V))` of `gan_jax.priors` makes, it is the Gumbel-softmax, which
    draws a symbol: `softmax((logits + noise) / temperature)`, Kusner and Hernandez-Lobato 2016,
    arXiv:1611.04051, eq. 6.

    Attributes:
      shape: time steps and symbols.
      width: channels of all layers; the paper's 512.
      blocks: how many; the paper's 5.
      classes: how many labels there are; 0 for a generator without labels.
      temperature: of the softmax, above 0.
      straight_through: whether the output is the one-hot symbol of the largest probability, with
        the gradient of the probabilities (Jang et al. 2016, arXiv:1611.01144, section 2.2).

    >>> make = TextGenerator(shape=(32, 60), width=8).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 128)))[0].shape
    (2, 32, 60)
    """

    shape: Sequence[int]
    width: int = 512
    blocks: int = 5
    classes: int = 0
    temperature: float = 1.0
    straight_through: bool = False

    @nn.compact
    def __call__(self, z, label: jax.Array | None = None) -> jax.Array:
        z, noise = z if isinstance(z, tuple) else (z, None)
        steps, symbols = self.shape
        x = with_label(z, label, self.classes)
        x = Dense(steps * self.width, kernel_init=glorot_uniform())(x)
        x = x.reshape(-1, steps, self.width)
        for _ in range(self.blocks):
            x = TimeBlock()(x)
        logits = ConvTime(symbols, 1)(x)
        logits = logits if noise is None else logits + noise
        soft = nn.softmax(wide(logits) / self.temperature).astype(logits.dtype)
        if not self.straight_through:
            return soft
        hard = jax.nn.one_hot(soft.argmax(-1), symbols, dtype=soft.dtype)
        return soft + jax.lax.stop_gradient(hard - soft)


class TextCritic(nn.Module):
    """Text `[B, T, V]`, one-hot or not, and labels `[B]` if there are classes, to scores `[B]`.

    A convolution of kernel 1, `blocks` of `TimeBlock` and one linear layer over all steps; no
    normalisation. Labels are further channels of every step.

    Attributes:
      width: channels of all layers; the paper's 512.
      blocks: how many; the paper's 5.
      classes: how many labels there are; 0 for a critic without labels.

    >>> make = TextCritic(width=8).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 32, 60)))[0].shape
    (2,)
    """

    width: int = 512
    blocks: int = 5
    classes: int = 0

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        if x.ndim != 3:
            raise ValueError(f"TextCritic got {x.shape}: expected [batch, time, symbols].")
        x = ConvTime(self.width, 1)(with_label(x, label, self.classes))
        for _ in range(self.blocks):
            x = TimeBlock()(x)
        return Dense(1, kernel_init=glorot_uniform())(x.reshape(x.shape[0], -1))[:, 0]
