"""Encoding: the codes of examples under a trained encoder or posterior; features of a critic."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax.activations import layers
from gan_jax.data import Spec
from gan_jax.errors import UsageError
from gan_jax.game import Game, State, bind, init
from gan_jax.sampling import BLOCK, Sampler
from gan_jax.standing import averaged, settled, stands


class Encoder(NamedTuple):
    """What makes codes of examples."""

    names: tuple[str, ...]  # of the networks
    apply: Callable  # (nets, x) -> codes


_ENCODERS = (
    Encoder(("encoder",), lambda nets, x: nets.encoder(x)),
    Encoder(("trunk", "posterior"), lambda nets, x: nets.posterior(nets.trunk(x))),
)
_CRITICS = (
    Encoder(("trunk",), lambda nets, x: nets.trunk(x)),
    Encoder(("critic",), lambda nets, x: features(nets.critic, x)),
)
"""The best first; these where there is none of those."""


def encoder(game: Game) -> Encoder:
    """The `encoder`, `posterior` on `trunk`, or `features` of the critic.

    Raises:
      UsageError: it has none.
    """
    for found in _ENCODERS + _CRITICS:
        if set(found.names) <= set(game.networks):
            return found
    known = ", ".join(game.networks)
    raise UsageError(f"The game has neither encoder nor critic, but {known}.")


def has_encoder(game: Game) -> bool:
    """Whether codes are of an encoder or a posterior, and not features of a critic."""
    return any(set(found.names) <= set(game.networks) for found in _ENCODERS)


def features(critic: Callable, x: jax.Array) -> jax.Array:
    """What the last layer of a critic takes, `[B, F]`: what it has learnt to see without labels.

    Radford et al. 2015, arXiv:1511.06434, section 5.1. Differs from the paper: it is the maxima of
    all layers over a 4x4 grid there.

    Args:
      critic: examples to scores, bound to its parameters.
      x: examples `[B, ...]`.

    Raises:
      UsageError: it gives no single score of each example (but one of packs, patches or steps, or
        several), or its last layer is within a loop or of parts of an example.

    >>> features(lambda x: jnp.tanh(x @ jnp.ones((2, 3))) @ jnp.ones(3), jnp.zeros((5, 2))).shape
    (5, 3)
    """
    if (shape := jax.eval_shape(critic, x).shape) != (len(x),):
        raise UsageError(
            f"The critic gives {list(shape)} for {len(x)} examples, and not a score of each."
        )
    found = layers(critic, x)
    if not found or len(found[-1].taken) != len(x):
        raise UsageError("The critic has no last layer of whole examples, outside of loops.")
    return found[-1].taken.reshape(len(x), -1)


def check(game: Game, sampler: Sampler, spec: Spec) -> None:
    """Refuses a game that has no codes for examples of these data alone.

    Raises:
      UsageError: as `encoder` and `features`; the network needs labels beside the examples, or its
        statistics are not fixed by samples.
    """
    found, x = encoder(game), jax.ShapeDtypeStruct((2, *spec.shape), jnp.float32)

    def codes(key, x):
        return found.apply(bind(game, _still(game, sampler, found, init(game, key))), x)

    try:
        jax.eval_shape(codes, jax.random.key(0), x)
    except UsageError:
        raise
    except (TypeError, ValueError) as error:
        raise UsageError(f"No codes of examples alone: {error}") from error


def encode(
    game: Game,
    sampler: Sampler,
    state: State,
    x: np.ndarray,
    decode: Callable,
    *,
    average: bool = True,
) -> np.ndarray:
    """What the encoder gives for examples, `[N, d]` float32: for a VAE, mean and log variance.

    Args:
      game: with an encoder in the sense of `encoder`.
      sampler: of the game, by which statistics are fixed as for samples.
      state: of the game.
      x: raw examples, `[N, ...]`.
      decode: raw examples to what the networks take, such as `data.spec.decode`.
      average: whether to use averaged weights, where the game has any.

    Raises:
      UsageError: as `encoder` and `features`; or statistics that are not fixed by samples.
    """
    found = encoder(game)
    state = averaged(state) if average else state
    still = jax.jit(partial(_still, game, sampler, found))(state)
    one = jax.jit(lambda state, block: found.apply(bind(game, state), decode(block)))
    return in_blocks(partial(one, still), x)


def _still(game: Game, sampler: Sampler, found: Encoder, state: State) -> State:
    """The state with fixed statistics, where the encoder has any."""
    if all(stands(game, state, name) for name in found.names):
        return state
    state = settled(game, sampler, state, shown=True)
    for name in found.names:
        check_stands(game, state, name)
    return state


def check_stands(game: Game, state: State, name: str) -> None:
    """Refuses a network for which an example still depends on what stands beside it."""
    if not stands(game, state, name):
        raise UsageError(
            f"The {name} mixes examples (batch norm?), so one alone has neither code nor score, "
            "unless the sampler fixes its statistics: `from_prior(..., shown_to=...)`."
        )


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
    """The state with averaged weights, if asked for, and statistics fixed by samples."""
    settle = jax.jit(partial(settled, game, sampler, shown=True))
    return settle(averaged(state) if average else state)


def functions(game: Game, state: State) -> SimpleNamespace:
    """As `networks`, of a state that is `fixed`."""

    def function(name):
        if not stands(game, state, name):
            return lambda *arrays: check_stands(game, state, name)
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
