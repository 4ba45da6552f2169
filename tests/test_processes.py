"""Two processes on the loopback train one run: alike, stopped together, and gone on with alone."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import nullcontext

import jax
import pytest

from gan_jax import checkpoint, history, processes
from gan_jax.errors import RunError, UsageError
from tests.command import ROOT, files, hashes, process, rows, train, write_experiment

ENDLESS = ("--steps", 1_000_000)
ENDED = "Another process ended, and so this one ends"


def port() -> int:
    """One that was free just now."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def begun(experiment, run, *words):
    """The two processes of a run."""
    address = f"127.0.0.1:{port()}"
    return [
        process(
            *("train", experiment, "--run", run, *words),
            *("--coordinator", address, "--processes", 2, "--process", index),
        )
        for index in range(2)
    ]


def ended(jobs, limit: float = 300):
    """Exit codes and what was printed, of each."""
    said = [job.communicate(timeout=limit) for job in jobs]
    return [job.returncode for job in jobs], said


def reached(run, step: int) -> None:
    """Waits until the run has gone so far."""
    for _ in range(3600):
        if (run / "metrics.jsonl").exists() and rows(run) and rows(run)[-1]["step"] >= step:
            return
        time.sleep(0.05)
    raise AssertionError(f"{run} did not reach step {step}")


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    return write_experiment(tmp_path_factory.mktemp("processes"))


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


@pytest.mark.slow
def test_two_processes_are_two_devices_bit_for_bit_and_either_goes_on(
    experiment, run, tmp_path, monkeypatch
):
    codes, said = ended(begun(experiment, run, "--steps", 20))
    assert codes == [0, 0], said
    assert "Next: gan-jax sample" in said[0][0]
    assert not [line for line in said[1][0].splitlines() if not line.startswith("[Gloo]")]

    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=2"
    monkeypatch.setenv("XLA_FLAGS", flags)
    devices = tmp_path / "devices"
    job = process("train", experiment, "--run", devices, "--steps", 20)
    assert ended([job])[0] == [0]
    assert hashes(run) == hashes(devices)
    assert rows(run) == rows(devices)
    entered, expected = (history.rows(each, history.LEDGER) for each in (run, devices))
    assert entered and entered == expected

    monkeypatch.undo()
    assert train(experiment, run, "--steps", 30, "--resume") == 0
    codes, said = ended(begun(experiment, run, "--steps", 40, "--resume"))
    assert codes == [0, 0], said
    assert checkpoint.latest(run / "checkpoints") == 40
    assert [row["step"] for row in rows(run)] == [10, 20, 30, 40]


@pytest.mark.parametrize("victim", [pytest.param(0, marks=pytest.mark.slow), 1])
def test_killing_one_ends_the_other_within_seconds(experiment, run, victim):
    jobs = begun(experiment, run, *ENDLESS)
    reached(run, 10)
    jobs[victim].send_signal(signal.SIGKILL)
    killed = time.monotonic()
    other = jobs[1 - victim]
    _, complaint = other.communicate(timeout=60)
    assert time.monotonic() - killed < 30
    assert other.returncode != 0
    # JAX itself ends those that have lost the first one.
    assert re.search(f"{ENDED}{'|another task died' * (victim == 0)}", complaint)


def test_killing_one_before_it_trains_ends_the_other_within_seconds(tmp_path, run):
    kill = "import os\n    import jax\n\n    jax.process_index() and os.kill(os.getpid(), 9)\n"
    deadly = write_experiment(
        tmp_path, "deadly", "    import optax\n", f"    import optax\n    {kill}"
    )
    jobs = begun(deadly, run, *ENDLESS)
    jobs[1].communicate(timeout=120)
    killed = time.monotonic()
    _, complaint = jobs[0].communicate(timeout=60)
    assert time.monotonic() - killed < 20
    assert (jobs[1].returncode, jobs[0].returncode) == (-signal.SIGKILL, 7)
    assert re.search(ENDED, complaint)


