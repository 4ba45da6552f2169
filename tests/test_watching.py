import contextlib
import io
import json

import numpy as np
import pytest

from gan_jax import checkpoint, summary, watching
from gan_jax.cli import main
from gan_jax.data import Spec
from gan_jax.data.columns import Column
from gan_jax.experiment import Experiment
from tests.command import rows, write_experiment
from tests.command import train as train_run
from tests.small_images import trained_on_two

EVERY = ("--steps", 40, "--log-every", 2, "--evaluate-every", 4)
FLAGS = (*EVERY, "--best", "recall", "--patience", 2, "--keep", 1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run that was evaluated every 4 steps, with no recall at all; and what it said."""
    folder, said = tmp_path_factory.mktemp("watching"), io.StringIO()
    with contextlib.redirect_stdout(said):
        trained_on_two(folder, folder / "run", *FLAGS)
    return folder / "run", said.getvalue()


def test_evaluations_are_among_the_metrics_with_real_data_beside(trained):
    run, _ = trained
    found = {row["step"]: row for row in rows(run) if "evaluation/recall" in row}
    assert list(found) == [4, 8, 12]
    last, evaluated = found[12], json.loads((run / "evaluation.json").read_text())
    for name in ("precision", "recall", "pixel_frechet"):
        assert last[f"evaluation/{name}"] == evaluated["samples"][name]
        assert last[f"evaluation/{name}_of_real"] == evaluated["real"][name]
    seen = {name: last[f"evaluation/variety_{name}"] for name in ("covered", "distinct")}
    assert seen["covered"] == 0.0 and seen["distinct"] > 0.9
    assert all(last[f"evaluation/variety_{name}_of_real"] > 0.9 for name in seen)
    assert all("critic/gap" in row for row in found.values())


def test_it_stops_where_nothing_gets_better_and_goes_on_no_further(trained):
    run, said = trained
    values = [row.get("evaluation/recall") for row in rows(run)]
    assert [value for value in values if value is not None] == [0.0, 0.0, 0.0]
    assert "Nearest to real data by recall: step 4, kept" in said
    assert (
        "in 2 evaluations: stopped.\nDrawing samples and computing figures of them.\nStep 12, "
        in said
    )
    assert "Step 8, seed 0: samples have less than half of the variety of real data" in said
    assert checkpoint.steps(run / "checkpoints") == [12, 4]  # the newest, and the best
    words = ["train", str(run.parent / "two.py"), "--run", str(run), "--resume"]
    assert main([*words, *map(str, FLAGS)]) == 0
    assert rows(run)[-1]["step"] == 12
    assert checkpoint.steps(run / "checkpoints") == [12, 4]


def test_the_best_is_the_nearest_to_real_data():
    best = watching.Best("recall")
    for step, value in enumerate([0.2, 0.95, 0.5, 0.85, 0.85]):
        best.see({"step": step, "critic/gap": 0.0})
        best.see({"step": step, "evaluation/recall": value, "evaluation/recall_of_real": 0.9})
    assert (best.step, best.since) == (1, 3)
    nothing = watching.Best("")
    nothing.see({"step": 1, "evaluation/recall": 1.0, "evaluation/recall_of_real": 1.0})
    assert (nothing.step, nothing.since) == (-1, 0)


def test_collapse_is_seen_by_any_figure_of_variety():
    of = lambda **samples: {"samples": samples, "real": dict.fromkeys(samples, 0.9)}
    assert summary.lacking(of(recall=0.4)) == ["recall"]
    assert summary.lacking(of(recall=0.8, random_coverage=0.44)) == ["random_coverage"]
    assert summary.lacking(of(covered=0.8, distinct=0.1)) == ["distinct"]
    assert not summary.lacking(of(recall=0.5, pixels_coverage=0.46, precision=0.0))


TEXT = Spec((6, 5), 1.0, 0.0, vocabulary=tuple("abcde"))
TABLE = Spec(
    (12,), 1.0, 0.0, columns=[Column(f"c{n}", "categorical", categories="abcd") for n in range(3)]
)


@pytest.mark.parametrize(("spec", "shape"), [(TEXT, (6, 5)), (TABLE, (3, 4))])
def test_choices_are_watched_and_not_their_probabilities(spec, shape):
    random, draw = np.random.default_rng(0), lambda: random.integers(shape[1], size=(300, shape[0]))
    real, fake = (np.eye(shape[1], dtype=np.float32)[draw()] for _ in range(2))
    fake = 0.6 * fake + 0.4 * random.dirichlet(np.ones(shape[1]), fake.shape[:2])
    same = np.float32([0.3, *[0.7 / (shape[1] - 1)] * (shape[1] - 1)]) + 1e-3 * fake
    flat = lambda x: x.reshape(300, *spec.shape).astype(np.float32)
    watch = watching._evaluations(Experiment(None, None), spec)[-1]
    sure, other, few = (watch(flat(real), flat(x)) for x in (real, fake, same))
    assert other["variety_covered"] > 0.8
    assert abs(other["variety_distinct"] - sure["variety_distinct"]) < 0.1
    assert few["variety_covered"] < 0.4 and few["variety_distinct"] == 0.0


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--best recall", "--best is of the evaluations of --evaluate-every"),
        ("--evaluate-every 4 --patience 2", "--patience is that with the figure of --best"),
        ("--evaluate-every -1", "--evaluate-every is -1: it must be 0 (none) or more"),
        ("--evaluate-every 4 --best fid", "--best fid: the figures are precision, recall, pixel_f"),
        ("--evaluate-every 4 --best label", "the figures are precision, recall, pixel_f"),
        ("--evaluate-every 4 --best recall --seeds 0,1", "--best is of one --seed"),
        ("--data npy:few.npy --evaluate-every 4", "the data have 2 held-out examples"),
    ],
)
def test_what_cannot_be_watched_is_refused(tmp_path, monkeypatch, capsys, flags, said):
    monkeypatch.chdir(tmp_path)
    np.save("few.npy", np.random.default_rng(0).integers(0, 256, (10, 8, 8), np.uint8))
    measured = '"critic/gap"}, measures=[metrics.label_accuracy])'
    experiment = write_experiment(tmp_path, "small", '"critic/gap"})', measured)
    assert train_run(experiment, tmp_path / "run", "--batch-size", 4, *flags.split()) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
