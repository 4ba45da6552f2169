"""Many seeds, and many values of the numbers of an experiment, trained at once in one program."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import compiling, feed, parallel
from gan_jax import game as core
from gan_jax.data import Dataset
from gan_jax.errors import UsageError
from gan_jax.game import Game, State
from gan_jax.keys import stream
from gan_jax.soundness import last_sound
from gan_jax.stepping import program
from gan_jax.storage import replica_name
from gan_jax.train import advancing, check_data


class Replica(NamedTuple):
    """One of the trainings: its seed, and its values of some numbers of the experiment."""

    seed: int
    values: Mapping[str, float] = {}
    called: str = ""  # in a run of an earlier version

    @property
    def name(self) -> str:
        """`seed-3`, or `learning_rate-0.0002-seed-3`."""
        return self.called or replica_name(self.values, self.seed)

    def to_json(self) -> dict:
        """What the run's `config.json` says of it."""
        return {"name": self.name, "seed": self.seed, "values": dict(self.values)}


def of_run(known: Mapping[str, Any]) -> list[Replica]:
    """Those of a run, from its `config.json`, each by the name of its folder."""
    return [Replica(row["seed"], row["values"], row["name"]) for row in known.get("replicas", ())]


def chosen(run: Path, lanes: Sequence[Replica], replica: str | int | None) -> Sequence[int]:
    """Which of the replicas of a run are meant by a seed or a name; all if neither is given.

    Raises:
      UsageError: not one is meant.
    """
    if replica is None:
        return range(len(lanes))
    found = [i for i, lane in enumerate(lanes) if str(replica) in (lane.name, str(lane.seed))]
    if len(found) != 1:
        names = ", ".join(lane.name for lane in lanes) or "none, it is one training"
        raise UsageError(f"{run} has not one replica {replica!r}; there are: {names}.")
    return found


Make = Callable[[Mapping[str, jax.Array]], Game]
"""The game for some values, which may be traced: `lambda values: game` where there are none."""


def in_turn(values: Mapping[str, jax.Array]) -> Callable:
    """The rule of play for any values: `game.update`."""
    return core.update


def one_by_one(function: Callable, each):
    """`function` of every replica, one after another: the numbers of a training by itself."""
    return jax.lax.map(lambda given: function(*given), each)


def at_once(function: Callable, each):
    """`function` of all replicas together, as if they were one more axis of every array."""
    return jax.vmap(function)(*each)


def beginning(make: Make, replicas: Sequence[Replica]) -> Callable[[], State]:
    """A function that gives the states before the first step, `[replicas, ...]`.

    Each is that of its seed alone; they are compiled while the caller compiles what follows.
    """
    begin = jax.jit(partial(_begin, make), compiler_options=compiling.quick())
    given = [(jax.random.key(replica.seed), numbers(replica.values)) for replica in replicas]
    ready = compiling.ahead(begin.lower(*given[0]))

    def states() -> State:
        each = [jax.device_get(ready()(*one)) for one in given]
        stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *each)
        return jax.device_put(stacked, parallel.each(len(replicas)))

    return states


def abstract(make: Make, replicas: Sequence[Replica]) -> State:
    """Shapes, types and places of the states; nothing is computed."""
    one = jax.eval_shape(partial(_begin, make), jax.random.key(0), numbers(replicas[0].values))
    count, place = len(replicas), parallel.each(len(replicas))
    shape = lambda leaf: jax.ShapeDtypeStruct((count, *leaf.shape), leaf.dtype, sharding=place)
    return jax.tree.map(shape, one)


def _begin(make: Make, key: jax.Array, values: Mapping[str, jax.Array]) -> State:
    return core.init(make(values), stream(key, "init"))


def part(states: State, index: int) -> State:
    """The state of one replica, on one device."""
    return parallel.here(jax.tree.map(lambda leaf: leaf[index], states))


def train(
    make: Make,
    data: Dataset,
    *,
    steps: int,
    batch_size: int,
    replicas: Sequence[Replica],
    state: State | None = None,
    chunk: int = 10,
    lay: Callable = at_once,
    rules: Callable[[Mapping[str, jax.Array]], Callable] = in_turn,
) -> Iterator[tuple[State, dict[str, np.ndarray]]]:
    """Plays all replicas until step `steps`; a generator that yields after every chunk.

    Each replica sees the examples and the noise of its own seed. One whose state becomes not
    finite stays at its last sound state, which its `step` tells, and the others go on.

    Args:
      make: the game for the values of a replica, which are traced: one program for all.
      data: small enough to lie on the device.
      steps: the step to stop at, counted from the first step of the run.
      batch_size: examples in the minibatch of each move of each replica.
      replicas: what differs between them; they are spread over the devices of this process.
      state: where to go on from, `[replicas, ...]`. It is consumed.
      chunk: steps between two looks at the metrics.
      lay: `at_once` (vmap), or `one_by_one`: bit for bit the numbers of each by itself, on a CPU.
      rules: of play, for the values of a replica: `game.update`, or one of `gan_jax.play`.

    Yields:
      `(states, metrics)`, the leaves of both `[replicas, ...]`, as `gan_jax.train.train` does.

    Raises:
      UsageError: a batch that is larger than the data; or more memory than there is.
    """
    check_data(data, batch_size, split=False)
    begin = beginning(make, replicas) if state is None else lambda: state
    play = compiled(make, data, batch_size=batch_size, replicas=replicas, lay=lay, rules=rules)
    state = jax.device_put(begin(), parallel.each(len(replicas)))
    reached = int(state.step.max())
    for _, states, metrics in advancing(play, state, reached, steps, chunk):
        yield states, metrics


def compiled(
    make: Make,
    data: Dataset,
    *,
    batch_size: int,
    replicas: Sequence[Replica],
    lay: Callable = at_once,
    rules: Callable[[Mapping[str, jax.Array]], Callable] = in_turn,
) -> Callable:
    """`(states, start, length) -> (states, metrics)` as one program; the arguments as of `train`.

    Raises:
      UsageError: it would need more memory than there is.
    """
    given = feed.training(data)
    arrays = feed.on_device(given)
    keys = jnp.stack([jax.random.key(replica.seed) for replica in replicas])
    names = replicas[0].values
    own = keys, {name: jnp.stack([numbers(r.values)[name] for r in replicas]) for name in names}
    body = _body(make, data.spec.decode, batch_size, feed.places(given), lay, rules)
    kinds = (abstract(make, replicas), own, arrays, np.int32(0), np.int32(1))
    advance = parallel.compiled(body, kinds, parallel.over_replicas)
    return lambda states, start, length: advance(states, own, arrays, start, length)


def _body(
    make: Make, decode: Callable, batch_size: int, size: int, lay: Callable, rules: Callable
) -> Callable:
    def body(states, own, arrays, start, length):
        def one(state, own):
            key, values = own
            given = make(values), decode, batch_size, size
            play = program(*given, keep=partial(last_sound, start), rule=rules(values))
            return play(state, key, arrays, length)

        return lay(one, (states, own))

    return body


def numbers(values: Mapping[str, float]) -> dict[str, jax.Array]:
    """The values of a replica as they are inside of a program."""
    return {name: jnp.asarray(value, jnp.float32) for name, value in values.items()}