@pytest.mark.slow
def test_a_divergence_is_said_once_and_what_was_being_saved_is_saved(tmp_path, run):
    sudden = "lambda count: 1e-3 + 1e30 * (count > 45)"  # the critic's 45th move is of step 23
    wild = write_experiment(tmp_path, "wild", "config.learning_rate", sudden)
    often = ("--checkpoint-every", 10, "--profile", 5)
    codes, said = ended(begun(wild, run, *ENDLESS, *often))
    assert codes == [5, 5], said
    assert "Not finite at step 30" in said[0][1]
    assert "Wrote a trace of steps 11 to 20" in said[0][0]
    assert not [text for text in "\n".join(said[1]).splitlines() if text and "[Gloo]" not in text]
    assert checkpoint.latest(run / "checkpoints") == 20
    assert len([*(run / "profile").rglob("*.xplane.pb")]) == 1


@pytest.mark.slow
def test_what_one_has_no_memory_for_is_refused_by_both_and_replaces_nothing(tmp_path, run):
    assert train(write_experiment(tmp_path), run, "--steps", 2) == 0
    before = {name: what for name, what in files(run).items() if name != ".lock"}
    poor = "import jax\nfrom gan_jax import memory\n\nusual = memory.available\n" + (
        "memory.available = lambda: usual() if jax.process_index() else 2**10\n\n\ndef build("
    )
    path = write_experiment(tmp_path, "poor", "def build(", poor)
    codes, said = ended(begun(path, run, *ENDLESS, "--overwrite"))
    assert codes == [2, 2], said
    assert all("of memory on a device, and there are 0.0" in complaint for _, complaint in said)
    assert {name: what for name, what in files(run).items() if name != ".lock"} == before


@pytest.mark.slow
@pytest.mark.parametrize("flags", [("--parallel", "shard_map"), ("--device-data", 0)])
def test_however_it_is_split_two_processes_train(experiment, run, flags):
    codes, said = ended(begun(experiment, run, "--steps", 3, *flags))
    assert codes == [0, 0], said
    assert rows(run)[-1]["step"] == 3


@pytest.mark.slow
def test_terminating_one_saves_both_at_the_same_step(experiment, run):
    jobs = begun(experiment, run, *ENDLESS)
    reached(run, 10)
    jobs[1].send_signal(signal.SIGTERM)
    codes, said = ended(jobs)
    assert codes == [143, 143], said
    step = checkpoint.latest(run / "checkpoints")
    assert f"Stopped at step {step}, saved" in said[0][0]
    assert rows(run)[-1]["step"] == step


@pytest.mark.slow
def test_the_others_wait_while_the_first_one_evaluates(tmp_path, run):
    """For longer than JAX waits at its end, which here is five seconds."""
    patient = "import functools, jax, time\n\n" + (
        "jax.distributed.initialize = functools.partial(\n"
        "    jax.distributed.initialize, shutdown_timeout_seconds=5\n)\n\n\ndef build("
    )
    slow = write_experiment(tmp_path, "slow", "def build(", patient)
    late = "[lambda *sets: time.sleep(12) or {'mean': 0.0}]"
    slow.write_text(slow.read_text().replace("[metrics.suited(spec)]", late))
    codes, said = ended(begun(slow, run, "--steps", 2))
    assert codes == [0, 0], said
    assert (run / "evaluation.json").exists()


def test_what_fails_in_one_fails_in_both(experiment, run):
    run.mkdir()
    (run / "mine").touch()
    codes, said = ended(begun(experiment, run, "--steps", 2))
    assert codes == [6, 6]
    assert all("is no run" in complaint for _, complaint in said)


@pytest.mark.slow
@pytest.mark.parametrize("flag", ["--seed", "--log-every"])
def test_processes_that_were_told_different_things_do_not_begin(experiment, run, flag):
    address = ("--coordinator", f"127.0.0.1:{port()}", "--processes", 2)
    jobs = [
        process(*("train", experiment, "--run", run, *address), *("--process", i, flag, i + 1))
        for i in range(2)
    ]
    codes, said = ended(jobs)
    assert codes == [6, 6]
    assert all(f"{flag} is 1 in process 0 and 2 in process 1" in error for _, error in said)
    assert not run.exists()


def test_what_differs_is_named(monkeypatch):
    told = [{"--seed": "1", "--run": "/a"}, {"--seed": "1", "--run": "/b", "--width": "8"}]
    monkeypatch.setattr(processes, "_texts", lambda text: [text, json.dumps(told[1])])
    with pytest.raises(RunError, match="--run is /a in process 0 and /b in process 1: give the"):
        processes.check_alike(told[0])
    processes.check_alike(told[1])


