"""What a difference between two runs may come from, beside their settings."""

import os
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any


def environment() -> dict[str, Any]:
    """Versions, devices and flags: what a difference between two runs may come from."""
    import jax

    packages = ("gan-jax", "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy")
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "versions": {name: version(name) for name in packages},
        "devices": [str(device.device_kind) for device in jax.devices()],
        "backend": jax.default_backend(),
        "flags": {name: os.environ[name] for name in ("XLA_FLAGS",) if name in os.environ},
    }


def _processor() -> str:
    """Its model: it decides which instructions programs are compiled to."""
    try:
        known = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    named = (line.partition(":") for line in known.splitlines())
    return next((value.strip() for name, _, value in named if name.strip() == "model name"), "")


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is other now, each in a few words.

    >>> one = {"devices": ["cpu"], "versions": {"jax": "0.10.2"}}
    >>> changes(one, {"devices": ["cpu", "cpu"], "versions": {"jax": "0.12.0"}})
    ['devices: 2 x cpu, before 1 x cpu', 'jax: 0.12.0, before 0.10.2']
    """
    old, new = (dict(flat(found)) for found in (before, now))
    return [
        f"{name.rpartition('.')[2]}: {_said(new.get(name))}, before {_said(old.get(name))}"
        for name in old | new
        if old.get(name) != new.get(name)
    ]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{count} x {kind}" for kind, count in Counter(map(str, value)).items())
    return "none" if value is None else str(value)


def flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The values of mappings within mappings, by dotted names."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
