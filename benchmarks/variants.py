"""The programs that are compared, and what a program needs to know of the machine."""

import datetime
import importlib.util
import os
from collections.abc import Callable
from functools import partial

import jax

from benchmarks import gan_training
from benchmarks.cases import Case
from gan_jax import networks
from gan_jax.data import Dataset

BASE = "torch_eager"
TORCH = importlib.util.find_spec("torch") is not None
ACCELERATED = jax.default_backend() != "cpu"


def programs(case: Case, data: Dataset) -> dict[str, Callable[[], Callable[[], float]]]:
    """For each variant a function that makes its program, which plays `case.chunk` iterations.

    * `gan_jax`: `gan_jax.train`, as a user runs it; `gan_jax_bf16`, its networks in bfloat16;
    * `torch_eager`: PyTorch, operation by operation, `torch.optim.Adam` as it comes;
    * `torch_fused`: with Adam as one kernel;
    * `torch_compile`: with Adam as one kernel and the gradients compiled;
    * `torch_bf16`: `torch_fused` under autocast to bfloat16.
    """
    made = {"gan_jax": partial(gan_training.playing, case, data)}
    if hasattr(networks, "half"):
        made["gan_jax_bf16"] = partial(gan_training.playing, case, data, half=True)
    if TORCH:
        from benchmarks.torch_training import compiled, playing

        ours = partial(playing, case, data)
        made |= {BASE: ours, "torch_fused": partial(ours, fused=True)}
        made["torch_compile"] = partial(ours, fused=True, make=compiled)
        made["torch_bf16"] = partial(ours, fused=True, half=True)
    return made


def usual() -> list[str]:
    """The variants to run unless others are named: in bfloat16 only where it is fast."""
    names = ["gan_jax", BASE, "torch_fused", "torch_compile"]
    return names + ["gan_jax_bf16", "torch_bf16"] * ACCELERATED


def settle(precision: str) -> None:
    """As many threads for PyTorch as JAX has, and the same precision of products for both."""
    jax.config.update("jax_default_matmul_precision", precision)
    if TORCH:
        import torch

        torch.set_num_threads(len(os.sched_getaffinity(0)))
        rough = precision == "tensorfloat32"
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = rough


def machine() -> dict[str, object]:
    """Date, chip, versions and threads, as the results say them."""
    versions = {"jax": jax.__version__}
    if TORCH:
        import torch

        versions["torch"] = torch.__version__
    return {
        "date": datetime.date.today().isoformat(),
        "chip": jax.devices()[0].device_kind if ACCELERATED else _processor(),
        "threads": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "versions": versions,
    }


def _processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        return next(names, "unknown")
