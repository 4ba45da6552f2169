"""Text symbol by symbol, and a critic of it: Yu et al. 2017, arXiv:1609.05473, and their code."""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, normal, uniform, zeros

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.characters import ConvTime
from gan_jax.networks.fitting import check_text, check_widths, paired, widths_of
from gan_jax.networks.layers import Dense, biased
from gan_jax.networks.recurrent import lstm_step, lstm_weights
from gan_jax.numerics import wide


class LSTMPolicy(nn.Module):
    """p(x) = prod_t p(x_t | x_<t): an embedding, an LSTM, one linear layer and a softmax.

    Called in three ways, of which all three go through text step by step:

    - `(z)`: text `[B, T, V]`, one-hot, drawn by latents z `[B, T]` uniform in [0, 1]; a step is the
      symbol at which the cumulative probability passes z_t, and no gradient goes through it.
    - `(z, x, kept)`: text that begins with the first `kept` (`[B]` or a number) steps of x, and
      goes on as `(z)` does: a roll-out.
    - `(None, x)`: log p(x_t | x_<t) `[B, T]`, in at least float32.

    A code `[B, d]` as a fourth input stands beside the symbol before at each step.

    Differs from the paper's code: text begins after nothing, not after its symbol 0; the LSTM and
    the linear layer are not drawn from N(0, 0.1^2).

    Attributes:
      shape: time steps and symbols.
      embedding: of a symbol.
      width: of the hidden state.

    >>> make = LSTMPolicy(shape=(20, 60)).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 20)))[0].shape
    (2, 20, 60)
    """

    shape: Sequence[int]
    embedding: int = 32
    width: int = 32

    @nn.compact
    def __call__(
        self,
        z: jax.Array | None,
        x: jax.Array | None = None,
        kept=0,
        code: jax.Array | None = None,
    ) -> jax.Array:
        steps, symbols = self.shape
        scored = z is None
        if scored:
            z, kept = jnp.zeros_like(x[..., 0]), steps
        if x is None:
            x = jnp.zeros_like(z, shape=(*z.shape, symbols))
        if z.shape[1:] != (steps,) or x.shape[1:] != (steps, symbols):
            raise ValueError(
                f"LSTMPolicy got latents {z.shape} and text {x.shape}: expected [batch, {steps}] "
                f"and [batch, {steps}, {symbols}]."
            )
        keep = jnp.arange(steps)[None] < jnp.broadcast_to(kept, z.shape[:1])[:, None]
        by_step = (array.swapaxes(0, 1) for array in (z, x, keep))
        start = jnp.zeros_like(z, shape=(z.shape[0], self.width))  # and split as z is
        told = () if code is None else (code,)
        begin = (start, wide(start)), jnp.zeros_like(x[:, 0])
        text, log_p = self._scanned(begin, told, *by_step)
        return (log_p if scored else text).swapaxes(0, 1)

    def _scanned(self, begin, told, *given) -> tuple[jax.Array, jax.Array]:
        """Text and log-probabilities, step by step, from a state and what stands before."""
        symbols = self.shape[1]
        table = self.param("embedding", normal(0.1), (symbols, self.embedding), jnp.float32)
        inputs = self.embedding + sum(code.shape[-1] for code in told)
        advance = lstm_step(*lstm_weights(self, inputs, self.width))
        output = self.param("output", glorot_uniform(), (self.width, symbols), jnp.float32)
        shift = self.param("shift", zeros, (symbols,), jnp.float32)

        def step(carry, given):
            state, before = carry
            z, x, keep = given
            state, hidden = advance(state, jnp.concatenate([before @ table, *told], axis=-1))
            log_p = nn.log_softmax(wide(biased(hidden @ output, shift)))
            drawn = jax.nn.one_hot(_quantiles(z, log_p), symbols, dtype=x.dtype)
            x = jnp.where(keep[:, None], x, drawn)
            return (state, x), (x, (x * log_p).sum(-1))

        return jax.lax.scan(step, begin, given)[1]


def _quantiles(z: jax.Array, log_p: jax.Array) -> jax.Array:
    """The symbol `[B]` at which the cumulative probability, of `log_p` `[B, V]`, passes z `[B]`."""
    below = jnp.exp(log_p).cumsum(-1)
    return (below[:, :-1] <= (z * below[:, -1])[:, None]).sum(-1)


class TextCNN(nn.Module):
    """Text `[B, T, V]`, one-hot or not, to raw scores `[B]`: which phrases are in it?

    An embedding; convolutions over time of several sizes, each followed by ReLU and the maximum
    over time (Kim 2014, arXiv:1408.5882); a highway layer; one linear layer.

    Differs from the paper: zeros beyond the ends, so that a phrase may be longer than the text; no
    dropout, and one score where the code has two.

    Attributes:
      sizes: of the convolutions, in steps.
      maps: of each size.
      embedding: of a symbol.

    >>> make = TextCNN().init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 20, 60)))[0].shape
    (2,)
    """

    sizes: Sequence[int] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
    maps: Sequence[int] = (100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160)
    embedding: int = 64

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if x.ndim != 3:
            raise ValueError(f"TextCNN got {x.shape}: expected [batch, time, symbols].")
        shape = (x.shape[-1], self.embedding)
        table = self.param("embedding", _symmetric, shape, jnp.float32)
        x = (x.reshape(-1, x.shape[-1]) @ table).reshape(*x.shape[:2], self.embedding)
        kinds = zip(self.sizes, self.maps, strict=True)
        found = [nn.relu(ConvTime(maps, size)(x)).max(1) for size, maps in kinds]
        hidden = jnp.concatenate(found, axis=-1)
        share = nn.sigmoid(Dense(hidden.shape[-1], name="share")(hidden))
        new = nn.relu(Dense(hidden.shape[-1], name="new")(hidden))
        return Dense(1, name="score")(share * new + (1 - share) * hidden)[:, 0]


def _symmetric(key, shape, dtype):
    return uniform(2.0)(key, shape, dtype) - 1


def policy_pair(
    spec: Spec,
    *,
    embedding: int = 32,
    width: int = 32,
    sizes: Sequence[int] = TextCNN.sizes,
    maps: int | Sequence[int] = TextCNN.maps,
    critic_embedding: int = 64,
) -> tuple[Network, Network]:
    """A recurrent policy and a convolutional critic for text `[T, V]`, as in SeqGAN.

    The prior is `priors.uniform(T, 0.0, 1.0)`.

    Args:
      spec: of the data, with its vocabulary.
      embedding: of a symbol, in the policy.
      width: of the policy's hidden state.
      sizes: of the critic's convolutions, in steps.
      maps: of each size, or one number for all.
      critic_embedding: of a symbol, in the critic.

    Returns:
      `(generator, critic)`.

    Raises:
      ValueError: the data are no text.
    """
    check_widths(embedding, width, critic_embedding, *sizes)
    check_text(spec)
    critic = TextCNN(tuple(sizes), widths_of(maps, sizes), critic_embedding)
    return paired(LSTMPolicy(spec.shape, embedding, width), critic, spec.shape, spec.shape[0], 0)
