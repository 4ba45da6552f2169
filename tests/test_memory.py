"""How much memory there is: of the machine, and of the control groups that leave less of it."""

import os
import subprocess
import sys

import pytest

from gan_jax import memory

GIB = 2**30
OWN = 3 * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def root(tmp_path):
    """A machine of 64 GiB, of which 48 are left, and this process, which holds three pages."""
    (tmp_path / "proc/self").mkdir(parents=True)
    left = f"MemTotal: {64 * 2**20} kB\nMemAvailable: {48 * 2**20} kB\nHugePages_Total: 0\n"
    (tmp_path / "proc/meminfo").write_text(left)
    (tmp_path / "proc/self/statm").write_text("9 3 1 1 0 1 0\n")
    return tmp_path


def group(root, place, limit, used, version=2, cached=(GIB, GIB)):
    """A control group with its limit, its use, and the caches among that."""
    folder = root / "sys/fs/cgroup" / place
    folder.mkdir(parents=True, exist_ok=True)
    most, use, names = memory.TWO if version == 2 else memory.ONE
    (folder / most).write_text(f"{limit}\n")
    (folder / use).write_text(f"{used}\n")
    sizes = {"anon": used, **dict(zip(names, cached, strict=True)), "slab": 5}
    (folder / "memory.stat").write_text("".join(f"{n} {sizes[n]}\n" for n in sizes))


def told(root, *lines):
    (root / "proc/self/cgroup").write_text("".join(f"{line}\n" for line in lines))
    return memory.available(root)


def test_without_a_limit_it_is_the_machines(root):
    assert told(root, "0::/") == 48 * GIB + OWN
    group(root, "user", "max", GIB)
    assert told(root, "0::/user") == 48 * GIB + OWN
    group(root, "memory/user", 2**63 - 4096, GIB, version=1)
    assert told(root, "4:memory:/user", "1:cpu:/user") == 48 * GIB + OWN


@pytest.mark.parametrize("version", [1, 2])
def test_a_group_leaves_its_limit_but_for_what_is_no_cache(root, version):
    top, line = ("memory/", "4:memory:") if version == 1 else ("", "0::")
    group(root, f"{top}job", 16 * GIB, 5 * GIB, version)
    assert told(root, "1:cpu:/", f"{line}/job") == 13 * GIB + OWN


def test_the_tightest_group_counts_be_it_around_its_own(root):
    group(root, "job", 8 * GIB, 6 * GIB)
    group(root, "job/step", 16 * GIB, 2 * GIB)
    assert told(root, "0::/job/step") == 4 * GIB + OWN
    group(root, "job/step", 3 * GIB, 2 * GIB)
    assert told(root, "0::/job/step") == 3 * GIB + OWN


@pytest.mark.parametrize("path", ["/docker/0123", "/../other"])
def test_a_container_sees_its_own_group_as_the_widest(root, path):
    group(root, "memory", 4 * GIB, 2 * GIB, version=1)
    assert told(root, f"4:memory:{path}") == 4 * GIB + OWN


def test_there_is_memory():
    assert 2**28 < memory.available() < 2**44


def test_cpus_of_one_process_share_its_memory():
    flags = "--xla_force_host_platform_device_count=4"
    code = "from gan_jax import memory, parallel; print(memory.available() / parallel.room())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 3 < float(done.stdout) < 5
