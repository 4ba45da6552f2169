"""Devices: the only file that knows how many there are, and how a program is spread over them."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec, Sharding, SingleDeviceSharding

from gan_jax import axis, compiling, memory
from gan_jax.errors import UsageError

REPLICAS = "replicas"
PARTS = PartitionSpec(None, None, axis.NAME)
"""Of what `dealt` gives."""


def parts() -> int:
    """Into how many parts a global minibatch is split: one for each device of all processes."""
    return jax.device_count()


def check_batch(size: int) -> None:
    """Refuses a global minibatch that the devices do not divide, and names sizes that fit.

    Raises:
      UsageError: `size` is no multiple of the number of devices, over all processes.
    """
    devices = parts()
    if size % devices:
        below, above = size // devices * devices, -(-size // devices) * devices
        sizes = " or ".join(str(fit) for fit in (below, above) if fit)
        raise UsageError(
            f"A batch of {size} cannot be split between {devices} devices: use a batch of {sizes}."
        )


def everywhere() -> Sharding:
    """The place of what all devices of all processes hold whole: states, data, metrics."""
    if jax.device_count() == 1:
        return SingleDeviceSharding(jax.local_devices()[0])
    return NamedSharding(Mesh(jax.devices(), (axis.NAME,)), PartitionSpec())


def placed(tree):
    """The arrays of `tree`, the same in every process, on every device."""
    place = everywhere()
    if jax.process_count() == 1:
        return jax.device_put(tree, place)
    mine = NamedSharding(Mesh(jax.local_devices(), (axis.NAME,)), PartitionSpec())

    def put(leaf):
        if isinstance(leaf, jax.Array) and leaf.sharding == place:
            return leaf
        copies = [shard.data for shard in jax.device_put(leaf, mine).addressable_shards]
        return jax.make_array_from_single_device_arrays(copies[0].shape, place, copies)

    return jax.tree.map(put, tree)


def each(count: int) -> Sharding:
    """The place of so many replicas, `[count, ...]`: each on the device that plays it.

    Where the devices do not divide them, they lie on all devices whole.
    """
    devices = jax.local_devices()
    if len(devices) == 1:
        return SingleDeviceSharding(devices[0])
    spread = PartitionSpec(REPLICAS) if count % len(devices) == 0 else PartitionSpec()
    return NamedSharding(Mesh(devices, (REPLICAS,)), spread)


def here(tree):
    """This process's own copy of what lies everywhere, on one device."""
    whole = lambda leaf: isinstance(leaf, jax.Array) and leaf.is_fully_replicated
    alone = lambda leaf: leaf.addressable_data(0) if whole(leaf) else leaf
    return jax.tree.map(alone, tree)


def share(batch_size: int) -> slice:
    """Which examples of a global minibatch the devices of this process play."""
    mine = batch_size // jax.process_count()
    return slice(jax.process_index() * mine, (jax.process_index() + 1) * mine)


def dealt(tree):
    """This process's `share` of minibatches, `[length, moves, B, ...]`, to each device its part.

    They become `[length, moves, devices, B / devices, ...]`; on one device they stay as they are.
    """
    if jax.device_count() == 1:
        return jax.device_put(tree, everywhere())
    place = NamedSharding(Mesh(jax.devices(), (axis.NAME,)), PARTS)

    def put(leaf):
        parts = (*leaf.shape[:2], jax.local_device_count(), -1, *leaf.shape[3:])
        return jax.make_array_from_process_local_data(place, leaf.reshape(parts))

    return jax.tree.map(put, tree)


class Program(NamedTuple):
    """A mapped function, and how it wants `(state, own, *shared)`."""

    mapped: Callable
    arranged: Callable = lambda *arguments: arguments


