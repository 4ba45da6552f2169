import json
import shutil

import pytest

from gan_jax import history
from gan_jax.cli import main
from tests.command import train, write_experiment

FLAGS = ("--data", "ring", "--sample-every", 10_000, "--ledger-every", 10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parting")
    experiment = write_experiment(folder)
    assert train(experiment, folder / "one", *FLAGS, "--steps", 40) == 0
    assert train(experiment, folder / "same", *FLAGS, "--steps", 20, "--log-every", 5) == 0
    assert train(experiment, folder / "same", *FLAGS, "--steps", 40, "--resume") == 0
    assert train(experiment, folder / "seed", *FLAGS, "--steps", 20, "--seed", 1) == 0
    return folder


def told(capsys, *words):
    code = main(["diff", *map(str, words)])
    return code, "".join(capsys.readouterr())


def test_a_run_and_one_that_was_cut_in_two_are_identical(folder, capsys):
    code, said = told(capsys, folder / "one", folder / "same")
    assert code == 0 and said.startswith("Identical through step 40, in 4 rows.")


def test_what_differs_is_named(folder, capsys):
    code, said = told(capsys, folder / "one", folder / "seed")
    assert code == 1
    assert said.startswith("They part from the beginning, by step 10: examples, noise, average/")
    assert "  seed: 0 and 1\n" in said


def test_the_first_row_that_differs_is_found(folder, tmp_path, capsys):
    shutil.copytree(folder / "one", tmp_path / "bent")
    rows = history.rows(tmp_path / "bent", history.LEDGER)
    rows[2]["opt/critic"] = rows[3]["params/critic"] = "0" * 16
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "bent" / history.LEDGER).write_text(lines)
    code, said = told(capsys, folder / "one", tmp_path / "bent")
    assert code == 1 and said == "They part after step 20, by step 30: opt/critic.\n"


@pytest.mark.slow
def test_a_replica_by_itself_is_the_run_with_its_seed(folder, capsys):
    experiment, run = folder / "small.py", folder / "two"
    flags = ("--steps", 20, "--seeds", "0..1", "--replicas", "map")
    assert train(experiment, run, *FLAGS, *flags) == 0
    capsys.readouterr()
    said = told(capsys, run / "seed-1", folder / "seed")[1]
    assert said.startswith(("They part", "Identical through step 20"))
    assert "examples" not in said and "noise" not in said  # the rest is as programs are fused
    assert "seed:" not in said
    code, said = told(capsys, run / "seed-0", run / "seed-1")
    assert code == 1 and "  seed: 0 and 1\n" in said
    assert [row["step"] for row in history.rows(run / "seed-1", history.LEDGER)] == [10, 20]


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (("one",), 2, "Name two runs"),
        (("one", "none"), 6, "none is no run"),
        (("one", "one/samples"), 6, "has no ledger.jsonl"),
    ],
)
def test_refusals(folder, capsys, names, code, said):
    found = told(capsys, *(folder / name for name in names))
    assert found[0] == code and said in found[1]
