"""Rows of time: each number of replicas, mapped and in turn, beside one alone."""

import pytest

from benchmarks import replicas


@pytest.mark.slow
def test_each_number_has_two_rows_beside_that_of_one(monkeypatch):
    small = replicas.CASE._replace(sizes={"latent": 2, "width": 4}, batch=4, chunk=1)
    monkeypatch.setattr(replicas, "CASE", small)
    rows = replicas.measured([2], rounds=1, seconds=0)
    assert [(row["replicas"], row["lay"]) for row in rows] == [
        (1, "alone"),
        (2, "vmap"),
        (2, "map"),
    ]
    assert rows[0]["times_one"] == 1 and all(row["iterations_per_second"] > 0 for row in rows)
