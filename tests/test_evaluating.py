import csv
import json
import shutil
from pathlib import Path

import jax
import numpy as np
import pytest

import gan_jax
from gan_jax import evaluating, measuring, summary
from gan_jax.cli import main
from gan_jax.loading import load
from tests.small_images import trained_on_two

FIGURES = evaluating.FIGURES[1 : -len(evaluating.LABELLED)]
QUICK = ("--features", "pixels", "--figures", "frechet", "kernel", "near_duplicates")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A conditional run on zeros and ones of 4x4 pixels: 180 to train on, and 60 held out."""
    folder = tmp_path_factory.mktemp("evaluating")
    return trained_on_two(folder, folder / "run")


def evaluate(run, *flags):
    assert main(["evaluate", str(run), *map(str, flags)]) == 0
    return json.loads((run / "evaluation.json").read_text())


def test_figures_of_features_stand_beside_those_of_real_data(run, capsys):
    plain = json.loads((run / "evaluation.json").read_text())
    found = evaluate(run, "--features", "pixels", "random", "--figures", *FIGURES)
    for name, value in plain["samples"].items():
        assert found["samples"][name] == value and found["real"][name] == plain["real"][name]
    for features in ("pixels", "random"):
        for name in ("kernel_distance", "nearest_train", "sliced_wasserstein"):
            full = f"{features}_{name}"
            assert found["samples"][full] > 2 * found["real"][full]
        for name in ("coverage", "density", "recall"):
            full = f"{features}_{name}"
            assert found["samples"][full] < found["real"][full] / 2
        assert found["samples"][f"{features}_two_sample"] > 0.95
        assert found["real"][f"{features}_two_sample"] == pytest.approx(0.5, abs=0.1)
        assert found["real"][f"{features}_near_duplicates"] == pytest.approx(0.01, abs=0.03)
    assert "random_near_duplicates, 180 and 180 " in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{", '{"diverged": ["seed-0"]}'])
def test_what_cannot_be_read_is_made_anew(run, tmp_path, content, capsys):
    copy = shutil.copytree(run, tmp_path / "run")
    (copy / "evaluation.json").write_text(content)
    assert "precision" in evaluate(copy)["samples"]
    assert "replaced" not in capsys.readouterr().out


def test_every_figure_says_where_it_comes_from(run, capsys):
    before = json.loads((run / "evaluation.json").read_text())
    found = evaluate(run, *QUICK, "--n", 100, "--weights", "last", "--seed", 7)
    of = f"step 3, seed {before['seed']}, average weights"
    assert f"run: the figures of {of} are replaced." in capsys.readouterr().out
    assert found["provenance"].keys() == found["samples"].keys() == found["real"].keys()
    common = {
        "data": "two.npz",
        "fingerprint": load(run).fingerprint,
        "step": 3,
        "seed": 7,
        "weights": "last",
        "gan_jax": gan_jax.__version__,
        "jax": jax.__version__,
    }
    for name, about in found["provenance"].items():
        assert about.items() >= common.items(), name
    about = found["provenance"]["pixels_frechet"]
    assert (about["extractor"], len(about["hash"]), about["split"]) == ("pixels", 16, "held_out")
    assert (about["n_real"], about["n_fake"], about["n_floor"]) == (60, 100, 100)
    about = found["provenance"]["pixels_near_duplicates"]
    assert (about["n_real"], about["n_fake"], about["n_floor"]) == (180, 100, 60)
    assert about["split"] == "train"
    about = found["provenance"]["recall"]
    assert (about["n_real"], about["n_fake"], about["extractor"]) == (60, 60, None)

    score = ("--features", "classifier", "--figures", "score", "--weights", "last")
    for about in found["provenance"].values():
        del about["data"]  # as before the data had a name there, by which nothing is compared
    (run / "evaluation.json").write_text(json.dumps(found))
    more = evaluate(run, *score, "--seed", 7)
    assert more["samples"].items() >= found["samples"].items()
    assert more["provenance"]["pixels_frechet"] == found["provenance"]["pixels_frechet"]
    assert "pixels_frechet" not in evaluate(run, *score, "--seed", 8)["samples"]


def test_the_figures_do_not_depend_on_how_many_are_looked_at_at_once(run, monkeypatch):
    whole = evaluate(run, *QUICK)
    monkeypatch.setattr(measuring, "_AT_ONCE", 1)
    parts = evaluate(run, *QUICK)
    for row in ("samples", "real"):
        for name, value in whole[row].items():
            assert parts[row][name] == pytest.approx(value, rel=1e-6, abs=1e-9), name


def test_samples_in_parts_are_the_samples(run):
    trained, key = load(run), jax.random.key(3)
    whole = trained.draw(trained.state, key, 300)["samples"]
    parts = [
        trained.draw(trained.state, key, n, first=start) for start, n in ((0, 200), (200, 100))
    ]
    np.testing.assert_array_equal(np.concatenate([part["samples"] for part in parts]), whole)


def test_every_figure_can_be_asked_for():
    assert tuple(evaluating._figures(evaluating.FIGURES)) == evaluating.FIGURES
    assert set(evaluating._figures(())) == set(evaluating.FIGURES) - set(evaluating.LABELLED)


def test_labelled_samples_are_judged_by_classifiers(run, capsys):
    flags = ("--features", "classifier", "--figures", "score", "classes", "usefulness", "frechet")
    assert main(["evaluate", str(run), *flags]) == 2
    said = "No figure frechet of the features classifier of held-out data: a covariance of 256 "
    assert said in capsys.readouterr().err
    found = evaluate(run, *flags[:-1])
    assert 1 <= found["samples"]["classifier_score"] < found["real"]["classifier_score"] <= 2
    for name in ("classifier_train_on_synthetic", "classifier_test_on_synthetic"):
        assert found["samples"][name] < 0.9 < found["real"][name] <= 1
    assert found["samples"]["classifier_class_kl"] > found["real"]["classifier_class_kl"] >= 0
    about = found["provenance"]["classifier_score"]
    assert (about["n_real"], about["n_fake"]) == (0, 180)


@pytest.fixture(scope="module")
def evaluated(run, tmp_path_factory):
    """A folder of four runs: three of other samples, and one of two of these as replicas."""
    folder, found = tmp_path_factory.mktemp("several"), {}
    for seed in range(3):
        shutil.copytree(run, folder / f"run-{seed}")
        found[f"seed-{seed}"] = evaluate(folder / f"run-{seed}", "--seed", seed)
    (folder / "many").mkdir()
    pair = {name: found[name] for name in ("seed-0", "seed-1")}
    summary.record(folder / "many", pair, [*pair, "seed-9"])
    return folder, found


@pytest.fixture
def several(evaluated, tmp_path, monkeypatch):
    """A copy of it to work in; its figures."""
    folder, found = evaluated
    shutil.copytree(folder, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return found


def test_runs_are_compared_side_by_side(several, capsys):
    assert main(["compare", "run-2", "many", "--out", "table.csv"]) == 0
    head, step, _, seed, *lines, wrote = capsys.readouterr().out.splitlines()
    assert head.split() == ["n", "=", "60", "run-2", "many", "real", "data"]
    assert step.split() == ["step", "3", "3"] and wrote == "Wrote table.csv."
    assert seed.split() == ["seed", "2", "3", "replicas,", "1", "diverged"]
    assert [line.split()[0] for line in lines] == list(several["seed-2"]["samples"])
    with open("table.csv") as file:
        rows = {row["figure"]: row for row in csv.DictReader(file)}
    of = lambda name, row="samples": several[name][row]["pixel_frechet"]
    row = {key: float(x) for key, x in rows["pixel_frechet"].items() if key != "figure"}
    assert row["run-2"] == of("seed-2") and row["real data"] == of("seed-2", "real")
    assert row["many mean"] == pytest.approx((of("seed-0") + of("seed-1")) / 2)
    assert row["many low"] <= row["many mean"] <= row["many high"]
    assert (row["n_real"], row["n_fake"]) == (60, 60)
    assert main(["compare", "run-2", "run-1", "--out", "table.md"]) == 0
    assert Path("table.md").read_text().startswith("| n = 60 | run-2 | run-1 | real data |\n| --- ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_fake": 59}, "by recall: n of samples 60 and 59."),
        ({"hash": "0123456789abcdef"}, "by recall: hash of the features None and 0123456789ab."),
        ({"split": "train"}, "by recall: split held_out and train."),
        ({"fingerprint": "beef"}, "and two.npz (beef). Compare others"),
    ],
)
def test_what_is_unlike_is_refused(several, capsys, changes, said):
    file = Path("run-1/evaluation.json")
    found = json.loads(file.read_text())
    found["provenance"]["recall"] |= changes
    file.write_text(json.dumps(found))
    assert main(["compare", "run-0", "many", "run-1"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gan-jax: run-0 and run-1 are no comparison") and said in error


def test_other_versions_are_shown(several, capsys):
    file = Path("run-1/evaluation.json")
    file.write_text(file.read_text().replace(f'"jax": "{jax.__version__}"', '"jax": "0.10.99"'))
    assert main(["compare", "run-0", "run-1"]) == 0
    assert f"{jax.__version__}  0.10.99" in capsys.readouterr().out


def test_what_was_not_evaluated_is_said(several, capsys):
    file = Path("run-1/evaluation.json")
    for content, said in (
        (None, "run-1 was not evaluated yet: gan-jax evaluate run-1"),
        ("{", "evaluation.json is damaged"),
        ('{"step": 3, "not_compared": "there are too few"}', "since there are too few"),
        ('{"diverged": ["seed-0"]}', "since all of it has diverged"),
        ('{"samples": {"a": 1}, "real": {"a": 1}, "seed": 0}', "before figures said where they"),
    ):
        file.write_text(content) if content else file.unlink()
        assert main(["compare", "run-0", "run-1"]) == 6
        assert said in capsys.readouterr().err
