import math

import pytest

from gan_jax import history
from gan_jax.errors import RunError


@pytest.fixture
def run(tmp_path):
    return tmp_path


def test_metrics_are_kept_up_to_a_step(run):
    assert history.rows(run) == []
    for step in (1, 2, 3):
        history.add(run, {"step": step, "seconds": step / 2, "critic/loss": 0.1 * step})
    with open(run / "metrics.jsonl", "a") as file:
        file.write('{"step": 4, "sec')
    assert [row["step"] for row in history.rows(run)] == [1, 2, 3]
    assert history.keep(run, 2) == 1.0
    history.add(run, {"step": 5, "seconds": 9.0})
    assert [row["step"] for row in history.rows(run)] == [1, 2, 5]
    assert history.keep(run, 0) == 0.0
    assert history.rows(run) == []


@pytest.mark.parametrize("torn", ['{"step": 4, "sec', '{"step": 4}'])
def test_a_torn_last_line_is_removed_before_the_next(run, torn):
    (run / "metrics.jsonl").write_text('{"step": 1, "seconds": 1.0}\n' + torn)
    assert history.keep(run, 10) == 1.0
    assert (run / "metrics.jsonl").read_text() == '{"step": 1, "seconds": 1.0}\n'


def test_a_damaged_line_is_named(run):
    (run / "metrics.jsonl").write_text('{"step": 1, "sec\n{"step": 2, "seconds": 1.0}\n')
    with pytest.raises(RunError, match=r"metrics\.jsonl is damaged"):
        history.rows(run)


def test_a_figure_that_is_not_finite_is_none_in_the_file(run):
    for value in (math.inf, math.nan, 1.5):
        history.add(run, {"step": 1, "figure": value})
    history.keep(run, 1)
    assert "NaN" not in (text := (run / "metrics.jsonl").read_text()) and "Infinity" not in text
    found = [row["figure"] for row in history.rows(run)]
    assert math.isnan(found[0]) and math.isnan(found[1]) and found[2] == 1.5