@pytest.mark.slow
def test_a_cluster_says_it_all(experiment, run, monkeypatch):
    """As Slurm does, by the environment."""
    jobs, number = [], port()
    for index in range(2):
        told = {
            "SLURM_JOB_ID": number,
            "SLURM_STEP_NODELIST": "127.0.0.1",
            "SLURM_NTASKS": 2,
            "SLURM_PROCID": index,
            "SLURM_LOCALID": index,
        }
        for name, value in told.items():
            monkeypatch.setenv(name, str(value))
        jobs.append(process("train", experiment, "--run", run, "--steps", 3))
    codes, said = ended(jobs)
    assert codes == [0, 0], said
    assert rows(run)[-1]["step"] == 3


@pytest.mark.parametrize(
    "error, kind",
    [
        (ValueError("coordinator_address should be defined."), None),
        (RuntimeError("jax.distributed.initialize() must be called before any JAX calls"), None),
        (ValueError("Number of processes must be defined."), UsageError),
        (RuntimeError("DEADLINE_EXCEEDED: Barrier timed out."), ConnectionError),
        (RuntimeError("UNKNOWN: Failed to start RPC server"), ConnectionError),
        (RuntimeError("Kubernetes API Error: 403 - Forbidden\nIt appears"), ConnectionError),
    ],
)
def test_only_where_there_is_no_cluster_it_trains_alone(error, kind, monkeypatch):
    def initialize(*given, **more):
        raise error

    monkeypatch.setattr(jax.distributed, "initialize", initialize)
    with pytest.raises(kind, match="cannot begin") if kind else nullcontext():
        processes.begin()


@pytest.mark.parametrize(
    "given, said",
    [
        (("localhost:1234", 2, None), "belong together"),
        (("", 2, 0), "belong together"),
        (("localhost", 2, 0), "HOST:PORT"),
        (("localhost:99999", 2, 0), "HOST:PORT"),
        (("localhost:1234", 2, 2), "a number from 0 to 1"),
        (("localhost:1234", 0, 0), "--processes"),
    ],
)
def test_flags_that_make_no_sense(given, said):
    with pytest.raises(UsageError, match=said):
        processes.begin(*given)


def test_a_process_by_itself_agrees_with_itself():
    assert (processes.count(), processes.first(), processes.gathered(7)) == (1, True, [7])
    processes.check_alike({"--seed": 3})
    with pytest.raises(KeyError), processes.together():
        raise KeyError
    with pytest.raises(RunError), processes.bound():
        raise RunError


@pytest.mark.parametrize(
    "error, code, said",
    [
        (RunError("in use"), 6, "gan-jax: in use\n"),
        (PermissionError(13, "not yours"), 7, "gan-jax: .*not yours"),
        (ValueError("Gloo AllGather failed: closed by peer"), 7, f"gan-jax: {ENDED}"),
        (ValueError("Gloo AllGather failed: Timed out waiting"), 7, "gan-jax: .*is late"),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory"), 2, "gan-jax: There is not enough"),
        (KeyError("a bug"), 1, "(?s)Traceback .*a bug"),
    ],
)
def test_what_ends_one_of_several_processes_is_said(error, code, said, monkeypatch, capsys):
    monkeypatch.setattr(processes, "count", lambda: 2)
    monkeypatch.setattr(processes, "leave", lambda code: codes.append(code))
    codes = []
    with processes.bound():
        raise error
    assert codes == [code]
    assert re.match(said, capsys.readouterr().err)
    with pytest.raises(type(error)), processes.bound(type(error)):
        raise error


def test_one_of_several_processes_ends_also_where_nobody_reads_it():
    code = """
import jax, sys
from gan_jax import processes
processes.count, jax.distributed.is_initialized = (lambda: 2), (lambda: True)
with processes.bound():
    sys.stdout.write("not yet written")
    raise OSError("a fault")
print("went on")
"""
    reader, writer = os.pipe()
    os.close(reader)
    given = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=writer, env=given)
    os.close(writer)
    assert done.returncode == 7
