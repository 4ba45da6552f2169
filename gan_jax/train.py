"""Training: chunks of steps, and between them a look at the metrics."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import jax
import numpy as np

from gan_jax import axis, compiling, feed, parallel
from gan_jax.data import Dataset
from gan_jax.errors import UsageError
from gan_jax.game import Game, State, init, update
from gan_jax.keys import stream
from gan_jax.soundness import check_finite, judged
from gan_jax.stepping import traced_once


def initial(game: Game, seed: int) -> State:
    """The state before the first step of the run with this seed."""
    return _begin(game)(stream(jax.random.key(seed), "init"))


def beginning(game: Game, seed: int) -> Callable[[], State]:
    """`initial`, which is compiled while the caller compiles what follows."""
    key = stream(jax.random.key(seed), "init")
    ready = compiling.ahead(_begin(game).lower(key))
    return lambda: ready()(key)


def abstract(game: Game) -> State:
    """Shapes and dtypes of the state; nothing is computed."""
    return _begin(game).eval_shape(jax.random.key(0))


@lru_cache(maxsize=4)
def _begin(game: Game) -> Callable:
    """Traced once for its shapes and for the state."""
    return jax.jit(partial(init, game), compiler_options=compiling.quick())


def train(
    game: Game,
    data: Dataset,
    *,
    steps: int,
    batch_size: int,
    seed: int = 0,
    state: State | None = None,
    chunk: int = 10,
    spread: Callable = parallel.pmap,
    rule: Callable = update,
    device_data: float = feed.LIMIT,
) -> Iterator[tuple[State, dict[str, float]]]:
    """Plays `game` on `data` until step `steps`; a generator that yields after every chunk.

    The result is a function of the game, the data, the seed and the batch size alone: not of
    `chunk`, not of where a run was cut in two, and not of `device_data`.

    Args:
      game: what to play.
      data: scaled inside the program.
      steps: the step to stop at, counted from the first step of the run.
      batch_size: examples in the global minibatch of each move.
      seed: 0 to 2^32 - 1.
      state: where to go on from; the initial state of the seed if not given. It is consumed.
      chunk: steps between two looks at the metrics.
      spread: how the minibatch is split between several devices: `parallel.pmap` or
        `parallel.shard_map`.
      rule: of play: `game.update`, in turn, or one of `gan_jax.play`.
      device_data: gigabytes of training data up to which they lie on every device; more are read
        in the host, a chunk ahead of the steps.

    Yields:
      `(state, metrics)` whenever the step is a multiple of `chunk`, and at the end; the metrics
      are means over the steps since the last look. The state is reused by the next chunk: copy
      what must outlive it.

    Raises:
      UsageError: a batch that is larger than the data or cannot be split between the devices; or
        more memory than there is.
      DivergedError: a metric, or anything in the state, is not finite.
    """
    check_data(data, batch_size)
    first, key = 0 if state is None else int(state.step), jax.random.key(seed)
    if first >= steps:
        return
    given = feed.training(data)
    fed = given, key, game.moves, batch_size, range(first, steps), chunk
    pick, arrays, part, parts = feed.feed(*fed, limit=device_data)
    size = feed.places(given)
    body = traced_once(game, data.spec.decode, batch_size, size, rule, pick)
    whole = lambda state, own, key, arrays, length: judged(body(state, key, own | arrays, length))
    begin = beginning(game, seed) if state is None else lambda: state
    kinds = (abstract(game), part, key, arrays, np.int32(1))
    advance = parallel.compiled(whole, kinds, spread)
    state = parallel.placed(begin())
    go_on = lambda state, step, length: advance(state, next(parts), key, arrays, length)
    chunks = advancing(go_on, state, first, steps, chunk)
    for step, state, (metrics, finite) in chunks:
        metrics = {name: float(value) for name, value in metrics.items()}
        check_finite(step, metrics, finite)
        yield state, metrics


def advancing(
    advance: Callable, state: State, step: int, steps: int, chunk: int
) -> Iterator[tuple[int, State, Any]]:
    """`(step, state, metrics)` whenever the step is a multiple of `chunk`, and at the end."""
    while step < steps:
        length = min(chunk - step % chunk, steps - step)
        state, metrics = advance(state, np.int32(step), np.int32(length))
        step += length
        yield step, state, jax.device_get(metrics)


def check_data(data: Dataset, batch_size: int, *, split: bool = True) -> None:
    """Refuses what is no data set, or does not fill minibatches of this size.

    Args:
      data: made by `gan_jax.data`.
      batch_size: examples in the global minibatch.
      split: whether it will be split between the devices.

    Raises:
      UsageError: a batch that is larger than the data or cannot be split between the devices.
    """
    if not isinstance(data, Dataset):
        raise ValueError(f"`data` is made by gan_jax.data.from_arrays; given: {type(data)}.")
    check_batch(batch_size, len(data.train["real"]), split=split)


def check_fits(
    game: Game, data: Dataset, batch_size: int, rule: Callable = update, *, split: bool = False
) -> None:
    """Refuses a game that cannot be played on the data, by tracing a step: nothing is computed.

    Args:
      game: to be played.
      data: to play it on.
      batch_size: examples in the global minibatch.
      rule: of play.
      split: whether the devices, which must divide it, will share the minibatch.

    Raises:
      ValueError: networks, losses and data do not fit one another, or not in the part of a
        minibatch that each of several devices plays.
    """
    body, *kinds = traceable(game, data, batch_size, rule)
    jax.eval_shape(body, *kinds)
    devices = parallel.parts() if split else 1
    if devices == 1:
        return
    alone = lambda device, *given: body(*given)
    shared = jax.vmap(alone, (0, *(None,) * len(kinds)), axis_name=axis.NAME)
    try:
        jax.eval_shape(shared, np.arange(devices), *kinds)
    except NotImplementedError:
        return  # a callback has no batches; whether it fits shows when it is compiled
    except ValueError as error:
        raise ValueError(
            f"Of a batch of {batch_size} each of {devices} devices plays {batch_size // devices}. "
            f"{error}"
        ) from error


def traceable(game: Game, data: Dataset, batch_size: int, rule: Callable = update) -> tuple:
    """The `program` of the game on the data, and what its arguments look like."""
    given = feed.visible(data)
    size, struct = len(given["real"]), jax.ShapeDtypeStruct
    arrays = {name: struct(array.shape, array.dtype) for name, array in given.items()}
    body = traced_once(game, data.spec.decode, batch_size, size, rule, feed.gathered)
    return body, abstract(game), jax.random.key(0), arrays, np.int32(1)


def check_batch(batch_size: int, size: int, *, split: bool = True) -> None:
    """Refuses a minibatch that `size` examples do not fill, or the devices do not divide."""
    if not 1 <= batch_size <= size:
        raise UsageError(
            f"A batch of {batch_size} does not fit the data: use 1 to {size} (--batch-size)."
        )
    if split:
        parallel.check_batch(batch_size)
