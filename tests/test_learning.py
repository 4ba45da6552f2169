"""Short trainings learn what they should; the thresholds are well clear of broken ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
THRESHOLD = 0.3  # of the smaller of precision and recall


def found(name: str) -> dict:
    """What `learning.py` prints; without the quick compilation of the other tests."""
    environment = {k: v for k, v in os.environ.items() if k != "XLA_FLAGS"}
    command = [sys.executable, "-m", "tests.learning", name]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_wgan_gp_covers_the_ring():
    ring = found("ring")
    figures = ring["samples"]
    print(ring)
    assert figures["modes"] == figures["modes_20"] == 8
    assert figures["high_quality"] >= 0.6
    assert figures["mode_kl"] < 0.1


def worst(figures: dict) -> float:
    """The smaller of the precision and the recall of samples."""
    return min(figures["precision"], figures["recall"])


def test_wgan_gp_learns_digits_and_broken_ones_do_not():
    rows = found("digits")
    real = rows["trained"]["real"]
    for name, figures in [*rows.items(), ("real", {"samples": real})]:
        print(f"{name:16}", {k: round(v, 3) for k, v in figures["samples"].items()})
    for name, figures in rows.items():
        assert (worst(figures["samples"]) > THRESHOLD) == (name == "trained"), (name, figures)
    assert worst(real) > 0.85


@pytest.mark.slow
def test_another_seed_learns_digits_too():
    assert worst(found("second")["trained"]["samples"]) > THRESHOLD
