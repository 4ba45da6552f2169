import fcntl
import os
import subprocess
import sys
from threading import Timer

import pytest

from gan_jax import locks
from gan_jax.errors import RunError


@pytest.fixture
def run(tmp_path):
    run = tmp_path / "deep" / "run"
    with locks.locked(run):
        assert locks.held(run)
    assert not locks.held(run)
    return run


def test_the_holder_is_named_and_its_death_frees_the_run(run):
    code = (
        "import sys; from pathlib import Path; from gan_jax import locks\n"
        "with locks.locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    call = [sys.executable, "-c", code, str(run)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(RunError, match=f"in use by process {holder.pid} on "),
            locks.locked(run),
        ):
            pytest.fail("locked twice")
        holder.kill()
        holder.wait()
        with locks.locked(run):
            assert (run / ".lock").read_text().startswith(f"{os.getpid()} on ")


def test_who_only_asks_does_not_keep_a_run_from_its_process(run):
    with open(run / ".lock") as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        Timer(0.2, asking.close).start()
        with locks.locked(run):
            assert asking.closed
