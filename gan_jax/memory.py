"""How much memory there is, and whether a program needs more."""

import os

import jax

from gan_jax.errors import UsageError


def check(executable: jax.stages.Compiled) -> None:
    """Refuses a program that needs more memory than there is, before it runs.

    Raises:
      UsageError: saying what it needs and what there is.
    """
    size = executable.memory_analysis()
    needed = size.argument_size_in_bytes + size.output_size_in_bytes - size.alias_size_in_bytes
    needed, there = needed + size.temp_size_in_bytes, available()
    if needed > there:
        raise UsageError(
            f"Training needs {needed / 2**30:.1f} GiB of memory on a device, and there are "
            f"{there / 2**30:.1f}: use a smaller batch, narrower networks or fewer seeds at once."
        )


def available() -> int:
    """Bytes that this process may hold on one device; for a CPU, of the machine's memory."""
    limit = (jax.local_devices()[0].memory_stats() or {}).get("bytes_limit")
    if limit:
        return limit
    page = os.sysconf("SC_PAGE_SIZE")
    with open("/proc/self/statm") as own, open("/proc/meminfo") as machine:
        sizes = dict(line.split(":") for line in machine)
        return int(sizes["MemAvailable"].split()[0]) * 1024 + int(own.read().split()[1]) * page
