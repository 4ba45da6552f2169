"""How much memory there is, and whether a program needs more."""

import os
from collections.abc import Iterator
from pathlib import Path

import jax

from gan_jax.errors import UsageError

TWO = ("memory.max", "memory.current", ("inactive_file", "active_file"))
ONE = (
    *("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ("total_inactive_file", "total_active_file"),
)
"""Files of a control group, by their version: its limit, its use, and what of that is a cache."""


def check(executable: jax.stages.Compiled, there: float) -> None:
    """Refuses a program that needs more than so many bytes on a device, before it runs.

    Raises:
      UsageError: saying what it needs and what there is.
    """
    size = executable.memory_analysis()
    needed = size.argument_size_in_bytes + size.output_size_in_bytes - size.alias_size_in_bytes
    needed += size.temp_size_in_bytes
    if needed > there:
        raise UsageError(
            f"Training needs {needed / 2**30:.1f} GiB of memory on a device, and there are "
            f"{there / 2**30:.1f}: use a smaller batch, narrower networks or fewer seeds at once."
        )


def available(root: Path = Path("/")) -> int:
    """Bytes that this process may hold on one device; for CPUs, of the machine's memory.

    There it is what the machine has left, or less by the control group of a container or of a job.
    """
    limit = (jax.local_devices()[0].memory_stats() or {}).get("bytes_limit")
    if limit:
        return limit
    sizes = dict(line.split(":") for line in (root / "proc/meminfo").read_text().splitlines())
    machine = int(sizes["MemAvailable"].split()[0]) * 1024
    own = int((root / "proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_left(root)]) + own


def _left(root: Path) -> Iterator[int]:
    """What is left in each control group that this process is in, from its own to the widest."""
    groups = root / "sys/fs/cgroup"
    for line in (root / "proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top, names = (groups / "memory", ONE) if controllers else (groups, TWO)
        own = top / path.strip("/")
        for group in (own, *own.parents):
            if group == top.parent:
                break
            yield from _of(group, *names)


def _of(group: Path, limit: str, use: str, caches: tuple[str, ...]) -> Iterator[int]:
    try:
        most, used = (group / limit).read_text().strip(), int((group / use).read_text())
        sizes = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    except OSError:  # the widest has no limit, and a container does not see those around it
        return
    if most != "max":
        yield int(most) - used + sum(int(sizes[cache]) for cache in caches)
