"""Tables of what training sets are worth, of scores made by hand."""

import csv

import pytest

from gan_jax import usefulness
from gan_jax.usefulness import REAL, Row

SCORES = {0: 0.5, 1: 0.6, 2: 0.7}
ROWS = [
    Row(REAL, 0.0, SCORES),
    Row("copies", 1.0, SCORES),
    Row("better", 0.5, {seed: score + 0.1 for seed, score in SCORES.items()}),
    Row("better", 1.0, {0: 0.9, 2: 0.7}),
    Row("better alone", None, {seed: 0.4 for seed in SCORES}),
    Row("diverged", 1.0, {}),
]


def test_copies_make_no_difference():
    found = usefulness.figures(ROWS[1], ROWS[0])
    assert found["mean"] == pytest.approx(0.6)
    assert [found[name] for name in usefulness.NUMBERS[3:]] == [0, 0, 0]
    reach = 4.302653 * 0.1 / 3**0.5  # of Student, for three of deviation 0.1
    assert (found["low"], found["high"]) == pytest.approx((0.6 - reach, 0.6 + reach))


def test_differences_are_paired():
    """The subset of a seed is the same, so that what is always 0.1 better has no width."""
    found = usefulness.figures(ROWS[2], ROWS[0])
    assert found["difference"] == pytest.approx(0.1)
    assert found["difference_high"] - found["difference_low"] < 1e-9
    assert found["high"] - found["low"] > 0.1
    some = usefulness.figures(ROWS[3], ROWS[0])
    assert (some["mean"], some["difference"]) == (pytest.approx(0.8), pytest.approx(0.2))
    reach = 12.706205 * 0.2  # for two, 0.2 from their mean
    ends = some["difference_low"], some["difference_high"]
    assert ends == pytest.approx((0.2 - reach, 0.2 + reach))


def test_the_record_is_two_tables_and_a_picture(tmp_path):
    said = usefulness.record(tmp_path, ROWS, "By hand.").splitlines()
    first, _, *written = (tmp_path / "table.md").read_text().splitlines()
    assert first == said.pop(0) == "By hand."
    assert len(written) == 2 + len(ROWS) == len(said)
    assert [cell.strip() for cell in written[4].split("|")[1:4]] == ["better", "0.5", "3"]
    assert "| +0.1000 | +0.1000 to +0.1000 |" in written[4]
    assert written[-1] == "| diverged | 1 | 0 | - | - | - | - |"
    with open(tmp_path / "table.csv") as file:
        rows = list(csv.DictReader(file))
    assert [row["seed_1"] for row in rows] == ["0.6", "0.6", "0.7", "", "0.4", ""]
    assert float(rows[3]["difference"]) == pytest.approx(0.2)
    assert rows[5]["mean"] == ""
    assert (tmp_path / "plot.png").read_bytes()[:4] == b"\x89PNG"
