"""What grows with what: rows of time and memory."""

import pytest

from benchmarks.growth import COLUMNS, measured, points


def test_the_batch_grows_then_the_resolution():
    assert list(points(64)) == [
        (32, 8),
        (32, 16),
        (32, 32),
        (32, 64),
        (32, 128),
        (16, 16),
        (64, 16),
    ]


@pytest.mark.slow
def test_memory_grows_with_the_batch_and_with_the_resolution():
    small, batch, resolution = (measured(*point, False, 1) for point in ((8, 4), (8, 16), (16, 4)))
    assert set(small) == set(COLUMNS) and small["seconds_per_image"] > 0
    assert small["mebibytes"] < min(batch["mebibytes"], resolution["mebibytes"])
