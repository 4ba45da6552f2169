import numpy as np
import pytest

from gan_jax.data import from_arrays
from gan_jax.data.digits import digits
from gan_jax.metrics import (
    classifier_features,
    frechet_distance,
    pixel_features,
    random_features,
)


@pytest.fixture(scope="module")
def data():
    return digits()


@pytest.fixture(scope="module")
def few(data):
    """Two classes, of which a classifier is soon fitted."""
    part = data.train["label"][:600] < 2
    arrays = [data.train[name][:600][part] for name in ("real", "label")]
    return from_arrays(*arrays, range=(0, 16), held_out_fraction=0.2)


@pytest.fixture(scope="module")
def images(data):
    return np.asarray(data.spec.decode(data.held_out["real"]))


@pytest.fixture(scope="module")
def random(data):
    return random_features(data.spec.shape, width=4)


def test_pixels_are_the_values(images):
    np.testing.assert_array_equal(pixel_features()(images), images.reshape(360, 64))


def test_random_features_do_not_depend_on_the_batch(images, random):
    features = random(images)
    assert features.shape == (360, 64) and features.dtype == np.float32
    assert (features.std(0) > 0).mean() > 0.5
    for part in (slice(0, 1), slice(100, 357)):
        np.testing.assert_allclose(random(images[part]), features[part], atol=1e-6)


def test_random_features_are_those_of_the_definition():
    """Of an image of 15x15, to which zeros are added: three convolutions and a matrix, by NumPy."""
    image = np.random.default_rng(0).normal(size=(15, 15, 1))
    x, draw = np.pad(image, ((0, 1), (0, 1), (0, 0))), np.random.RandomState(0)
    shapes = [(3, 3, 1, 2), (4, 4, 2, 4), (4, 4, 4, 8), (128, 32)]
    weights = {}
    for shape in shapes:
        bound = np.sqrt(6 / np.prod(shape[:-1]))
        weights[shape] = draw.uniform(-bound, bound, shape)
    for shape, stride in zip(shapes[:3], (1, 2, 2), strict=True):
        patches = np.lib.stride_tricks.sliding_window_view(
            np.pad(x, ((1, 1), (1, 1), (0, 0))), shape[:2], axis=(0, 1)
        )[::stride, ::stride]
        x = np.maximum(np.einsum("ijcuv,uvco->ijo", patches, weights[shape]), 0)
    expected = np.maximum(x.reshape(-1) @ weights[shapes[3]], 0)
    features = random_features((15, 15, 1), width=2)(image[None])[0]
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-6)


def test_the_hash_is_of_the_weights(data, few, random):
    again, other = (random_features(data.spec.shape, width=4, seed=seed) for seed in (0, 1))
    assert random.hash == again.hash != other.hash
    hashes = {pixel_features().hash, random.hash, classifier_features(few).hash}
    assert len(hashes) == 3 and all(len(each) == 16 for each in hashes)


def test_the_classifier_has_a_hidden_layer_and_classes(few):
    extractor, images = classifier_features(few), few.spec.decode(few.held_out["real"])
    hidden = extractor(np.asarray(images))
    assert hidden.shape == (len(images), 256) and (hidden >= 0).all() and (hidden > 0).any()
    chances = extractor.classify(np.asarray(images))
    assert chances.shape == (len(images), 2)
    assert (chances.argmax(1) == few.held_out["label"]).mean() > 0.9


@pytest.mark.parametrize("kind", ["pixels", "random"])
def test_worse_images_are_farther(data, images, random, kind):
    extractor = pixel_features() if kind == "pixels" else random
    train = np.asarray(data.spec.decode(data.train["real"][:360]))
    noise = np.random.default_rng(0).normal(size=images.shape)
    floor, near, far = (
        frechet_distance(extractor(images), extractor(other))
        for other in (train, train + 0.3 * noise, train + noise)
    )
    assert floor < near < far


def test_random_features_are_of_images():
    with pytest.raises(ValueError, match=r"of images .* the shape \(2,\): take the features `pi"):
        random_features((2,))
    with pytest.raises(ValueError, match="No classifier of arrays"):
        classifier_features(from_arrays(np.zeros((40, 4, 4, 1), np.uint8)))
