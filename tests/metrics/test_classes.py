import numpy as np
import pytest

from gan_jax.data import from_arrays
from gan_jax.data.digits import digits
from gan_jax.metrics import classifier, modes_and_divergence


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


def test_a_classifier_needs_labels():
    with pytest.raises(ValueError, match="0 classes out of 0: the classifier is trained on 3"):
        classifier(from_arrays(np.zeros((8, 4, 4, 1), np.uint8)))
