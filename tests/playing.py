"""What players draw and lose, each in one compiled program: operation by operation takes longer."""

from functools import cache, partial

import jax

from gan_jax.game import Game, State, bind, init


@cache
def start(made: Game) -> State:
    """The initial state of seed 0."""
    with jax.ensure_compile_time_eval():  # it is kept, also where a program is being traced
        return jax.jit(partial(init, made))(jax.random.key(0))


@cache
def playing(made: Game, name: str, what: str):
    """A player's `loss` or `draw` as a function of the state, compiled once."""
    play = getattr(made.players[name], what)
    return jax.jit(lambda state, keys, batch: play(bind(made, state), keys, batch))


def loss(made: Game, name: str, keys, batch: dict, state: State | None = None):
    """A player's loss and metrics as arrays of NumPy; in the initial state if none is given."""
    return jax.device_get(playing(made, name, "loss")(state or start(made), keys, batch))


def draw(made: Game, name: str, keys, batch: dict, state: State | None = None) -> dict:
    """What a player draws before its moves, likewise."""
    return jax.device_get(playing(made, name, "draw")(state or start(made), keys, batch))


@jax.jit
def halves(keys):
    """Two keys in place of each, as players split those of examples."""
    return jax.vmap(lambda key: tuple(jax.random.split(key)))(keys)
