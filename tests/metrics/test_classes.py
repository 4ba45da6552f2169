import numpy as np
import pytest

from gan_jax.data import from_arrays
from gan_jax.data.digits import digits
from gan_jax.metrics import classifier, classifier_score, label_accuracy, modes_and_divergence


@pytest.fixture(scope="module")
def data():
    return digits()


@pytest.fixture(scope="module")
def classify(data):
    return classifier(data)


def stacks(part, spec, kinds):
    """Images of three channels, of digits of these kinds."""
    images = np.asarray(spec.decode(part["real"]))
    chosen = [np.flatnonzero(part["label"] == kind)[0] for kind in kinds]
    return np.concatenate([images[chosen[i::3]] for i in range(3)], axis=-1)


def test_the_classifier_knows_held_out_digits(data, classify):
    shares = classify(np.asarray(data.spec.decode(data.held_out["real"])))
    assert shares.shape == (360, 10)
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-5)
    assert (shares.argmax(1) == data.held_out["label"]).mean() > 0.93


def test_its_weights_are_kept(data, classify, monkeypatch):
    monkeypatch.setattr("gan_jax.metrics.classes._fitted", None)
    images = np.asarray(data.spec.decode(data.held_out["real"]))
    np.testing.assert_array_equal(classifier(data)(images), classify(images))


def test_modes_of_stacks_are_counted(data, classify):
    images = stacks(data.train, data.spec, [1, 2, 3, 1, 2, 3, 1, 2, 4, 0, 0, 0])
    figures = modes_and_divergence(classify)(images, images)
    assert figures["modes"] == 3
    shares = np.array([0.5, 0.25, 0.25])
    assert figures["mode_kl"] == pytest.approx(np.sum(shares * np.log(1000 * shares)))
    assert 0.8 < figures["confidence"] <= 1


def test_even_modes_of_one_channel_have_no_divergence(data, classify):
    labels = [np.flatnonzero(data.train["label"] == kind)[0] for kind in range(10)]
    images = np.asarray(data.spec.decode(data.train["real"][labels]))
    figures = modes_and_divergence(classify)(images, images)
    assert figures["modes"] == 10 and figures["mode_kl"] == pytest.approx(0, abs=1e-12)


def test_labels_of_real_digits_are_seen_and_others_are_not(data, classify):
    images = np.asarray(data.spec.decode(data.held_out["real"]))
    labels = data.held_out["label"]
    samples, real = label_accuracy({"samples": images, "labels": labels}, data)
    assert samples == real and real["label_accuracy"] > 0.95
    samples, _ = label_accuracy({"samples": images, "labels": (labels + 1) % 10}, data)
    assert samples["label_accuracy"] < 0.05


def test_two_classes_are_told_apart():
    points = np.linspace(-1, 1, 200, dtype=np.float32)[:, None]
    labels = (points[:, 0] > 0).astype(np.int32)
    two = from_arrays(points, labels, classes=("low", "high"))
    shares = classifier(two)(np.array([[-0.9], [0.9]]))
    assert shares.shape == (2, 2) and (shares.argmax(1) == [0, 1]).all()
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-5)


def test_a_classifier_needs_labels():
    images = np.zeros((40, 4, 4, 1), np.uint8)
    with pytest.raises(ValueError, match="it has 0 classes, expected two or more"):
        classifier(from_arrays(images))
    rare = from_arrays(images, (np.arange(40) == 0).astype(np.int32), held_out_fraction=0.0)
    with pytest.raises(ValueError, match="of 2 classes, the rarest of which has 1"):
        classifier(rare)
    assert label_accuracy({}, rare) == ({}, {})


def test_the_score_is_that_of_the_definition():
    chances = np.random.default_rng(0).dirichlet(np.ones(7), size=300)
    middle = chances.mean(0)
    terms = [np.sum(row * (np.log(row) - np.log(middle))) for row in chances]
    assert classifier_score(chances) == pytest.approx(np.exp(np.mean(terms)))
    assert classifier_score(np.eye(7)[np.arange(70) % 7]) == pytest.approx(7)
    assert classifier_score(np.eye(7)[np.zeros(70, int)]) == 1
    with pytest.raises(ValueError, match="summing to 1"):
        classifier_score(np.ones((3, 2)))
