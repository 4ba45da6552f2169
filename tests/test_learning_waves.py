"""A short training on waves learns what they are like."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import json
from tests.learning import trained
print(json.dumps([trained("waves_rcgan", 0, steps) for steps in (0, 1500)]))
"""


@pytest.mark.slow
def test_rcgan_learns_waves():
    """In a process of its own, compiled as users' are."""
    environment = {k: v for k, v in os.environ.items() if k != "XLA_FLAGS"}
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    untrained, trained = json.loads(done.stdout.splitlines()[-1])
    print(untrained["samples"], trained)
    assert trained["samples"]["mmd"] < 0.03 < 0.1 < untrained["samples"]["mmd"]
    for name in ("spectrum_distance", "recall"):
        assert abs(trained["samples"][name] - trained["real"][name]) < 0.6
        assert abs(untrained["samples"][name] - trained["real"][name]) > 0.8
