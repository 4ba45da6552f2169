import numpy as np
import pytest

from gan_jax import data as data_room
from gan_jax.metrics import translation_figures


@pytest.fixture(scope="module")
def digits():
    return data_room.open("domains:digits?to=pale")


def drawn(digits, samples):
    """Samples of the held-out digits, with what they were made of."""
    held_out = digits.held_out
    returned = held_out["source"] + np.float32(0.25)
    drawn = {"samples": samples, "source": held_out["source"], "returned": returned}
    return drawn | {"truth": held_out["real"], "labels": held_out["label"]}


def test_the_truth_is_preserved_and_other_digits_are_not(digits):
    truth = digits.held_out["real"]
    figures, real = translation_figures(drawn(digits, truth), digits)
    assert figures == {"cycle": 0.25} | {name: real[name] for name in ("error", "preserved")}
    assert real["preserved"] > 0.95 and real["cycle"] == real["error"] == 0
    figures, again = translation_figures(drawn(digits, np.roll(truth, 1, axis=0)), digits)
    assert again == real
    assert figures["preserved"] < 0.3 and figures["error"] > 0.05
    constant, _ = translation_figures(drawn(digits, np.full_like(truth, 0.3)), digits)
    assert constant["preserved"] < 0.3


def test_without_pairs_there_is_the_cycle_alone(digits):
    known = drawn(digits, digits.held_out["real"])
    known = {name: known[name] for name in ("samples", "source", "returned")}
    found = translation_figures(known, digits)
    assert found == ({"cycle": 0.25}, {"cycle": 0.0})
