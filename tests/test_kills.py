"""Killed without a word, at any instant, a run goes on to the bits of one that nobody killed."""

import os
import random
import signal
import time

import pytest

from gan_jax import checkpoint
from tests.command import ROOT, files, hashes, process, rows, train

STEPS = 1000
EVERY = ("--log-every", 10, "--ledger-every", 40, "--checkpoint-every", 20, "--keep", 2)
FLAGS = (*EVERY, "--sample-every", 10_000, "--steps", STEPS)
# Of different shape: a critic of several moves, batch norm, three players.
FAMILIES = {
    "ring_wgan_gp": ("--widths", 8, "--batch-size", 4),
    "digits_dcgan": ("--width", 4, "--batch-size", 4),
    "digits_aae": ("--widths", 8, "--batch-size", 4),
}
KILLS = ["start", *["training"] * 2, *["saving"] * 2, *["deleting"] * 2]
EXPERIMENT = '''"""{name}, slowed down, soon evaluated, and killed where it is told."""

from gan_jax import experiment

shipped = experiment.load(experiment.find("{path}"))
Config = shipped.Config


def build(config, spec):
    import os
    import shutil
    import signal
    import time
    from pathlib import Path

    usual = shutil.rmtree

    def interrupted(path, *rest, **more):
        """Removes one file of a checkpoint, and ends this process."""
        if Path(path).parent.name == "checkpoints" and Path(path).name.isdigit():
            next(found for found in Path(path).rglob("*") if found.is_file()).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return usual(path, *rest, **more)

    if os.environ.get("KILLED") == "deleting":
        shutil.rmtree = interrupted
    pause = 0.01 * ("KILLED" in os.environ)
    mean = lambda real, other: {{"mean": float(other.mean())}}
    built = shipped.build(config, spec)._replace(on_chunk=lambda *seen: time.sleep(pause))
    return built._replace(evaluations=[mean], measures=[], tasks=[], pictures=None)
'''


def written(folder, name):
    path = folder / f"{name}.py"
    source = ROOT / "experiments" / f"{name}.py"
    path.write_text(EXPERIMENT.format(name=name, path=source))
    return path


def wait_for(child, happened):
    """Whether it happens before the process ends."""
    while child.poll() is None:
        if happened():
            return True
        time.sleep(0.001)
    return False


def kill(kind, draw, experiment, run, flags):
    """Starts the run and kills it at an instant of this kind."""
    folder, metrics, before = run / "checkpoints", run / "metrics.jsonl", time.time_ns()
    unfinished = lambda: (p for p in folder.glob("*.orbax-checkpoint-tmp"))
    happened = {
        "start": lambda: True,
        "training": lambda: metrics.exists() and metrics.stat().st_mtime_ns > before,
        "saving": lambda: any(p.name not in old for p in unfinished()),
        "deleting": lambda: False,  # it does that itself
    }[kind]
    old, known = {p.name for p in unfinished()}, set(checkpoint.steps(folder))
    os.environ["KILLED"] = kind
    with process("train", experiment, "--run", run, *flags, "--resume") as child:
        del os.environ["KILLED"]
        if wait_for(child, happened):
            limit = {"start": 4.0, "training": 0.3}.get(kind, 0.02)
            time.sleep(draw.uniform(0, limit))
            child.kill()
        error = child.communicate(timeout=120)[1]
    assert child.returncode == -signal.SIGKILL, (kind, known, error)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_killed_at_21_instants_of_three_families(name, tmp_path):
    experiment, flags = written(tmp_path, name), (*FLAGS, *FAMILIES[name])
    assert train(experiment, tmp_path / "whole", *flags) == 0
    run, draw = tmp_path / "run", random.Random(name)  # the same instants every time
    for kind in draw.sample(KILLS, len(KILLS)):
        kill(kind, draw, experiment, run, flags)
    assert train(experiment, run, *flags, "--resume") == 0
    assert hashes(run) == hashes(tmp_path / "whole")
    assert [row["step"] for row in rows(run)] == list(range(10, STEPS + 1, 10))
    assert rows(run) == rows(tmp_path / "whole")
    ledgers = [(folder / "ledger.jsonl").read_bytes() for folder in (run, tmp_path / "whole")]
    assert ledgers[0] == ledgers[1]
    assert not [found for found in files(run) if "tmp" in found]
