"""Text to codes and back: Zhao et al. 2018, arXiv:1706.04223, and their code."""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import normal

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.losses.distances import norms
from gan_jax.networks.fitting import check_text, check_widths
from gan_jax.networks.network import linen
from gan_jax.networks.policy import LSTMPolicy
from gan_jax.networks.recurrent import LSTM
from gan_jax.numerics import wide


class TextEncoder(nn.Module):
    """Text `[B, T, V]` to codes `[B, code]` of length 1: an LSTM's last state over its norm.

    Attributes:
      code: dimensions of a code, and of the hidden state.
      embedding: of a symbol.

    >>> make = TextEncoder(5).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 20, 60)))[0].shape
    (2, 5)
    """

    code: int
    embedding: int = 32

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if x.ndim != 3:
            raise ValueError(f"TextEncoder got {x.shape}: expected [batch, time, symbols].")
        shape = (x.shape[-1], self.embedding)
        table = self.param("embedding", normal(0.1), shape, jnp.float32)
        last = wide(LSTM(self.code)(x @ table)[:, -1])
        return (last / norms(last)[:, None]).astype(x.dtype)


class TextDecoder(nn.Module):
    """p(x | code) = prod_t p(x_t | x_<t, code): an `LSTMPolicy` given the code at each step.

    Called as that is, with the code first: `(code, z)` draws text, `(code, z, x, kept)` goes on
    from the beginning of x, and `(code, None, x)` is log p(x_t | x_<t, code) `[B, T]`.

    Attributes:
      shape: time steps and symbols.
      embedding: of a symbol.
      width: of the hidden state.

    >>> make = TextDecoder(shape=(20, 60)).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 5)), jnp.zeros((2, 20)))[0].shape
    (2, 20, 60)
    """

    shape: Sequence[int]
    embedding: int = 32
    width: int = 32

    @nn.compact
    def __call__(
        self, code: jax.Array, z: jax.Array | None, x: jax.Array | None = None, kept=0
    ) -> jax.Array:
        policy = LSTMPolicy(self.shape, self.embedding, self.width, name="policy")
        return policy(z, x, kept, code)


def text_autoencoder(
    spec: Spec, *, code: int = 128, embedding: int = 32, width: int = 128
) -> tuple[Network, Network]:
    """A recurrent encoder of text and its decoder, as in ARAE.

    Args:
      spec: of the data, with its vocabulary.
      code: dimensions of a code, and of the encoder's hidden state.
      embedding: of a symbol, in each of the two.
      width: of the decoder's hidden state.

    Returns:
      `(encoder, decoder)`.

    Raises:
      ValueError: the data are no text, or a layer has no width.
    """
    check_widths(code, embedding, width)
    check_text(spec)
    codes, latents = jnp.zeros((2, code)), jnp.zeros((2, spec.shape[0]))
    encoder = linen(TextEncoder(code, embedding), jnp.zeros((2, *spec.shape)))
    return encoder, linen(TextDecoder(spec.shape, embedding, width), codes, latents)
