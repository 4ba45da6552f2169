"""Text drawn from a recurrent network with random weights: whatever is like it can be measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from gan_jax.data.arrays import check_fraction, split
from gan_jax.data.dataset import Dataset
from gan_jax.data.source import check_memory
from gan_jax.data.spec import Oracle, Spec

BLOCK = 500
"""Texts that are drawn or scored at once."""


class Weights(NamedTuple):
    """Of an LSTM over symbols, laid out as `gan_jax.networks.LSTMPolicy` has them."""

    embedding: np.ndarray  # [V, width]
    kernel: np.ndarray  # [2 width, 4 width], the gates in the order i, f, g, o
    bias: np.ndarray  # [4 width]
    output: np.ndarray  # [width, V]
    shift: np.ndarray  # [V]


def oracle(
    count: int = 12_500,
    *,
    length: int = 10,
    symbols: int = 50,
    width: int = 32,
    seed: int = 0,
    held_out: float = 0.2,
) -> Dataset:
    """Texts of an LSTM whose weights are drawn from N(0, 1): SeqGAN's synthetic task.

    Yu et al. 2017 (arXiv 1609.05473, section 4), with 5,000 symbols, length 20 and 10,000 texts.
    Differs from the paper's code: a text begins after nothing, not after its symbol 0.

    Args:
      count: texts in both parts, 2 or more.
      length: symbols in a text, 2 or more.
      symbols: in the vocabulary, 2 or more: "0 ", "1 ", ...
      width: of the embedding and of the hidden state.
      seed: of the weights, and of the draw.
      held_out: the share to split off, in [0, 1).

    Returns:
      Indices [N, length], uint8 or int32, of a spec that knows the `oracle`.

    Raises:
      ValueError: numbers that make no texts.

    >>> data = oracle(10, length=4, symbols=3)
    >>> data.train["real"].shape, data.spec.shape, data.spec.vocabulary
    ((8, 4), (4, 3), ('0 ', '1 ', '2 '))
    """
    if min(count, length, symbols) < 2 or width < 1 or seed < 0:
        raise ValueError(
            f"count={count}, length={length}, symbols={symbols}, width={width}, seed={seed}: "
            "expected 2 or more of the first three, a width of 1 or more and a seed of 0 or more"
        )
    check_fraction("held_out", held_out)
    check_memory(8 * (count * length + symbols * (2 * width + BLOCK)), f"{count} texts")
    vocabulary = tuple(f"{index} " for index in range(symbols))
    truth = Oracle(width, seed)
    spec = Spec((length, symbols), 1.0, 0.0, vocabulary=vocabulary, oracle=truth)
    texts = drawn(spec, count).astype(np.uint8 if symbols <= 256 else np.int32)
    return Dataset(*split({"real": texts}, held_out, name="oracle"), spec, "oracle")


def drawn(spec: Spec, count: int, stream: int = 0) -> np.ndarray:
    """Texts `[count, T]` of the spec's oracle, as indices; those of two streams are independent.

    Args:
      spec: with an oracle.
      count: how many.
      stream: 0 for the data.
    """
    seeds = [spec.oracle.seed, 1 + stream]  # the weights have the seed alone
    generator = np.random.Generator(np.random.PCG64(seeds))
    uniform = generator.uniform(size=(count, spec.shape[0]))
    return np.concatenate([_played(spec, part, _quantiles)[0] for part in _blocks(uniform)])


def log_likelihood(spec: Spec, texts: np.ndarray) -> np.ndarray:
    """log p(x_t | x_<t) `[N, T]` under the spec's oracle, in nats.

    Args:
      spec: with an oracle.
      texts: indices `[N, T]`.
    """
    given = lambda symbols, log_p: symbols
    return np.concatenate([_played(spec, part, given)[1] for part in _blocks(texts)])


def weights(truth: Oracle, symbols: int) -> Weights:
    """Of the oracle with so many symbols, each drawn from N(0, 1)."""
    draw = np.random.Generator(np.random.PCG64(truth.seed)).standard_normal
    width = truth.width
    shapes = (symbols, width), (2 * width, 4 * width), (4 * width,), (width, symbols), (symbols,)
    return Weights(*map(draw, shapes))


_kept = cache(weights)


def _played(spec: Spec, given: np.ndarray, choose: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Symbols `choose(given[:, t], log p)` for all t, `[N, T]`, and their log-probabilities."""
    own = _kept(spec.oracle, spec.shape[1])
    hidden = cell = x = np.zeros((len(given), spec.oracle.width))
    symbols, values = [], []
    for each in given.T:
        gates = np.concatenate([x, hidden], axis=1) @ own.kernel + own.bias
        into, forget, new, out = np.split(gates, 4, axis=1)
        cell = _sigmoid(forget) * cell + _sigmoid(into) * np.tanh(new)
        hidden = _sigmoid(out) * np.tanh(cell)
        logits = hidden @ own.output + own.shift
        log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        symbols.append(choose(each, log_p))
        values.append(np.take_along_axis(log_p, symbols[-1][:, None], axis=1)[:, 0])
        x = own.embedding[symbols[-1]]
    return np.stack(symbols, axis=1), np.stack(values, axis=1)


def _quantiles(uniform: np.ndarray, log_p: np.ndarray) -> np.ndarray:
    """The symbol of each row at which its cumulative probability passes `uniform`."""
    below = np.exp(log_p).cumsum(axis=1)
    return (below[:, :-1] <= uniform[:, None] * below[:, -1:]).sum(axis=1)


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[first : first + BLOCK] for first in range(0, len(rows), BLOCK)]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(x / 2)
