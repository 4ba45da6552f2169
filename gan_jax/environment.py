"""What a difference between two runs may come from, beside their settings."""

import os
import platform
from importlib.metadata import version
from typing import Any


def environment() -> dict[str, Any]:
    """Versions, devices and flags: what a difference between two runs may come from."""
    import jax

    packages = ("gan-jax", "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy")
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": {name: version(name) for name in packages},
        "devices": [str(device.device_kind) for device in jax.devices()],
        "backend": jax.default_backend(),
        "flags": {name: os.environ[name] for name in ("XLA_FLAGS",) if name in os.environ},
    }