def pmap(function: Callable) -> Program:
    """`function(state, own, *shared)` mapped over `axis.NAME` by `jax.pmap`.

    Of `own`, which `dealt` gives, a device has its part; every other argument and the results are
    the same on all devices, and the function takes its own part of the minibatch (`axis.own`). The
    state is donated.
    """
    mapped = jax.pmap(
        lambda device, own, shared, state: function(state, own, *shared),
        axis_name=axis.NAME,
        in_axes=(0, 2, None, None),
        out_axes=None,
        donate_argnums=3,
    )
    devices = np.arange(jax.local_device_count())
    return Program(mapped, lambda state, own, *shared: (devices, own, shared, state))


def shard_map(function: Callable) -> Program:
    """The same by `jax.shard_map`, which checks that the results are the same on all devices."""
    mesh, whole = Mesh(jax.devices(), (axis.NAME,)), PartitionSpec()
    alone = lambda own: jax.tree.map(lambda leaf: leaf.squeeze(2), own)
    mapped = jax.shard_map(
        lambda state, own, shared: function(state, alone(own), *shared),
        mesh=mesh,
        in_specs=(whole, PARTS, whole),
        out_specs=whole,
    )
    arranged = lambda state, own, *shared: (state, own, shared)
    return Program(jax.jit(mapped, donate_argnums=0), arranged)


def over_replicas(function: Callable) -> Program:
    """`function(states, own, *shared)` with its replicas spread over this process's devices.

    Replicas need nothing of one another, so nothing is sent. Where the devices do not divide
    them, the last one is played more than once, in time that would be spent waiting. They are
    taken, and given, where `each` says.
    """
    devices = jax.local_device_count()
    mesh, alone = Mesh(jax.local_devices(), (REPLICAS,)), PartitionSpec(REPLICAS)

    def spread(states, own, *shared):
        count = jax.tree.leaves(states)[0].shape[0]
        more = -count % devices
        fill = lambda x: jnp.concatenate([x, jnp.repeat(x[-1:], more, 0)]) if more else x
        specs = (alone, alone, *(PartitionSpec() for _ in shared))
        mapped = jax.shard_map(
            function, mesh=mesh, in_specs=specs, out_specs=alone, check_vma=False
        )
        out = mapped(*jax.tree.map(fill, (states, own)), *shared)
        out = jax.tree.map(lambda x: x[:count], out)
        return jax.lax.with_sharding_constraint(out, each(count))

    return Program(jax.jit(spread, donate_argnums=0))


def compiled(function: Callable, kinds: tuple, spread: Callable = pmap) -> Callable:
    """`function(state, own, *shared)` as one program: by `jit`, or on several devices by `spread`.

    The first argument is donated: its buffers are reused, so it must not be read again.

    Args:
      function: what to compile.
      kinds: shapes and types of its arguments.
      spread: `pmap`, `shard_map` or `over_replicas`.

    Raises:
      UsageError: it would need more memory than there is.
    """
    alone = jax.device_count() == 1
    program = Program(jax.jit(function, donate_argnums=0)) if alone else spread(function)
    if jax.process_count() > 1:
        return _shared(program)
    lowered = program.mapped.lower(*program.arranged(*kinds))
    # Several processes cannot be told anything, and several devices are to give the same bits.
    told = compiling.options(lowered) if alone or spread is over_replicas else {}
    executable = lowered.compile(told)
    memory.check(executable, room())
    return lambda *arguments: executable(*program.arranged(*arguments))


def _shared(program: Program) -> Callable:
    """The program of several processes, compiled by its first arguments: `pmap` wants real ones."""
    fits = []

    def play(*arguments):
        given = program.arranged(*arguments)
        if not fits:
            fits.append(memory.check(program.mapped.lower(*given).compile(), room()))
        return placed(program.mapped(*given))

    return play


def room() -> float:
    """Bytes that each device may hold, in the process that has least; CPUs share what there is."""
    sharing = jax.local_device_count() if jax.default_backend() == "cpu" else 1
    there = np.float32(memory.available() / sharing)
    return float(np.min(multihost_utils.process_allgather(there)))
