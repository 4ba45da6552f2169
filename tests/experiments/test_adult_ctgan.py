"""CTGAN of a table: it is asked for a category, and refuses what it cannot be asked for."""

import csv
import dataclasses

import numpy as np
import pytest

from gan_jax import experiment, exported
from gan_jax.cli import main
from gan_jax.launch import launch
from gan_jax.loading import load
from gan_jax.options import Options

PATH = experiment.find("adult_ctgan")


@pytest.fixture
def people(tmp_path):
    """A table of a number, a colour and a job."""
    table = tmp_path / "people.csv"
    rows = ((f"{n}.5", ("red", "blue")[n % 2], ("cook", "clerk")[n % 3 > 0]) for n in range(60))
    table.write_text("\n".join(map(",".join, [("size", "colour", "job"), *rows])) + "\n")
    return table


def test_a_label_that_no_row_would_have_is_refused(people, tmp_path, capsys):
    words = ["--data", f"csv:{people}?label=job", "--batch-size", "4"]
    assert main(["train", "adult_ctgan", *words, "--run", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "adult_ctgan cannot be built" in said
    assert "'job' is the label" in said and "--conditions job" in said
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_category_is_asked_for_by_the_command_and_in_python(people, tmp_path, capsys):
    module, run, out = experiment.load(PATH), tmp_path / "run", tmp_path / "made.csv"
    data = f"csv:{people}?encoding=quantiles"
    config = dataclasses.replace(module.QUICK, data=data, obedience=9.0, learning_rate=0.01)
    config = dataclasses.replace(config, steps=60, batch_size=24)
    assert launch(PATH, config, Options(run=str(run)), lambda line: None) == 0
    words = ["sample", str(run), "--n", "200", "--seed", "3", "--overwrite", "--out", str(out)]
    shares = []
    for job in ("cook", "clerk"):
        capsys.readouterr()
        assert main([*words, "--ask", f"job={job}"]) == 0
        there = [row["job"] for row in csv.DictReader(out.open())].count(job)
        assert f"\njob is {job} in {there} of 200 rows.\n" in capsys.readouterr().out
        shares.append(there / 200)
    assert sum(shares) > 1.2
    drawn = load(run).asked(category="job=clerk").sample(200, seed=3)["samples"]
    assert main(["export", str(run), "--out", str(tmp_path / "out"), "--ask", "job=clerk"]) == 0
    loaded = exported.load(tmp_path / "out")
    assert loaded.about["asked"]["category"] == "job=clerk"
    np.testing.assert_array_equal(loaded.sample(200, seed=3)["samples"], drawn)
    for flags, said in (
        (["--ask", "job=nurse"], "'job' has no category 'nurse': there are clerk, cook"),
        (["--ask", "size=1.5"], "no condition on a column 'size'"),
        (["--ask", "job=cook", "--label", "cook"], "There is no class 'cook'"),
        (["--ask", "job=cook", "--truncation", "1"], "nothing to truncate"),
    ):
        assert main([*words, *flags]) == 2
        assert said in (told := capsys.readouterr().err) and told.count("\n") == 1
