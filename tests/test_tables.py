import csv
import hashlib
import json

import pytest

from gan_jax import runs, summary, tables
from gan_jax.errors import RunError


def write(run, *found):
    """A finished run of a sweep: of each replica what its evaluation found, or nothing."""
    run.mkdir()
    (run / runs.EXPERIMENT).write_text("")
    about = {name: kind() for name, kind in runs.KINDS.items()}
    about["sha256"] = hashlib.sha256(b"").hexdigest()
    names = [f"rate-0.1-seed-{seed}" for seed in range(len(found))]
    about["replicas"] = [
        {"name": name, "seed": seed, "values": {"rate": 0.1}} for seed, name in enumerate(names)
    ]
    (run / runs.ABOUT).write_text(json.dumps(about))
    for name, evaluation in zip(names, found, strict=True):
        (run / name).mkdir()
        if evaluation is not None:
            (run / name / runs.EVALUATION).write_text(json.dumps(evaluation))
    return run


def recorded(folder, *found):
    """What is said, and the rows of the table."""
    said = tables.record(folder, [({"batch_size": 8}, write(folder / "run", *found))])
    with open(folder / "sweep.csv") as file:
        return said, list(csv.DictReader(file))


def test_figures_of_tasks_are_columns_too(tmp_path):
    one = lambda recall, error: {
        **{"step": 1, "seed": 0, "weights": "average", "n": 10, "tasks": {"error": error}},
        **{"samples": {"recall": recall}, "real": {"recall": 0.9}},
    }
    said, [row] = recorded(tmp_path, one(0.4, 0.1), one(0.6, 0.3))
    found = [float(row[f"error_{part}"]) for part in ("mean", "low", "high")]
    assert found == pytest.approx([0.2, *summary.interval([0.1, 0.3])])
    assert row["error_real"] == row["error_best"] == "" and row["recall_real"] == "0.9"
    assert said.splitlines()[0].split()[-2:] == ["recall", "error"]
    assert said.endswith(f"Wrote sweep.csv, sweep.md and sweep.png to {tmp_path}.")
    assert (tmp_path / "sweep.png").is_file()


def test_what_diverged_has_no_figures_though_it_had_some_before(tmp_path):
    figures = {"samples": {"recall": 0.4}, "real": {"recall": 0.9}, "step": 1, "n": 10}
    run = write(tmp_path / "run", *[figures | {"weights": "average"}] * 2)
    (run / runs.EVALUATION).write_text('{"diverged": ["rate-0.1-seed-1"]}')
    [row] = tables.collected({}, run)
    assert row.summary["diverged"] == ["rate-0.1-seed-1"]
    (run / runs.EVALUATION).write_text('{"diverged": 3}')
    with pytest.raises(RunError, match="`diverged` is no list"):
        tables.collected({}, run)


def test_one_seed_has_no_interval(tmp_path):
    figures = {"samples": {"recall": 0.4}, "real": {"recall": 0.9}, "step": 1, "n": 10}
    said, _ = recorded(tmp_path, figures | {"weights": "average"})
    assert said.splitlines()[1].split()[-1] == "0.4" and "[" not in said


def test_only_what_was_written_is_named(tmp_path):
    said, [row] = recorded(tmp_path, None)
    assert row == {
        "batch_size": "8",
        "rate": "0.1",
        "seeds": "1",
        "diverged": "1",
        "collapsed": "0",
    }
    assert said.endswith(f"Wrote sweep.csv and sweep.md to {tmp_path}.")
    assert not (tmp_path / "sweep.png").exists()
