"""The table that goes to another package, and comes back from it."""

import pytest

from benchmarks.tables import frame, rows, within
from gan_jax.data import open as open_data

pytest.importorskip("pandas")


def test_rows_come_back_from_the_table(tmp_path):
    table = tmp_path / "table.csv"
    lines = ["colour,size,count", "red,1.5,3", "blue,2.25,40", ",3.5,7", "red,,12"] * 8
    table.write_text("\n".join(lines[:1] + [line for line in lines if line[0] != "c"]))
    data = open_data(f"csv:{table}?held_out=0")
    there = frame(data.train["real"], data.spec.columns)
    assert set(there["colour"]) == {"red", "blue", ""}
    assert there["size"].isna().sum() == 8
    back = frame(rows(there, data.spec.columns), data.spec.columns)
    assert back.equals(there)
    assert set(back["count"]) == {3, 40, 7, 12}


def test_time_ends():
    assert list(within(0)) == []
    assert next(within(60)) == 0
