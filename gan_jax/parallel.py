"""Devices: the only file that knows how many there are."""

from collections.abc import Callable

import jax

from gan_jax import axis
from gan_jax.errors import UsageError


def check_batch(size: int) -> None:
    """Refuses a global minibatch that the local devices do not divide, and names sizes that fit.

    Raises:
      UsageError: `size` is no multiple of the number of devices.
    """
    devices = jax.local_device_count()
    if size % devices:
        below, above = size // devices * devices, -(-size // devices) * devices
        sizes = " or ".join(str(fit) for fit in (below, above) if fit)
        raise UsageError(
            f"A batch of {size} cannot be split between {devices} devices: use a batch of {sizes}."
        )


def one_place() -> jax.sharding.Sharding:
    """Where a state lies that no program has spread over the devices yet."""
    return jax.sharding.SingleDeviceSharding(jax.local_devices()[0])


def compiled(function: Callable) -> Callable:
    """`function(state, *shared)` as one program: `jit` on one device, `pmap` on several.

    On several devices the program is mapped over `axis.NAME`, every argument and result is the
    same on all of them, and the function takes its own part of the minibatch (`axis.own`). The
    first argument is donated: its buffers are reused, so it must not be read again.
    """
    devices = jax.local_device_count()
    if devices == 1:
        return jax.jit(function, donate_argnums=0)
    mapped = jax.pmap(
        lambda device, arguments, state: function(state, *arguments),
        axis_name=axis.NAME,
        in_axes=(0, None, None),
        out_axes=None,
        donate_argnums=2,
    )
    mesh = jax.sharding.Mesh(jax.local_devices(), (axis.NAME,))
    everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())

    def call(state, *shared):
        # A state that lies on one device would be compiled for once more.
        state = jax.device_put(state, everywhere)
        return mapped(jax.numpy.arange(devices), shared, state)

    return call
