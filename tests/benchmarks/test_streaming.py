import time

import pytest

from benchmarks.streaming import CASE, waiting, watched, write


@pytest.mark.slow
def test_both_ways_hold_the_same_images_and_train(tmp_path):
    sets = write(tmp_path, 2 * CASE.batch)
    assert len({bytes(images.train["real"][:3]) for images in sets.values()}) == 1
    share, rate = waiting(sets["npy"], seconds=0.1)
    assert 0 < share < 1 and rate > 0


def test_what_is_waited_for_is_counted():
    def slow():
        time.sleep(0.02)
        yield from "ab"

    waits: list[float] = []
    assert list(zip(range(2), watched(slow, waits)(), strict=False)) == [(0, "a"), (1, "b")]
    assert waits[0] >= 0.02 > waits[1]
