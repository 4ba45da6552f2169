"""What the compiler is told, whatever the devices."""

import os
import re

import jax

from gan_jax.errors import UsageError

DETERMINISTIC = "--xla_gpu_deterministic_ops"

ONCE = {"xla_backend_optimization_level": 1}
"""For a program that runs once: the same numbers as from the default, compiled in half the time."""

_CONVOLUTIONS = re.compile(r"stablehlo.pad.*tensor<(\d+x){4}|, batching_dims = \[")


def repeatable() -> None:
    """Tells XLA to take no operation of a GPU that sums in no order; before JAX is first used.

    Raises:
      UsageError: the flag is there already, and says no.
    """
    flags = os.environ.get("XLA_FLAGS", "").split()
    if f"{DETERMINISTIC}=false" in flags:
        raise UsageError(f"--deterministic, and XLA_FLAGS has {DETERMINISTIC}=false: take one.")
    os.environ["XLA_FLAGS"] = " ".join([*flags, f"{DETERMINISTIC}=true"])


def options(lowered: jax.stages.Lowered) -> dict[str, str | bool]:
    """What the compiler is told of a program that trains.

    On a CPU it has two libraries for products of matrices. One splits each product between the
    threads; the other, its default, is faster in programs of convolutions, which are products of
    padded images or kernels, and at batches of products.
    """
    if jax.default_backend() != "cpu" or _CONVOLUTIONS.search(lowered.as_text()):
        return {}
    return {
        "xla_cpu_experimental_ynn_fusion_type": "",
        "xla_cpu_enable_concurrency_optimized_scheduler": False,
    }
