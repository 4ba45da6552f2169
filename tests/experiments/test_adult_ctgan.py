"""CTGAN of a table: what it refuses before anything is compiled."""

import pytest

from gan_jax.cli import main


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
    assert said.count("\n") == 1 and "adult_ctgan.py" in said
    assert "'job' is the label" in said and "--conditions job" in said
    assert not (tmp_path / "run").exists()
