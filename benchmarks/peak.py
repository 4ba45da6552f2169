"""The machine's float32 peak: the fastest product of two large matrices, by either library."""

import time
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.variants import ACCELERATED, TORCH

REPEATS = 5


def gflops(size: int = 8192 if ACCELERATED else 2048) -> float:
    """10^9 floating-point operations in a second, the best of some products after a first one."""
    best = np.inf
    for multiply in _products(size):
        multiply()
        for _ in range(REPEATS):
            start = time.perf_counter()
            multiply()
            best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best / 1e9


def _products(size: int) -> Iterator[Callable[[], object]]:
    """A product of JAX and one of torch; each waits for its result."""
    matrix = np.random.default_rng(0).normal(size=(size, size)).astype(np.float32)
    array, multiply = jnp.asarray(matrix), jax.jit(lambda x: x @ x)
    yield lambda: multiply(array).block_until_ready()
    if TORCH:
        import torch

        from benchmarks.torch_training import DEVICE

        tensor = torch.from_numpy(matrix).to(DEVICE)
        yield lambda: (tensor @ tensor)[0, 0].item()
