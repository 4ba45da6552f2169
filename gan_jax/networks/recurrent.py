"""Recurrent networks for sequences: Esteban, Hyland and Raetsch 2017, arXiv:1706.02633."""

from collections.abc import Callable, Sequence
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, orthogonal

from gan_jax.networks.labels import with_label
from gan_jax.networks.layers import Dense
from gan_jax.numerics import wide


class LSTM(nn.Module):
    """Sequences `[B, T, C]` to the hidden states `[B, T, width]`, from a state of zeros.

    `i, f, g, o = sigma, sigma, tanh, sigma of [x_t, h_{t-1}] kernel + bias`, then
    `c_t = f c_{t-1} + i g` and `h_t = o tanh(c_t)`: Hochreiter and Schmidhuber 1997 with the forget
    gate of Gers et al. 2000, whose bias begins at 1; the hidden state's part of each gate begins
    orthogonal.

    Parameters: `kernel`, `[C + width, 4 width]`, with the rows of the input before those of the
    hidden state and the columns of the gates in the order i, f, g, o; `bias`, `[4 width]`. They are
    those of `torch.nn.LSTM` but for the layout: `kernel` is `weight_ih` over `weight_hh`, each
    transposed, and `bias` is `bias_ih + bias_hh`.

    >>> make = LSTM(5).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 30, 1)))[0].shape
    (2, 30, 5)
    """

    width: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        kernel, bias = lstm_weights(self, x.shape[-1], self.width)
        x = x.astype(jnp.result_type(x, kernel))
        start = jnp.zeros_like(x, shape=(x.shape[0], self.width))  # and split as x is
        step, steps = lstm_step(kernel, bias), x.swapaxes(0, 1)
        return jax.lax.scan(step, (start, wide(start)), steps)[1].swapaxes(0, 1)


def lstm_weights(module: nn.Module, inputs: int, width: int) -> tuple[jax.Array, jax.Array]:
    """The module's own `kernel` and `bias` of an LSTM."""
    shape = (inputs + width, 4 * width)
    kernel = module.param("kernel", _orthogonal_below, shape, jnp.float32)
    return kernel, module.param("bias", _forget_one, shape[1:], jnp.float32)


def lstm_step(kernel: jax.Array, bias: jax.Array) -> Callable:
    """A step of an LSTM, for a scan: `((h, c), x) -> ((h, c), h)`, h as precise as x, c wide."""
    # sigma(a) = (1 + tanh(a / 2)) / 2: halved here, all four gates are one tanh. Both are wide
    # across the steps, over which their gradients are summed.
    width = kernel.shape[1] // 4
    halves = jnp.repeat(jnp.array([[0.5, 0.5, 1.0, 0.5]], kernel.dtype), width, axis=1)
    kernel, bias = wide(kernel * halves), wide(bias[None] * halves)

    def step(state, x):
        hidden, cell = state
        product = jnp.concatenate([x, hidden], axis=-1) @ kernel.astype(x.dtype)
        cell, hidden = _gates(wide(product) + bias, cell)
        hidden = hidden.astype(x.dtype)
        return (hidden, cell), hidden

    return step


@partial(jax.checkpoint, prevent_cse=False)  # less is kept for the backward passes: faster, too
def _gates(inputs: jax.Array, cell: jax.Array) -> tuple[jax.Array, jax.Array]:
    i, f, g, o = jnp.split(jnp.tanh(inputs), 4, axis=-1)
    cell = (0.5 + 0.5 * f) * cell + (0.5 + 0.5 * i) * g
    return cell, (0.5 + 0.5 * o) * jnp.tanh(cell)


def _orthogonal_below(key: jax.Array, shape: Sequence[int], dtype) -> jax.Array:
    width = shape[1] // 4
    of_input, *of_hidden = jax.random.split(key, 5)
    below = [orthogonal()(key, (width, width), dtype) for key in of_hidden]
    above = glorot_uniform()(of_input, (shape[0] - width, shape[1]), dtype)
    return jnp.concatenate([above, jnp.concatenate(below, axis=1)])


def _forget_one(key: jax.Array, shape: Sequence[int], dtype) -> jax.Array:
    return jnp.repeat(jnp.array([0.0, 1.0, 0.0, 0.0], dtype), shape[0] // 4)


class LSTMGenerator(nn.Module):
    """Latents, and labels `[B]` if there are classes, to sequences `[B, *shape]`.

    LSTMs and one linear layer, the same at each step. Latents `[B, T, d]` are the noise of each
    step, as in the paper; latents `[B, d]` are those of the whole sequence, repeated at each step.
    A label is given again at each step.

    Differs from the paper: the linear layer is not drawn from N(0, 1), which saturates tanh.

    Attributes:
      shape: time steps and channels.
      width: of the hidden state.
      classes: how many labels there are; 0 for a generator without labels.
      output: of the linear layer: `jnp.tanh` for sequences in [-1, 1], the identity for any.
      layers: LSTMs on top of one another; the paper's one.

    >>> make = LSTMGenerator(shape=(30, 1)).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 30, 5)))[0].shape
    (2, 30, 1)
    """

    shape: Sequence[int]
    width: int = 100
    classes: int = 0
    output: Callable = jnp.tanh
    layers: int = 1

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        steps, channels = self.shape
        if z.ndim == 2:
            z = jnp.broadcast_to(z[:, None], (z.shape[0], steps, z.shape[1]))
        if z.ndim != 3 or z.shape[1] != steps:
            raise ValueError(
                f"LSTMGenerator makes sequences of {steps} steps and got latents of shape "
                f"{z.shape}: expected [batch, {steps}, dimensions] or [batch, dimensions]."
            )
        hidden = _hidden(with_label(z, label, self.classes), self.width, self.layers)
        return self.output(_linear(channels, hidden))


class LSTMCritic(nn.Module):
    """Sequences `[B, T, C]`, and labels `[B]` if there are classes, to raw scores `[B]`.

    LSTMs and one linear layer give a score of each step; the score of a sequence is their mean.

    Differs from the paper: there the loss is the mean over steps, of the scores `per_step`.

    Attributes:
      width: of the hidden state.
      classes: how many labels there are; 0 for a critic without labels.
      per_step: whether the scores are those of each step, `[B, T]`.
      layers: LSTMs on top of one another; the paper's one.

    >>> make = LSTMCritic().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 30, 1)))[0].shape
    (2,)
    """

    width: int = 100
    classes: int = 0
    per_step: bool = False
    layers: int = 1

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array | None = None) -> jax.Array:
        if x.ndim != 3:
            raise ValueError(f"LSTMCritic got {x.shape}: expected [batch, time, channels].")
        hidden = _hidden(with_label(x, label, self.classes), self.width, self.layers)
        scores = _linear(1, hidden)[..., 0]
        return scores if self.per_step else scores.mean(1)


def _hidden(x: jax.Array, width: int, layers: int) -> jax.Array:
    for _ in range(layers):
        x = LSTM(width)(x)
    return x


def _linear(features: int, x: jax.Array) -> jax.Array:
    flat = Dense(features)(x.reshape(-1, x.shape[-1]))  # of rank two: faster on a CPU
    return flat.reshape(*x.shape[:-1], features)
