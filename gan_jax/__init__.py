"""Generative adversarial networks in JAX and Flax: families as values, seeded, resumable, fast.

Nothing heavy is imported before it is used: `import gan_jax` is quick, and so is `gan-jax --help`.
"""

import importlib

__version__ = "0.1.0"

ROOMS = (
    "augmentation",
    "codes",
    "data",
    "exported",
    "families",
    "game",
    "losses",
    "metrics",
    "networks",
    "optimizers",
    "play",
    "priors",
    "sampling",
    "train",
)

__all__ = [*ROOMS, "load"]


def __getattr__(name: str) -> object:
    if name == "load":
        return importlib.import_module("gan_jax.loading").load
    if name in ROOMS:
        return importlib.import_module(f"gan_jax.{name}")
    raise AttributeError(f"module 'gan_jax' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
