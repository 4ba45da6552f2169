import numpy as np
import pytest

from gan_jax.metrics import Extractor, frechet_distance, pixel_features, precision_recall
from gan_jax.metrics import seen as seen_room
from gan_jax.metrics.seen import classes, duplicates, frechet, labelled, of_pairs, score, see

EXAMPLES = np.random.default_rng(0).normal(size=(500, 2, 3)).astype(np.float32)
LABELS = (EXAMPLES[:, 0, 0] > 0).astype(np.int32)


def parts(size, examples=EXAMPLES, labels=LABELS):
    for start in range(0, len(examples), size):
        rows = slice(start, start + size)
        yield examples[rows], None if labels is None else labels[rows]


def sure(examples):
    return np.eye(2)[(examples[:, 0, 0] > 0).astype(int)]


@pytest.mark.parametrize("size", [1, 70, 500])
def test_a_set_is_the_same_in_any_parts(size):
    seen = see(pixel_features(), parts(size), kept=90, moments=True)
    assert seen.count == 500 and seen.chances is None
    np.testing.assert_array_equal(seen.features, EXAMPLES.reshape(500, 6)[:90])
    np.testing.assert_array_equal(seen.labels, LABELS[:90])
    rows = EXAMPLES.reshape(500, 6).astype(float)
    np.testing.assert_allclose(seen.moments.covariance, np.cov(rows.T), rtol=1e-9, atol=1e-12)


def test_without_moments_all_the_same_is_seen():
    seen = see(Extractor("sure", "", pixel_features().batch, sure), parts(70, labels=None))
    assert seen.count == len(seen.features) == len(seen.chances) == 500
    assert seen.moments is None and seen.labels is None


def test_figures_are_those_of_arrays_and_say_of_how_many():
    extractor = Extractor("sure", "", pixel_features().batch, sure)
    real = see(extractor, parts(100), moments=True)
    other = see(extractor, parts(100, EXAMPLES[:300] + 0.1), kept=200, moments=True)
    rows = EXAMPLES.reshape(500, 6)
    found, sizes = frechet().measure(real, other)
    assert sizes == (500, 300)
    assert found["frechet"] == pytest.approx(frechet_distance(rows, rows[:300] + np.float32(0.1)))
    found, sizes = of_pairs(precision_recall).measure(real, other)
    assert sizes == (200, 200)
    assert found == precision_recall(rows[:200], rows[:200] + np.float32(0.1))
    assert score().measure(real, other)[1] == (0, 300)
    assert 1.9 < score().measure(real, other)[0]["score"] <= 2
    assert duplicates().measure(real, other)[1] == (500, 200)
    q, p = (np.bincount(sure(x).argmax(1)) for x in (EXAMPLES, EXAMPLES[:300] + 0.1))
    q, p = (q + 1) / 502, p / 300
    found, sizes = classes().measure(real, other)
    assert sizes == (500, 300)
    assert found == {"class_kl": pytest.approx((p * np.log(p / q)).sum(), rel=1e-9)}
    figures, sizes = labelled().measure(real, other)
    assert sizes == (200, 200) and min(figures.values()) > 0.8


def test_wide_features_take_no_more_memory_than_there_is(monkeypatch):
    monkeypatch.setattr(seen_room, "_HELD", 100 * 6 * 4)
    assert see(pixel_features(), parts(70)).features.shape == (100, 6)
    monkeypatch.setattr(seen_room, "WIDEST", 5)
    with pytest.raises(ValueError, match="a covariance of 6 features takes too long, 5 do not"):
        see(pixel_features(), parts(70), moments=True)


def test_what_a_figure_lacks_is_said():
    few = see(pixel_features(), parts(6, EXAMPLES[:6], None), moments=True)
    assert frechet().lacks(few) == "a covariance of 6 features needs more than the 6 examples"
    assert score().lacks(few) == classes().lacks(few) == "these features have no classes"
    assert labelled().lacks(few) == "the examples have no labels"
    assert of_pairs(precision_recall).lacks(few) == ""
