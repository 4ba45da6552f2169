"""What the compiler is told, whatever the devices."""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import jax

from gan_jax.errors import UsageError

DETERMINISTIC = "--xla_gpu_deterministic_ops"

LEVEL = "xla_backend_optimization_level"

_CONVOLUTIONS = re.compile(r"stablehlo.pad.*tensor<(\d+x){4}|, batching_dims = \[")


def repeatable() -> None:
    """Tells XLA to take no operation of a GPU that sums in no order; before JAX is first used.

    Raises:
      UsageError: the flag is there already, and says no.
    """
    flags = os.environ.get("XLA_FLAGS", "").split()
    if f"{DETERMINISTIC}=true" in flags:
        return
    if f"{DETERMINISTIC}=false" in flags:
        raise UsageError(f"--deterministic, and XLA_FLAGS has {DETERMINISTIC}=false: take one.")
    os.environ["XLA_FLAGS"] = " ".join([*flags, f"{DETERMINISTIC}=true"])


def ahead(lowered: jax.stages.Lowered) -> Callable[[], jax.stages.Compiled]:
    """Compiles in a thread, while Python traces what is compiled next; the result waits for it."""
    pool = ThreadPoolExecutor(1)
    compiled = pool.submit(lowered.compile)
    pool.shutdown(wait=False)
    return compiled.result


def quick() -> dict[str, int]:
    """Compiled in half to nine tenths of the time, to machine code of fewer tricks.

    Nothing where the user's XLA_FLAGS name a level.
    """
    return {} if LEVEL in os.environ.get("XLA_FLAGS", "") else {LEVEL: 1}


def options(lowered: jax.stages.Lowered) -> dict[str, str | bool | int]:
    """What the compiler is told of a program that trains: on a CPU, and nothing elsewhere.

    Its time goes into products of matrices, which are compiled already: so of the rest as much as
    `quick` asks for is as fast. There are two libraries for the products. One splits each between
    the threads; the other, the default, is faster in programs of convolutions, which are products
    of padded images or kernels, and at batches of products.
    """
    if jax.default_backend() != "cpu":
        return {}
    if _CONVOLUTIONS.search(lowered.as_text()):
        return quick()
    return quick() | {
        "xla_cpu_experimental_ynn_fusion_type": "",
        "xla_cpu_enable_concurrency_optimized_scheduler": False,
    }
