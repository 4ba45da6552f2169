"""Many steps of a game in one program."""

from collections.abc import Callable
from functools import lru_cache, partial

import jax
import jax.numpy as jnp

from gan_jax import feed, order
from gan_jax.data import EXAMPLES
from gan_jax.game import Game, update
from gan_jax.keys import stream


def program(
    game: Game,
    decode: Callable,
    batch_size: int,
    size: int,
    keep: Callable = lambda index, before, after, total: after,
    rule: Callable = update,
    pick: Callable = feed.gathered,
) -> Callable:
    """`(state, key, arrays, length) -> (state, metrics)`: `length` steps in one program.

    The length is an argument, not a constant, so that one executable serves every length and a
    step is the same, bit for bit, in whatever chunk it stands.

    Args:
      game: what to play.
      decode: raw examples to what the networks take.
      batch_size: examples in the global minibatch.
      size: examples in the data, or what `feed.places` says of them.
      keep: `(index, before, after, total) -> state`, what to go on with after each step of a chunk,
        whose metrics have been summed up to this step.
      rule: of play, with the signature of `game.update`.
      pick: `feed.gathered` or `feed.streamed`: the minibatches of a step out of `arrays`.
    """

    @jax.jit  # so that it is traced once, for its shapes and for the loop
    def step(key, arrays, state):
        given = state.step * game.moves, game.moves, batch_size, size
        chosen = lambda name: order.minibatches(stream(key, name), *given)
        batches = pick(arrays, state.step, chosen)
        batches |= {name: decode(batches[name]) for name in EXAMPLES if name in batches}
        return rule(game, state, stream(key, "play"), batches)

    def advance(state, key, arrays, length):
        play = partial(step, key, arrays)
        kinds = jax.eval_shape(play, state)[1]
        nothing = jax.tree.map(lambda kind: jnp.zeros(kind.shape, kind.dtype), kinds)

        def each(index, carry):
            before, total = carry
            after, metrics = play(before)
            total = jax.tree.map(jnp.add, total, metrics)
            return keep(index, before, after, total), total

        state, total = jax.lax.fori_loop(0, length, each, (state, nothing))
        return state, jax.tree.map(lambda value: value / length, total)

    return advance


@lru_cache(maxsize=4)
def traced_once(
    game: Game, decode: Callable, batch_size: int, size: int, rule: Callable, pick: Callable
) -> Callable:
    """The same `program` for the same arguments, so that what was checked is not traced anew."""
    return program(game, decode, batch_size, size, rule=rule, pick=pick)
