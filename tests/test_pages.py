"""`gan-jax report`: one page of runs, finished or not, that says what their files say."""

import json
import shutil

import numpy as np
import pytest

from gan_jax import charts, data, history, locks, report, runs
from gan_jax.cli import main
from gan_jax.loading import load
from gan_jax.lookalikes import SAMPLES, lookalikes
from gan_jax.metrics import digits
from gan_jax.pages import blocks
from gan_jax.told import read, state
from tests.command import files, train, write_experiment
from tests.test_markup import Page

OLD, NEW = "[metrics.suited(spec)]", "[lambda real, other: {'mean': float(other.mean())}]"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A finished run, and one of two replicas that was stopped."""
    place = tmp_path_factory.mktemp("pages")
    small = write_experiment(place, "small", OLD, NEW)
    flags = ("--steps", 4, "--log-every", 2, "--sample-every", 2)
    assert train(small, place / "whole", *flags, "--learning-rate", 0.002) == 0
    late = ("--minutes", 1e-6, "--seeds", "3,4", "--log-every", 2)
    assert train(small, place / "part", *late) == 0
    return place


def test_runs_side_by_side(place, capsys):
    out = place / "both.html"
    assert main(["report", str(place / "whole"), str(place / "part"), "--out", str(out)]) == 0
    assert "both.md with 6 pictures in both_files" in capsys.readouterr().out
    page, text = Page(out.read_text()), (place / "both.md").read_text()
    said = page.texts["td"]
    assert "step 4 of 4, finished" in said and "step 2 of 40, stopped" in said
    assert "seed-3, seed-4" in said
    assert "0.002 (default 0.001)" in page.texts["strong"] and "0.001" in page.texts["strong"]
    assert "16" in said and "16" not in page.texts["strong"]  # the same in both, and the default
    figures = json.loads((place / "whole" / "evaluation.json").read_text())
    for name, value in figures["samples"].items():
        start = page.texts["th"].index(name)
        assert start and digits(value) in said and digits(figures["real"][name]) in said
    assert any("no figures yet; gan-jax evaluate part" in line for line in page.texts["p"])
    known = json.loads((place / "whole" / "config.json").read_text())
    assert known["fingerprint"] in said and known["sha256"][:16] in said
    grids = [place / "whole" / "samples" / f"000000{step}.png" for step in (2, 4)]
    grids += [place / "part" / f"seed-{seed}" / "samples" / "0000002.png" for seed in (3, 4)]
    expected = [grid.read_bytes() for grid in grids]
    expected += [charts.losses(history.rows(place / name)) for name in ("whole", "part")]
    assert page.pictures == expected
    shown = [(place / "both_files" / f"0{number}.png").read_bytes() for number in range(1, 7)]
    assert shown == expected and "](both_files/06.png)" in text
    before = files(place)
    again = ["report", str(place / "whole"), str(place / "part"), "--out", str(out), "--overwrite"]
    assert main(again) == 0
    assert files(place) == before


def test_replicas_have_intervals(place, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(place / "part", run)
    figure = {"mean": 0.5, "std": 0.1, "interval": [0.25, 0.75], "best": 0, "worst": 1, "real": 1}
    about = {"replicas": 2, "diverged": ["seed-4"], "collapsed": [], "step": 1, "n": 7}
    written = about | {"weights": "last", "figures": {"recall": figure}}
    runs.write_json(run / "evaluation.json", written)
    found = list(blocks(read([run]), {}))
    tables = [block.rows for block in found if hasattr(block, "rows")]
    assert ["recall", "0.5 (0.25 to 0.75)", "1"] in tables[1]
    said = " ".join(block.text for block in found if hasattr(block, "text"))
    assert (
        "2 replicas, with the mean and its 95 % interval; diverged: seed-4; collapsed: none" in said
    )
    assert "step 1, before training went on; last weights; n = 7" in said


def test_how_far_a_run_is(place, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(place / "whole", run)
    now = lambda: state(*read([run]))
    with locks.locked(run):
        assert now() == "step 4 of 4, still being written"
    assert now() == "step 4 of 4, finished"
    (run / "evaluation.json").unlink()
    assert now() == "step 4 of 4, finished, not evaluated"
    (run / "metrics.jsonl").unlink()
    for picture in (run / "samples").iterdir():
        picture.unlink()
    assert now() == "step 0 of 4, stopped"
    found = [block.text for block in blocks(read([run]), {}) if hasattr(block, "text")]
    assert "run: there are no samples yet." in found and "Training" in found
    (run / "samples" / "0000004.txt").write_text("<to be>\n" * 50)
    (text,) = (block for block in blocks(read([run]), {}) if hasattr(block, "caption"))
    assert text.text.splitlines() == ["<to be>"] * 12


def test_samples_stand_beside_what_is_nearest_to_them(place):
    run = place / "whole"
    trained = load(run)
    samples = trained.sample(SAMPLES, seed=0)["samples"]
    real = data.open("digits")
    points = real.spec.decode(real.train["real"])
    distances = np.square(samples[:, None].astype(float) - points[None]).mean((2, 3, 4))
    pairs = [
        image
        for one, row in zip(samples, distances, strict=True)
        for image in (one, points[row.argmin()])
    ]
    ((picture,),) = lookalikes(run, "whole")[0]
    assert picture.content == report.png(np.stack(pairs), real.spec)
    assert digits(np.sqrt(distances.min(1))[0]) in picture.caption


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["part/seed-3"], 6, "is no run"),
        (["whole", "none"], 6, "is no run"),
        (["whole", "--out", "report.pdf"], 2, "a report is a .html, with a .md beside it"),
        (["whole", "--out", "taken.html"], 6, "taken.md exists: replace it by --overwrite"),
        (["whole", "--out", "no/place.html"], 7, "does not exist: make it"),
        ([], 2, "Name one run or more"),
    ],
)
def test_what_cannot_be_reported(place, monkeypatch, capsys, words, code, said):
    monkeypatch.chdir(place)
    (place / "taken.md").write_text("mine")
    before = files(place)
    assert main(["report", *words]) == code
    assert said in capsys.readouterr().err
    assert files(place) == before


def test_damaged_figures_are_one_line(place, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(place / "whole", run)
    for content in ("{", "[]", "\x00"):
        (run / "evaluation.json").write_text(content)
        assert main(["report", str(run), "--out", str(tmp_path / "report.html")]) == 6
        assert "evaluation.json is damaged" in capsys.readouterr().err
