"""`gan-jax augment`, from the choice of examples to the table."""

import csv
import json

import numpy as np
import pytest

from gan_jax import data, sweep
from gan_jax.cli import main
from gan_jax.entries import entries
from gan_jax.loading import load
from gan_jax.metrics import learners
from gan_jax.study import Study
from gan_jax.usefulness import REAL
from tests.command import files, write_experiment

pytestmark = pytest.mark.usefixtures("fused")

CHANGES = {
    "widths=config.widths)": "widths=config.widths, conditional=True)",
    "families.wgan_gp": "families.vanilla",  # which is compiled sooner
    "critic_moves=2,": "conditional=True,",
    "from_prior(priors.normal(4))": "from_prior(priors.normal(4), spec.frequencies)",
    '{"gap": "critic/gap"})': '{"gap": "critic/gap"}, _stopped)',
}
STOPPED = '''

def _stopped(state, metrics):
    """Is told to stop, once, where a file says so."""
    import os
    import signal
    from pathlib import Path

    order = Path(__file__).with_name("stop")
    if order.exists():
        order.unlink()
        os.kill(os.getpid(), signal.SIGTERM)
'''
FEW = ("--per-class", "3", "--steps", "12", "--batch-size", "16", "--shares", "1,0.5")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small experiment with labels."""
    path = write_experiment(tmp_path_factory.mktemp("augment"), "conditional")
    text = path.read_text()
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text + STOPPED)
    return path


def augmented(families, folder, *words):
    return main(["augment", "--families", str(families), "--out", str(folder), *FEW, *words])


@pytest.fixture(scope="module")
def done(small, tmp_path_factory):
    """A study of two seeds, from beginning to end."""
    folder = tmp_path_factory.mktemp("study") / "out"
    assert augmented(small, folder, "--seeds", "0..1") == 0
    return folder


def table(folder) -> dict:
    with open(folder / "table.csv") as file:
        rows = list(csv.DictReader(file))
    return {(row["training_set"], row["synthetic_per_real"]): row for row in rows}


def test_every_set_has_a_score_of_each_seed(done):
    rows = table(done)
    assert list(rows) == [
        (REAL, "0.0"),
        ("classical augmentation", "0.5"),
        ("classical augmentation", "1.0"),
        ("conditional", "0.5"),
        ("conditional", "1.0"),
        ("conditional alone (30)", ""),
        ("all real (1437)", ""),
    ]
    assert all(row["seeds"] == "2" and row["seed_0"] and row["seed_1"] for row in rows.values())
    ceiling = rows["all real (1437)", ""]
    assert float(ceiling["difference_low"]) > 0.05
    assert ceiling["seed_0"] == ceiling["seed_1"]
    assert (done / "table.md").read_text().count("\n") == 2 + 2 + len(rows)
    assert (done / "plot.png").read_bytes()[:4] == b"\x89PNG"


def test_scores_are_those_of_the_parts(done):
    run = load(done / "runs/conditional-seed-1")
    assert run.config.data == "digits?per_class=3&subset=1"
    assert (run.seed, run.spec.frequencies) == (1, (0.1,) * 10)
    few = data.open(run.config.data)
    assert run.fingerprint == few.fingerprint
    decoded = few.spec.decode(few.train["real"])
    rows, drawn = learners.inputs(decoded), run.sample(15, seed=1)
    x = np.concatenate([decoded, drawn["samples"]])
    label = np.concatenate([few.train["label"], drawn["labels"]])
    test = rows(few.spec.decode(few.held_out["real"])), few.held_out["label"]
    made = learners.balanced_accuracy(learners.support_vectors, 1, (rows(x), label), test)
    assert float(table(done)["conditional", "0.5"]["seed_1"]) == made


@pytest.mark.slow
def test_a_stopped_study_goes_on(small, done, tmp_path, capsys):
    folder = tmp_path / "out"
    small.with_name("stop").touch()
    assert augmented(small, folder, "--seeds", "1") == 143
    assert not sweep.is_done(folder / "runs/conditional-seed-1")
    assert augmented(small, folder, "--seeds", "1", "--resume") == 0
    found, expected = table(folder), table(done)
    assert found.keys() == expected.keys()
    assert all(row["seed_1"] == expected[key]["seed_1"] for key, row in found.items())

    before = files(folder / "runs")
    assert augmented(small, folder, "--seeds", "1", "--resume", "--shares", "3") == 0
    assert files(folder / "runs") == before
    assert ("conditional", "3.0") in table(folder)
    assert augmented(small, folder, "--seeds", "1", "--resume", "--per-class", "4") == 2
    assert "data was 'digits?per_class=3&subset=1'" in capsys.readouterr().err
    assert augmented(small, folder, "--seeds", "1") == 6


@pytest.mark.slow
def test_a_generator_that_diverged_is_left_out(small, tmp_path):
    path = tmp_path / "conditional.py"
    path.write_text(small.read_text().replace("float = 1e-3", "float = 1e38"))
    folder = tmp_path / "out"
    assert augmented(path, folder, "--seeds", "0") == 0
    assert json.loads((folder / "runs/conditional-seed-0/evaluation.json").read_text())["diverged"]
    assert [name for name, _ in table(folder)] == [
        *(REAL, "classical augmentation", "classical augmentation", "all real (1437)"),
    ]


def test_who_sees_what(small):
    whole = data.open("digits")
    few = data.few(whole, 20)
    found = entries(Study(families=f"{small},digits_bigan,digits_acgan,digits_wgan_gp"), whole, few)
    assert [(each.part, each.labels, each.codes) for each in found] == [
        ("per_class=20", True, False),
        ("labelled=200", False, True),
        ("per_class=20", True, False),
        ("labelled=200", False, True),
    ]
    (alone,) = entries(Study(families="digits_bigan", encoders="few"), whole, few)
    assert alone.part == "per_class=20"
    assert alone.configured(3).data == "digits?per_class=20&subset=3"


@pytest.mark.slow
def test_codes_of_an_encoder(tmp_path):
    folder = tmp_path / "out"
    assert augmented("digits_bigan", folder, "--seeds", "0") == 0
    run = load(folder / "runs/digits_bigan-seed-0")
    assert run.config.data == "digits?labelled=30&subset=0"
    rows = table(folder)
    assert float(rows["digits_bigan, codes", ""]["seed_0"]) > 0.2
    assert ("digits_bigan, examples and codes", "") in rows
    assert "labels of the few" in (folder / "table.md").read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--data", "swiss_roll"), 3, "per_class=3 needs labels"),
        (("--per-class", "200"), 3, "per_class=200, and the class"),
        (("--data", "waves?count=40&held_out=0"), 3, "nothing is held out to test on"),
        (("--families", "ring_pacgan"), 2, "and not a score of each. Name a"),
        (("--families", "digits_bgan"), 2, "did you mean digits_bigan"),
        (("--families", "a,a"), 2, "each once"),
        (("--batch-size", "31"), 2, "A batch of 31 does not fit the data: use 1 to 30"),
        (("--shares", "0,1"), 2, "--shares is '0,1'"),
        (("--shares", "one"), 2, "give numbers above 0"),
        (("--seeds", "0,0"), 2, "give 1 to 4096 seeds, each once"),
        (("--seeds", ""), 2, "--seeds is empty"),
        (("--steps", "0"), 2, "--steps is 0"),
        (("here",), 2, "gan-jax augment --data SPEC"),
    ],
)
def test_what_cannot_be_is_refused_before_any_training(small, tmp_path, capsys, words, code, said):
    folder = tmp_path / "out"
    first = () if words[0].startswith("-") else words
    given = ["--families", str(small), "--out", str(folder), *FEW, *words[len(first) :]]
    assert main(["augment", *first, *given]) == code
    assert said in capsys.readouterr().err
    assert not folder.exists()


def test_help_names_the_flags(capsys):
    assert main(["augment", "--help"]) == 0
    said = capsys.readouterr().out
    assert "--per-class" in said and "--shares" in said
