"""Strict numerics for every test, and no test in the user's own folders."""

import atexit
import gc
import os
import shutil
import tempfile
from importlib.metadata import version

import pytest

# Before JAX is imported, here and in the processes that tests start.
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
# The tests' programs are small and many: compile them quickly, and each once for all processes.
QUICKLY = "--xla_backend_optimization_level=0 --xla_cpu_parallel_codegen_split_count=1"
if version("jaxlib").startswith("0.10."):  # a later one does not know it, and stops
    QUICKLY += " --xla_cpu_use_fusion_emitters=false"
os.environ.setdefault("XLA_FLAGS", QUICKLY)
if "GAN_JAX_TESTS" not in os.environ:  # this process started the others
    os.environ["GAN_JAX_TESTS"] = tempfile.mkdtemp(prefix="gan_jax_tests_")
    atexit.register(shutil.rmtree, os.environ["GAN_JAX_TESTS"], ignore_errors=True)
cache = os.environ["GAN_JAX_TESTS"]
gc.set_threshold(100_000, 50, 100)  # programs make many objects that stay
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # the workers would wait for each other
    os.environ.setdefault(threads, "1")
os.environ["XDG_CACHE_HOME"] = cache
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = cache
os.environ["JAX_COMPILATION_CACHE_DIR"] = cache
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"


@pytest.fixture(scope="module")
def fused():
    """Programs of training fused as users' are, which rounds alike within a loop and outside.

    Yields what XLA_FLAGS is to say for the same in another process.
    """
    from gan_jax import compiling

    flags = os.environ["XLA_FLAGS"]
    with pytest.MonkeyPatch.context() as patch:
        if "xla_cpu_use_fusion_emitters" in flags:
            users = {"xla_cpu_use_fusion_emitters": True, compiling.LEVEL: 1}
            patch.setattr(compiling, "quick", lambda: users)
            flags += f" --xla_cpu_use_fusion_emitters=true --{compiling.LEVEL}=1"
        yield flags


@pytest.fixture
def real_data() -> str:
    """The folder of real data that the environment variable GAN_JAX_DATA names."""
    folder = os.environ.get("GAN_JAX_DATA")
    if not folder:
        pytest.skip("GAN_JAX_DATA is not set: it names the folder of real data (MNIST, ...)")
    return folder


def pytest_collection_modifyitems(items):
    """The longest first, so that no worker is left alone with it at the end."""
    long = ("test_learning", "test_devices", "test_contract", "test_two_player", "test_resume")
    long += ("test_replicas", "test_processes", "test_parting", "test_sweep", "test_recovery")
    items.sort(key=lambda item: not any(name in item.nodeid for name in long))
