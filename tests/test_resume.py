"""Whatever stops a run, going on gives the same bits as if nothing had."""

import itertools
import os
import random
import shutil
import signal
import time

import pytest

from gan_jax.loading import load
from tests.command import files, hashes, process, rows, train, write_experiment

STEPS = 300
FLAGS = ("--data", "ring", "--checkpoint-every", 30, "--sample-every", 10_000)
RETURN = '[metrics.suited(spec)], {"gap": "critic/gap"})\n'
STOPPING = '''[mean], {"gap": "critic/gap"}, on_chunk)


def mean(real, other):
    """An evaluation that is soon done."""
    return {"mean": float(other.mean())}


def on_chunk(state, metrics):
    """Sends this process a signal at a step that the environment names, or waits for one."""
    import os
    import time

    step, number = map(int, os.environ.get("STOP_AT", "0 0").split())
    if int(state.step) == step:
        os.kill(os.getpid(), number) if number else time.sleep(60)
'''


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    return write_experiment(tmp_path_factory.mktemp("resume"), "small", RETURN, STOPPING)


@pytest.fixture(scope="module")
def whole(experiment):
    """A run that nothing interrupted."""
    run = experiment.parent / "whole"
    assert train(experiment, run, *FLAGS, "--steps", STEPS) == 0
    return run


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


def start(experiment, run, **environment):
    words = ("train", experiment, "--run", run, *FLAGS, "--steps", STEPS, "--resume")
    os.environ.update(environment)
    try:
        return process(*words)
    finally:
        for name in environment:
            del os.environ[name]


def go_on(experiment, run, *flags):
    return train(experiment, run, *FLAGS, "--steps", STEPS, "--resume", *flags)


def check_same(run, whole):
    assert hashes(run) == hashes(whole)
    assert [row["step"] for row in rows(run)] == list(range(10, STEPS + 1, 10))
    assert rows(run) == rows(whole)
    assert not [name for name in files(run) if ".orbax-checkpoint-tmp" in name]


def kill_in_training(experiment, run, wait):
    """Kills a process some time after its first metrics of this start."""
    metrics = run / "metrics.jsonl"
    before = metrics.stat().st_mtime_ns if metrics.exists() else None
    with start(experiment, run) as child:
        while child.poll() is None:
            if metrics.exists() and metrics.stat().st_mtime_ns != before:
                break
            time.sleep(0.01)
        time.sleep(wait)
        child.kill()


def kill_at_start(experiment, run, wait):
    with start(experiment, run) as child:
        time.sleep(wait)
        child.kill()


def test_the_same_command_gives_the_same_bits(experiment, whole, run):
    assert go_on(experiment, run, "--log-every", 10, "--keep", 1) == 0
    check_same(run, whole)


def test_killed_at_random(experiment, whole, run):
    draw = random.Random()  # another instant every time
    kill_at_start(experiment, run, draw.uniform(0.1, 3))
    for _ in range(3):
        kill_in_training(experiment, run, draw.uniform(0, 0.6))
    assert go_on(experiment, run) == 0
    check_same(run, whole)


@pytest.mark.slow
def test_killed_at_random_many_times(experiment, whole, run):
    draw = random.Random()
    for kill in itertools.islice(itertools.cycle((kill_at_start, *[kill_in_training] * 3)), 20):
        kill(experiment, run, draw.uniform(0, 4 if kill is kill_at_start else 0.3))
    assert go_on(experiment, run) == 0
    check_same(run, whole)


def test_killed_before_it_had_begun(experiment, whole, run):
    (run / "samples").mkdir(parents=True)
    for name in (".lock", "experiment.py", ".config.json.123"):
        (run / name).write_text("half")
    assert go_on(experiment, run) == 0
    check_same(run, whole)
    assert ".config.json.123" not in os.listdir(run)


def test_interrupted(experiment, whole, run, monkeypatch, capsys):
    with monkeypatch.context() as environment:
        environment.setenv("STOP_AT", f"130 {signal.SIGINT:d}")
        assert go_on(experiment, run) == 130
    assert "Stopped at step 130, saved" in capsys.readouterr().out
    assert go_on(experiment, run) == 0
    assert "from step 130 to 300" in capsys.readouterr().out
    check_same(run, whole)


@pytest.mark.slow
def test_terminated(experiment, whole, run):
    with start(experiment, run, STOP_AT=f"40 {signal.SIGTERM:d}") as child:
        out, err = child.communicate(timeout=120)
    assert child.returncode == 143
    assert "Stopped at step 40, saved; the same with --resume goes on." in out
    assert "Traceback" not in out + err
    assert int(load(run).state.step) == 40
    assert go_on(experiment, run) == 0
    check_same(run, whole)


@pytest.mark.slow
def test_a_process_holds_its_run_stops_when_told_and_at_once_when_told_twice(
    experiment, whole, run, capsys
):
    with start(experiment, run, STOP_AT="70 0") as child:
        while not (run / "checkpoints" / "60").exists():
            time.sleep(0.05)
        assert child.poll() is None
        assert go_on(experiment, run) == 6
        assert f"in use by process {child.pid} on " in capsys.readouterr().err
        assert train(experiment, run, *FLAGS, "--overwrite") == 6
        child.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 143
    assert go_on(experiment, run) == 0
    check_same(run, whole)


@pytest.mark.slow
def test_out_of_time_and_on_with_the_copy_of_the_experiment(
    experiment, whole, run, tmp_path, capsys
):
    assert go_on(experiment, run, "--minutes", 1e-9) == 0
    assert "Stopped at step 10, saved" in capsys.readouterr().out
    assert not (run / "evaluation.json").exists()
    changed = write_experiment(tmp_path, "small", "critic_moves=2", "critic_moves=3")
    capsys.readouterr()
    assert go_on(changed, run, "--minutes", 60) == 0
    said = capsys.readouterr().out
    assert said.count("small.py has changed since; the run goes on with its own copy") == 1
    check_same(run, whole)


@pytest.mark.slow
def test_steps_may_grow(experiment, whole, run):
    assert go_on(experiment, run, "--steps", 95) == 0
    assert int(load(run).state.step) == 95
    assert load(run).config.steps == 95
    assert go_on(experiment, run) == 0
    assert load(run).config.steps == STEPS
    assert hashes(run) == hashes(whole)
    assert [row["step"] for row in rows(run)] == sorted({95, *range(10, STEPS + 1, 10)})


def test_a_finished_run_is_evaluated_and_no_more(experiment, whole, run, capsys):
    shutil.copytree(whole, run)
    (run / "evaluation.json").unlink()
    before = files(run / "checkpoints"), rows(run)
    assert go_on(experiment, run) == 0
    out = capsys.readouterr().out
    assert "from step 300 to 300" in out
    assert "\nmean " in out
    assert "steps/s" not in out
    assert (files(run / "checkpoints"), rows(run)) == before
    assert (run / "evaluation.json").read_bytes() == (whole / "evaluation.json").read_bytes()
