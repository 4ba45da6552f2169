"""A table whose label is a column of its own is asked for it; one without is made whole."""

import csv
import dataclasses

import pytest

from gan_jax import experiment
from gan_jax.cli import main
from gan_jax.launch import launch
from gan_jax.options import Options

PATH = experiment.find("adult_wgan_gp")


@pytest.mark.slow
@pytest.mark.parametrize("label", ["&label=job", ""])
def test_a_label_can_be_asked_for(tmp_path, label):
    table = tmp_path / "people.csv"
    rows = ((f"{n}.5", ("red", "blue")[n % 2], ("cook", "clerk")[n % 3 > 0]) for n in range(60))
    table.write_text("\n".join(map(",".join, [("size", "colour", "job"), *rows])) + "\n")
    module = experiment.load(PATH)
    config = dataclasses.replace(module.QUICK, data=f"csv:{table}?encoding=quantiles{label}")
    assert launch(PATH, config, Options(run=str(tmp_path / "run")), lambda line: None) == 0
    words = ["sample", str(tmp_path / "run"), "--n", "7", "--out", str(tmp_path / "made.csv")]
    assert main([*words, "--ask", "colour=red"]) == 2
    assert main([*words, "--label", "cook"]) == (0 if label else 2)
    if label:
        made = list(csv.DictReader((tmp_path / "made.csv").open()))
        assert [row["job"] for row in made] == ["cook"] * 7
        assert {row["colour"] for row in made} <= {"red", "blue"}
