"""What the README says is so."""

import re
from pathlib import Path

import numpy as np

from gan_jax import experiment
from gan_jax.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_example_runs(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["samples"].shape == (500, 2)
    assert np.isfinite(names["samples"]).all()
    assert capsys.readouterr().out.count("\n") == 4


def test_the_commands_exist():
    shell = "".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
    assert set(re.findall(r"gan-jax (\w+)", shell)) == COMMANDS.keys()


def test_experiments_and_files_exist():
    table = README.partition("## Families")[2].partition("## ")[0]
    named = set(re.findall(r"`(\w+)`", table)) - {"new"}
    assert set(experiment.names()) <= named
    for file in re.findall(r"`([\w/]+\.py)`", table):
        assert (ROOT / "gan_jax" / file).is_file()
    for file, lines in re.findall(r"`([\w/]+\.py)` \| (\d+) \|", table):
        found = len((ROOT / "gan_jax" / file).read_text().splitlines())
        assert abs(int(lines) - found) <= found / 5, file
    assert len(re.findall(r"\.py` \| \d+ \|", table)) > 20
    for file in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / file).exists(), file


def test_every_placeholder_was_filled():
    assert "@" not in re.sub(r"```.*?```", "", README, flags=re.DOTALL)
