"""A table whose label is a column of its own is asked for it; one without is made whole."""

import csv
import dataclasses
import json
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from gan_jax import data, experiment
from gan_jax.cli import main
from gan_jax.launch import launch
from gan_jax.options import Options

PATH = experiment.find("adult_wgan_gp")


@pytest.fixture
def people(tmp_path):
    """A table of a number, a colour and a job."""
    table = tmp_path / "people.csv"
    rows = ((f"{n}.5", ("red", "blue")[n % 2], ("cook", "clerk")[n % 3 > 0]) for n in range(120))
    table.write_text("\n".join(map(",".join, [("size", "colour", "job"), *rows])) + "\n")
    return table


@pytest.mark.parametrize("output", ["softmax", "gumbel"])
@pytest.mark.parametrize("label", ["&label=job", ""])
def test_samples_have_the_shares_that_the_generator_gives(people, label, output):
    module = experiment.load(PATH)
    spec = data.open(f"csv:{people}?encoding=quantiles{label}").spec
    config = dataclasses.replace(module.QUICK, output=output, pack=2)
    sampler = module.build(config, spec).sampler
    row = np.float32([0.25, 0.6, 0.4] + [0.9, 0.1] * (not label))
    constant = lambda latents, *labels: np.tile(row, (len(latents), 1))
    keys = jax.random.split(jax.random.key(0), 4000)
    made = np.asarray(sampler(SimpleNamespace(generator=constant), keys)["samples"])
    np.testing.assert_allclose(made.mean(0), row, atol=0.03)
    assert set(np.unique(made[:, 1:])) == {0.0, 1.0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "more"),
    [("&label=job", {}), ("", {}), ("&label=job", {"output": "gumbel", "pack": 2})],
)
def test_a_label_can_be_asked_for(people, tmp_path, label, more):
    module = experiment.load(PATH)
    source = f"csv:{people}?encoding=quantiles{label}"
    config = dataclasses.replace(module.QUICK, data=source, **more)
    assert launch(PATH, config, Options(run=str(tmp_path / "run")), lambda line: None) == 0
    found = json.loads((tmp_path / "run/evaluation.json").read_text())
    assert found["samples"].keys() == found["real"].keys() >= {"f1", "auc"}
    words = ["sample", str(tmp_path / "run"), "--n", "7", "--out", str(tmp_path / "made.csv")]
    assert main([*words, "--ask", "colour=red"]) == 2
    assert main([*words, "--label", "cook"]) == (0 if label else 2)
    if label:
        made = list(csv.DictReader((tmp_path / "made.csv").open()))
        assert [row["job"] for row in made] == ["cook"] * 7
        assert {row["colour"] for row in made} <= {"red", "blue"}
