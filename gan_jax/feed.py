"""Where minibatches come from: data that lie on the device, or a stream from the host.

Both follow `order.minibatches`, a function of the seed and the step, so that they are the same bit
for bit. A stream has no state to save: it begins at any step.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, repeat
from typing import NamedTuple

import jax
import numpy as np

from gan_jax import axis, order, parallel
from gan_jax.data import Dataset
from gan_jax.data.images import THREADS
from gan_jax.data.source import Source
from gan_jax.data.source import size as bytes_of
from gan_jax.errors import UsageError
from gan_jax.keys import stream

Arrays = Mapping[str, jax.Array]
Data = Mapping[str, np.ndarray | Source]
ENDS = "ends of tickets"
"""Beside the data, where they have weights: `order.tickets`."""
ORDERS = {"source": "source"}
"""The stream of keys that an array's order is of, where it is not `data`: two domains are no pairs,
and so each has an order of its own."""
LIMIT = 2.0
"""Gigabytes of training data up to which they lie on the device."""


class Feed(NamedTuple):
    """What a training asks for its minibatches."""

    pick: Callable  # (arrays, step, chosen) -> those of a step: `gathered` or `streamed`
    arrays: Arrays  # on every device for the whole run
    part: Arrays  # the first of the parts, as what the program is compiled for
    parts: Iterator[Arrays]  # for one chunk after another, with each device its own


def feed(
    data: Data,
    key: jax.Array,
    moves: int,
    batch_size: int,
    steps: range,
    length: int,
    *,
    limit: float = LIMIT,
) -> Feed:
    """From the device, or from the host if the data are more than `limit`; see `chunks`."""
    if not streams(data, limit):
        return Feed(gathered, on_device(data), {}, repeat({}))
    parts = chunks(data, key, moves, batch_size, steps, length)
    first = next(parts)
    return Feed(streamed, {}, first, chain([first], parts))


def visible(data: Dataset) -> Data:
    """The training part as games see it: without all labels, where a few are given."""
    hidden = "label" if "labelled" in data.train else None
    return {name: array for name, array in data.train.items() if name != hidden}


def training(data: Dataset) -> Data:
    """What games see, and of examples that have weights the ends of their tickets."""
    ends = {} if data.weights is None else {ENDS: order.tickets(data.weights)}
    return visible(data) | ends


def places(data: Data | Arrays) -> int:
    """How many places the order of these data has: one for each example, or for each ticket."""
    return order.TICKETS if ENDS in data else len(data["real"])


def on_device(data: Data) -> Arrays:
    """The training data, whole, on every device."""
    return parallel.placed({name: array[:] for name, array in data.items()})


def streams(data: Data, limit: float) -> bool:
    """Whether the data are more than so many gigabytes, and stream from the host."""
    return sum(map(bytes_of, data.values())) > limit * 1e9


def gathered(arrays: Arrays, step: jax.Array, chosen: Callable) -> dict[str, jax.Array]:
    """The minibatches of a step, `[moves, B, ...]`, out of the data `[N, ...]` on every device.

    Args:
      arrays: of the data.
      step: of the run.
      chosen: the name of a stream to the numbers `[moves, B]` that its order gives.
    """
    own = _of_each(arrays, lambda name: _examples(axis.own(chosen(name), 1), arrays))
    return {name: array[own[name]] for name, array in arrays.items() if name != ENDS}


def _of_each(names: Iterable[str], chosen: Callable) -> dict:
    """What is chosen of each array: the same of all that have one order, found once."""
    streams = {name: ORDERS.get(name, "data") for name in names}
    found = {each: chosen(each) for each in dict.fromkeys(streams.values())}
    return {name: found[each] for name, each in streams.items()}


def _examples(numbers, data: Data | Arrays):
    """The numbers of the examples that stand at these places of the order."""
    return order.holders(numbers, data[ENDS]) if ENDS in data else numbers


def streamed(arrays: Arrays, step: jax.Array, chosen: Callable) -> dict[str, jax.Array]:
    """The same out of those of a chunk, `[length, moves, B, ...]`, from `chunks`."""
    return {name: array[step % len(array)] for name, array in arrays.items()}


def chunks(
    data: Data,
    key: jax.Array,
    moves: int,
    batch_size: int,
    steps: range,
    length: int,
) -> Iterator[Arrays]:
    """The minibatches of every chunk, `[length, moves, B, ...]`, on the devices that play them.

    A chunk begins at a multiple of its length; the first holds `steps.start`. Threads of Grain read
    one chunk of steps ahead of the one that lies ready on the device, while another is played.

    Args:
      data: the training data, read by this process as far as its devices play them.
      key: of the run.
      moves: of a step.
      batch_size: examples in the global minibatch of a move.
      steps: from the first to play on.
      length: of a chunk, in steps.

    Raises:
      UsageError: chunks that would fill the memory.
    """
    import grain

    row = sum(bytes_of(array) // len(array) for array in data.values())
    _check_memory(length, moves * batch_size * row)
    first, last = steps.start // length, -(-steps.stop // length)
    given = data, _on_host(key), moves, batch_size
    ahead = grain.ReadOptions(num_threads=THREADS, prefetch_buffer_size=max(length, THREADS))
    numbers = grain.MapDataset.range(first * length, last * length)
    ready = (
        numbers.map(partial(read, *given)).to_iter_dataset(ahead).batch(length).map(parallel.dealt)
    )
    upcoming = iter(grain.experimental.ThreadPrefetchIterDataset(ready, prefetch_buffer_size=1))
    try:
        yield from upcoming
    finally:
        upcoming.close()


def read(
    data: Data,
    key: jax.Array,
    moves: int,
    batch_size: int,
    step: int,
) -> dict[str, np.ndarray]:
    """This process's part of the minibatches of a step, `[moves, B, ...]`; key: of the run."""
    first = np.int32(step * moves)

    def chosen(name: str) -> np.ndarray:
        given = stream(key, name), first, moves, batch_size, places(data)
        return _examples(np.asarray(_minibatches(*given))[:, parallel.share(batch_size)], data)

    own, rows = _of_each(data, chosen), {n: array for n, array in data.items() if n != ENDS}
    shape = lambda name: (*own[name].shape, *rows[name].shape[1:])
    return {name: array[own[name].ravel()].reshape(shape(name)) for name, array in rows.items()}


_minibatches = jax.jit(order.minibatches, static_argnums=(2, 3, 4))


def _on_host(key: jax.Array) -> jax.Array:
    """Where the order is found out without waiting for the device, if JAX may use the host."""
    try:
        return jax.device_put(key, jax.local_devices(backend="cpu")[0])
    except RuntimeError:
        return key


def _check_memory(length: int, step: int) -> None:
    step /= len(parallel.everywhere().device_set)
    needed, there = length * step, parallel.room() / 4
    if needed > there:
        raise UsageError(
            f"The minibatches of {length} steps take {needed / 2**30:.1f} GiB, more than a quarter "
            f"of the memory: log every {max(1, int(there // step))} steps, or use a smaller batch."
        )
