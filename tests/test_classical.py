"""Classical augmentation, in cases whose result is known."""

import numpy as np
import pytest

from gan_jax import classical, data

IMAGES = np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 2)).astype(np.float32)
RANDOM = np.random.default_rng


def test_nothing_to_turn_or_shift_is_the_same_image():
    still = classical.turned_and_shifted(RANDOM(0), IMAGES, degrees=0, share=0)
    np.testing.assert_allclose(still, IMAGES, atol=1e-6)
    assert still.dtype == np.float32


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns(quarters):
    turned = classical.moved(IMAGES[0], 90 * quarters, np.zeros(2))
    np.testing.assert_allclose(turned, np.rot90(IMAGES[0], quarters), atol=1e-5)


def test_a_shift_of_whole_pixels_repeats_the_edge():
    expected = np.pad(IMAGES[0], ((2, 0), (0, 1), (0, 0)), mode="edge")[:8, 1:]
    np.testing.assert_allclose(classical.moved(IMAGES[0], 0, np.array([2, -1])), expected)
    half = classical.moved(IMAGES[0], 0, np.array([0.5, 0]))
    np.testing.assert_allclose(half[1:], (IMAGES[0][1:] + IMAGES[0][:-1]) / 2, atol=1e-6)


def test_images_stay_within_their_range_and_differ():
    found = classical.turned_and_shifted(RANDOM(0), IMAGES)
    assert IMAGES.min() <= found.min() and found.max() <= IMAGES.max()
    assert (np.abs(found - IMAGES).max((1, 2, 3)) > 0.01).all()


def test_sequences_have_the_factors_and_the_noise_that_they_should():
    waves = np.random.default_rng(1).normal(2, 3, (4000, 5, 1)).astype(np.float32)
    factors = classical.scaled_and_jittered(RANDOM(0), waves, jitter=0) / waves
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1], factors.shape), rtol=1e-4)
    assert factors[:, 0].mean() == pytest.approx(1, abs=0.01)
    assert factors[:, 0].std() == pytest.approx(0.1, rel=0.05)
    noise = classical.scaled_and_jittered(RANDOM(0), waves, scale=0) - waves
    assert noise.std() == pytest.approx(0.05 * waves.std(), rel=0.02)
    assert abs(np.corrcoef(noise[:, 0, 0], noise[:, 1, 0])[0, 1]) < 0.05


def test_every_example_is_used_as_often_with_its_label():
    x, label = np.arange(4.0)[:, None], np.arange(4)
    same = lambda random, x: x
    found, labels = classical.enlarged(same, RANDOM(0), x, label, 10)
    np.testing.assert_array_equal(found[:, 0], labels)
    assert sorted(np.bincount(labels)) == [2, 2, 3, 3]
    assert len(set(classical.enlarged(same, RANDOM(0), x, label, 2)[1])) == 2


def test_what_suits_the_data():
    suited = lambda name: classical.suited(data.open(name).spec)
    assert suited("digits") is classical.turned_and_shifted
    assert suited("waves?count=20") is classical.scaled_and_jittered
    assert suited("ring") is None
