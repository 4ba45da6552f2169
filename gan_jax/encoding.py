"""Encoding: the codes of examples under a trained encoder, or posterior."""

from collections.abc import Callable
from functools import partial

import jax
import numpy as np

from gan_jax.errors import UsageError
from gan_jax.game import Game, State, bind
from gan_jax.sampling import BLOCK, averaged


def encoder(game: Game) -> Callable:
    """`(nets, x) -> codes`: the game's `encoder`, or its `posterior` on its `trunk`.

    Raises:
      UsageError: it has neither, or one whose codes depend on what stands beside an example.
    """
    for names in (("encoder",), ("trunk", "posterior")):
        if not set(names) <= set(game.networks):
            continue
        if any(game.networks[name].mixes for name in names):
            raise UsageError("The encoder mixes examples (batch norm?): it gives no code to one.")

        def encode(nets, x, names=names):
            for name in names:
                x = getattr(nets, name)(x)
            return x

        return encode
    known = ", ".join(game.networks)
    raise UsageError(f"The game has no encoder, but {known}: train a VAE, BiGAN, AAE or InfoGAN.")


def encode(
    game: Game, state: State, x: np.ndarray, decode: Callable, *, average: bool = True
) -> np.ndarray:
    """What the encoder gives for examples, `[N, d]` float32: for a VAE, mean and log variance.

    Args:
      game: with an `encoder`, or with `trunk` and `posterior`.
      state: of the game.
      x: raw examples, `[N, ...]`.
      decode: raw examples to what the networks take, such as `data.spec.decode`.
      average: whether to use averaged weights, where the game has any.

    Raises:
      UsageError: the game has no encoder, or one that mixes examples.
    """
    apply, state = encoder(game), averaged(state) if average else state
    one = jax.jit(lambda state, block: apply(bind(game, state), decode(block)))
    rest = -len(x) % BLOCK  # blocks of one size: one program, and no code depends on the others
    padded = np.concatenate([x, np.repeat(x[:1], rest, axis=0)])
    blocks = padded.reshape(-1, BLOCK, *x.shape[1:])
    parts = [np.asarray(code, np.float32) for code in map(partial(one, state), blocks)]
    return np.concatenate(parts)[: len(x)]
