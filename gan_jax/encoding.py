"""Encoding: the codes of examples under a trained encoder, or posterior."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import jax
import numpy as np

from gan_jax.errors import UsageError
from gan_jax.game import Game, State, bind
from gan_jax.sampling import BLOCK, Sampler, averaged, settled


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
    return in_blocks(partial(one, state), x)


def networks(
    game: Game, sampler: Sampler, state: State, *, average: bool = True
) -> SimpleNamespace:
    """The networks as functions of NumPy arrays `[N, ...]`: `nets.encoder(x)`, in `in_blocks`.

    Args:
      game: that was played.
      sampler: of the game, by which statistics are fixed as for samples.
      state: of the game.
      average: whether to use averaged weights, where the game has any.
    """
    return functions(game, fixed(game, sampler, state, average=average))


def fixed(game: Game, sampler: Sampler, state: State, *, average: bool = True) -> State:
    """The state with averaged weights, if asked for, and statistics fixed as for samples."""
    return jax.jit(partial(settled, game, sampler))(averaged(state) if average else state)


def functions(game: Game, state: State) -> SimpleNamespace:
    """As `networks`, of a state that is `fixed`."""

    def function(name):
        one = jax.jit(lambda state, *inputs: getattr(bind(game, state), name)(*inputs))
        return partial(in_blocks, partial(one, state))

    return SimpleNamespace(**{name: function(name) for name in game.networks})


def in_blocks(apply: Callable, *arrays: np.ndarray) -> np.ndarray:
    """`apply` to all rows `[N, ...]`, some at a time: one program, and rows do not meet."""
    count = len(arrays[0])
    rest = -count % BLOCK
    arrays = map(np.asarray, arrays)
    padded = [np.concatenate([array, np.repeat(array[:1], rest, axis=0)]) for array in arrays]
    blocks = zip(*(array.reshape(-1, BLOCK, *array.shape[1:]) for array in padded), strict=True)
    return np.concatenate([np.asarray(apply(*block), np.float32) for block in blocks])[:count]
