import json

import jax
import numpy as np
import pytest

import gan_jax
from gan_jax import evaluating, measuring
from gan_jax.cli import main
from gan_jax.loading import load
from tests.small_images import trained_on_two

FIGURES = evaluating.FIGURES[1:-2]
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


def test_every_figure_says_where_it_comes_from(run):
    found = evaluate(run, *QUICK, "--n", 100, "--weights", "last", "--seed", 7)
    assert found["provenance"].keys() == found["samples"].keys() == found["real"].keys()
    common = {
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
    flags = ("--features", "classifier", "--figures", "score", "usefulness", "frechet")
    assert main(["evaluate", str(run), *flags]) == 2
    said = "No figure frechet of the features classifier of held-out data: a covariance of 256 "
    assert said in capsys.readouterr().err
    found = evaluate(run, *flags[:-1])
    assert 1 <= found["samples"]["classifier_score"] < found["real"]["classifier_score"] <= 2
    for name in ("classifier_train_on_synthetic", "classifier_test_on_synthetic"):
        assert found["samples"][name] < 0.9 < found["real"][name] <= 1
    about = found["provenance"]["classifier_score"]
    assert (about["n_real"], about["n_fake"]) == (0, 180)
