import numpy as np
import pytest

from gan_jax import data as data_room
from gan_jax.data.source import some
from gan_jax.metrics import for_images, translation_figures


@pytest.fixture(scope="module")
def digits():
    return data_room.open("domains:digits?to=pale")


@pytest.fixture(scope="module")
def unpaired():
    return data_room.open("domains:digits?classes=3,5")


def drawn(data, samples, inverse=None):
    """Samples of the held-out examples, with what they were made of; no truth."""
    source, target = (np.asarray(data.spec.decode(data.held_out[x])) for x in ("source", "real"))
    inverse = source if inverse is None else inverse
    returned = source + np.float32(0.25)
    drawn = {"samples": samples, "source": source, "returned": returned}
    return drawn | {"target": target, "inverse": inverse}


def paired(digits, samples):
    held_out = digits.held_out
    return drawn(digits, samples) | {"truth": held_out["real"], "labels": held_out["label"]}


def test_the_truth_is_preserved_and_other_digits_are_not(digits):
    truth = digits.held_out["real"]
    figures, real = translation_figures(paired(digits, truth), digits)
    assert all(figures[name] == real[name] for name in ("error", "preserved", "translated"))
    assert real["preserved"] > 0.95 and real["cycle"] == real["error"] == 0
    assert real["translated"] == 1 and figures["untranslated"] == 0 and figures["cycle"] == 0.25
    figures, again = translation_figures(paired(digits, np.roll(truth, 1, axis=0)), digits)
    assert again == real
    assert figures["preserved"] < 0.3 and figures["error"] > 0.05
    assert figures["translated"] == 1, "other digits are pale too"
    constant, _ = translation_figures(paired(digits, np.full_like(truth, 0.3)), digits)
    assert constant["preserved"] < 0.3


def test_pairs_without_labels_have_an_error_alone(digits):
    known = paired(digits, np.full_like(digits.held_out["real"], 0.3))
    figures, real = translation_figures(known, digits)
    bare = {name: array for name, array in known.items() if name != "labels"}
    assert translation_figures(bare, digits) == tuple(
        {name: value for name, value in of.items() if name != "preserved"} for of in (figures, real)
    )


def test_without_pairs_there_is_what_passes_for_the_other_domain(unpaired):
    """Held-out fives in place of what is made of threes, and threes in that of fives."""
    source, target = (
        np.asarray(unpaired.spec.decode(unpaired.held_out[x])) for x in ("source", "real")
    )
    figures, real = translation_figures(drawn(unpaired, target), unpaired)
    assert figures["cycle"] == 0.25 and "error" not in figures
    assert figures.keys() == real.keys()
    for way in ("", "inverse_"):
        share, least = f"{way}translated", f"{way}untranslated"
        assert figures[share] == real[share] > 0.9 > 0.1 > figures[least] == real[least]
    assert real["inverse_translated"] == 1 - real["untranslated"]
    as_they_are = drawn(unpaired, source, inverse=target)
    nothing, beside = translation_figures(as_they_are, unpaired)
    assert beside == real
    for way in ("", "inverse_"):
        assert nothing[f"{way}translated"] == nothing[f"{way}untranslated"] < 0.1
    half = np.concatenate([target[: len(target) // 2], source[len(target) // 2 :]])
    found, _ = translation_figures(drawn(unpaired, half), unpaired)
    assert 0.4 < found["translated"] < 0.6


def test_the_inverse_has_the_figures_of_any_evaluation(unpaired):
    known = drawn(unpaired, None)
    count = len(known["source"])
    held_out, train = (
        np.asarray(unpaired.spec.decode(some(part["source"], count)))
        for part in (unpaired.held_out, unpaired.train)
    )
    figures, real = translation_figures(
        known | {"samples": known["target"], "inverse": known["source"][::-1]}, unpaired
    )
    for name, value in for_images()(held_out, train).items():
        assert real[f"inverse_{name}"] == value
    assert figures["inverse_precision"] == figures["inverse_recall"] == 1, "the same examples"
    assert figures["inverse_pixel_frechet"] < 1e-6 < real["inverse_pixel_frechet"]


def test_the_labels_are_those_of_the_usual_machine(unpaired):
    """To rounding: the kernel of all pairs at once is that of scikit-learn's own."""
    from sklearn.svm import SVC

    from gan_jax.metrics.translation import _by_domain

    sets = (unpaired.spec.decode(unpaired.train[x]) for x in ("source", "real"))
    first, second = (np.asarray(x).reshape(len(x), -1) for x in sets)
    model = SVC(C=10.0).fit(
        np.concatenate([first, second]), np.repeat([0, 1], [len(first), len(second)])
    )
    noise = np.random.default_rng(0).normal(size=(200, 8, 8, 1)).astype(np.float32)
    found = _by_domain(unpaired)(noise)
    assert 0 < found.sum() < 200
    assert np.mean(found == model.predict(noise.reshape(200, -1))) > 0.98
