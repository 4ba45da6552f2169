import json
import os

import numpy as np
import pytest

from gan_jax import summary


def figures(recall: float, distance: float) -> dict:
    """What an evaluation returns, for a replica with these figures."""
    return {
        "step": 10,
        "seed": 0,
        "weights": "average",
        "samples": {"recall": recall, "distance": distance},
        "real": {"recall": 0.9, "distance": 0.1},
        "n": 100,
    }


FOUND = {"seed-0": figures(0.8, 0.2), "seed-1": figures(0.4, 0.9), "seed-2": figures(0.6, 0.05)}
NAMES = [*FOUND, "seed-3"]


def test_mean_deviation_best_and_worst_are_beside_real_data():
    found = summary.summarise(FOUND, NAMES)
    assert (found["replicas"], found["n"], found["step"]) == (4, 100, 10)
    recall, distance = found["figures"]["recall"], found["figures"]["distance"]
    assert recall["mean"] == pytest.approx(0.6)
    assert recall["std"] == pytest.approx(0.2)
    assert (recall["best_of"], recall["worst_of"]) == ("seed-0", "seed-1")
    assert (recall["best"], recall["worst"], recall["real"]) == (0.8, 0.4, pytest.approx(0.9))
    assert (distance["best_of"], distance["worst_of"]) == ("seed-2", "seed-1")


def test_tasks_have_a_median_and_a_range(tmp_path):
    found = {f"seed-{n}": figures(0.8, 0.2) | {"tasks": {"error": n**2 / 10}} for n in range(4)}
    error = summary.summarise(found, NAMES)["tasks"]["error"]
    assert (error["median"], error["least"], error["largest"]) == (0.25, 0.0, 0.9)
    assert error["mean"] == pytest.approx(0.35)
    last = summary.record(tmp_path, found, NAMES).splitlines()[-2:]
    names = ["networks", "mean", "std", "interval", "median", "least", "largest"]
    assert last[0].split() == names
    assert error["interval"] == summary.interval([0.0, 0.1, 0.4, 0.9])
    low, high = error["interval"]
    assert f"{low:.4g} to {high:.4g}" in last[1]
    assert last[1].split()[0] == "error" and last[1].split()[-1] == "0.9"
    assert "tasks" not in summary.summarise(FOUND, NAMES)
    found["seed-0"]["tasks"]["own"] = 1.0  # as another value of the experiment may have it
    assert list(summary.summarise(found, NAMES)["tasks"]) == ["error"]


def test_the_failed_are_named():
    found = summary.summarise(FOUND, NAMES)
    assert found["diverged"] == ["seed-3"]
    assert found["collapsed"] == ["seed-1"]


def test_collapse_is_seen_on_real_samples():
    """Samples of one of eight modes have collapsed, those of the mixture have not."""
    from gan_jax import metrics

    random, angles = np.random.default_rng(0), np.arange(8) * np.pi / 4
    centres = 2 * np.stack([np.cos(angles), np.sin(angles)], 1)
    draw = lambda modes: (
        centres[random.integers(modes, size=500)] + random.normal(scale=0.05, size=(500, 2))
    )
    held_out, train = draw(8), draw(8)
    for modes, collapsed in ((1, True), (3, True), (8, False)):
        found = metrics.compare([metrics.for_points()], held_out, train, draw(modes))
        assert bool(summary.lacking(found)) == collapsed


def test_the_interval_covers_the_mean_as_often_as_it_says():
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        low, high = summary.interval(random.normal(3.0, 1.0, size=30))
        hits += low < 3.0 < high
    assert 0.88 < hits / 200 < 0.99


def test_an_interval_of_one_is_that_one():
    assert summary.interval([4.0]) == (4.0, 4.0)


def test_the_record_is_a_table_and_a_file(tmp_path):
    said = summary.record(tmp_path, FOUND, NAMES)
    assert said.startswith("4 replicas, 1 diverged (seed-3), 1 collapsed (seed-1).")
    assert "0.8 (seed-0)" in said
    assert json.loads((tmp_path / "evaluation.json").read_text())["diverged"] == ["seed-3"]


def test_pictures_of_all_are_named_once(tmp_path):
    found = {name: figures | {"pictures": ["plane"]} for name, figures in FOUND.items()}
    assert "Pictures" not in summary.record(tmp_path, FOUND, NAMES)
    last = summary.record(tmp_path, found, NAMES).splitlines()[-1]
    assert last == f"Pictures in {os.path.relpath(tmp_path / '*')}: plane.png."


def test_nothing_to_compare_with(tmp_path):
    about = {"step": 10, "seed": 0, "weights": "average", "not_compared": "there is nothing"}
    said = summary.record(tmp_path, dict.fromkeys(FOUND, about), NAMES)
    assert said.endswith("nothing was compared, since there is nothing.")
    bare = {name: {"step": 10, "seed": 0, "tasks": {"own": 1}} for name in FOUND}
    said = summary.record(tmp_path, bare, NAMES)
    assert "since there are no figures" in said and said.splitlines()[-1].startswith("own")
    assert summary.record(tmp_path, {}, NAMES).endswith("since all of them diverged.")
    nothing = about | {"samples": {}, "real": {}, "n": 4}
    del nothing["not_compared"]
    said = summary.record(tmp_path, dict.fromkeys(FOUND, nothing), NAMES)
    assert said.endswith("nothing was compared, since there are no figures.")


def test_figures_that_one_of_them_lacks_are_left_out():
    more = {"samples": {"recall": 0.5, "more": 1.0}, "real": {"recall": 0.9, "more": 1.0}}
    found = summary.summarise(FOUND | {"seed-0": FOUND["seed-0"] | more}, NAMES)
    assert list(found["figures"]) == ["recall"]


def test_configurations_that_are_taken_together_are_counted(tmp_path):
    found = {f"rate-{rate}-seed-{seed}": figures(0.8, 0.2) for rate in (1, 2) for seed in (0, 1)}
    assert summary.summarise(found, list(found))["configurations"] == 2
    said = summary.record(tmp_path, found, list(found))
    first, one, other = said.split("\n\n")
    assert first == "4 replicas of 2 configurations, 0 diverged, 0 collapsed:"
    assert one.startswith("rate-1: 2 replicas, 0 diverged, 0 collapsed.\nStep")
    assert other.startswith("rate-2: 2 replicas") and "recall" in other
    lost = [name for name in found if name.startswith("rate-2")]
    left = {name: each for name, each in found.items() if name not in lost}
    last = summary.record(tmp_path, left, list(found)).split("\n\n")[-1]
    assert last.startswith(f"rate-2: 2 replicas, 2 diverged ({', '.join(lost)})")
    assert last.endswith("nothing was compared, since all of them diverged.")
    assert summary.summarise(FOUND, NAMES)["configurations"] == 1
