import numpy as np
import pytest

from gan_jax.data import from_arrays
from gan_jax.data.source import some
from gan_jax.data.waves import waves
from gan_jax.metrics import (
    best_sines,
    for_sequences,
    mmd,
    mmd_threshold,
    precision_recall,
    sequence_threshold,
    sine_residuals,
    spectrum_distance,
)

T = np.arange(30) / 30
RANDOM = np.random.default_rng(0)
DATA = waves(1600, held_out=0.5)
WAVES, LABEL = DATA.train["real"], DATA.train["label"]


def test_sines_leave_little_sawtooths_two_fifths_and_noise_most():
    left = sine_residuals(WAVES)
    assert np.median(left[LABEL == 0]) < 1e-3 and left[LABEL == 0].max() < 0.01
    assert abs(np.median(left[LABEL == 1]) - (1 - 6 / np.pi**2)) < 0.1
    assert sine_residuals(RANDOM.normal(size=(200, 30))).mean() > 0.6
    assert sine_residuals(np.zeros((2, 30))).tolist() == [0, 0]


def test_the_residual_is_that_of_least_squares():
    x = RANDOM.normal(size=(3, 12))
    best = []
    for f in np.arange(1, 16 * 6) / 16:
        angle = 2 * np.pi * f * np.arange(12) / 12
        pair = np.stack([np.sin(angle), np.cos(angle)], axis=1)
        best.append(np.linalg.lstsq(pair, x.T, rcond=None)[1] / np.square(x).sum(1))
    np.testing.assert_allclose(sine_residuals(x), np.min(best, axis=0), rtol=1e-9)


def test_the_best_sine_has_the_frequency_and_the_amplitude_that_the_sequence_was_made_of():
    frequency, amplitude = RANDOM.uniform(1, 6, (40, 2)), RANDOM.uniform(0.2, 1, (40, 2))
    phase = RANDOM.uniform(size=(40, 1, 2))
    x = amplitude[:, None] * np.sin(2 * np.pi * (frequency[:, None] * T[:, None] + phase))
    found = best_sines(x)
    np.testing.assert_allclose(found[0], frequency, atol=4e-3)
    np.testing.assert_allclose(found[1], amplitude, rtol=4e-3)
    one = best_sines(x[:, :, 0])
    np.testing.assert_allclose([each[:, 0] for each in one], [each[:, 0] for each in found])


def test_the_best_sine_moves_as_smoothly_as_the_sequence():
    frequencies = np.linspace(2, 2.2, 201)
    found, _ = best_sines(np.sin(2 * np.pi * frequencies[:, None] * T + 0.3))
    steps = np.diff(found[:, 0]) / 0.001
    assert steps.min() > 0.8 and steps.max() < 1.2
    assert all(np.isfinite(each).all() for each in best_sines(np.zeros((2, 30))))
    assert best_sines(np.ones((1, 3)))[1].shape == (1, 1)


def test_each_channel_has_its_own_sine():
    both = np.stack([np.sin(2 * np.pi * f * T) for f in (1.5, 4.0)], axis=1)[None]
    assert sine_residuals(both)[0] < 1e-9 < 0.3 < sine_residuals(both.sum(2))[0]


def test_spectra_are_apart_by_the_power_at_other_frequencies():
    sine = lambda f, a=1.0: a * np.sin(2 * np.pi * (f * T + RANDOM.uniform(size=(5, 1))))
    assert spectrum_distance(sine(2), sine(2)) < 1e-9
    assert spectrum_distance(sine(2), sine(3)) == pytest.approx(2)
    assert spectrum_distance(sine(2), sine(2, 0.5)) == pytest.approx(0.75)


def test_the_evaluation_prefers_waves_to_noise_and_to_copies():
    evaluate, real = for_sequences(), DATA.held_out["real"]
    noise = RANDOM.normal(size=real.shape) * real.std()
    one = np.repeat(WAVES[:1], len(real), 0)
    good, random, same = (evaluate(real, x) for x in (WAVES, noise, one))
    assert good["mmd"] == mmd(real, WAVES)
    assert good.items() >= precision_recall(real, WAVES).items()
    for name in ("mmd", "spectrum_distance", "sine_residual_distance"):
        assert 5 * abs(good[name]) < min(random[name], same[name])
    assert good["sine_residual"] < 0.3 < random["sine_residual"]


def test_the_threshold_is_of_the_real_sets_that_the_figure_compares():
    """Of one real set against another of its size: the sets of `evaluation.evaluate`."""
    noise = {"samples": RANDOM.normal(size=(300, 30, 1))}
    figures, real = sequence_threshold(noise, DATA)
    held_out, train = (some(part["real"], 300) for part in (DATA.held_out, DATA.train))
    assert figures == real == {"mmd_threshold": mmd_threshold(held_out, train)}
    assert mmd(held_out, train) < figures["mmd_threshold"] < mmd(held_out, noise["samples"])
    more, _ = sequence_threshold({"samples": np.zeros((800, 30, 1))}, DATA)
    assert more["mmd_threshold"] < figures["mmd_threshold"], "larger sets are told apart sooner"
    assert sequence_threshold(noise, from_arrays(np.zeros((40, 4, 4), np.uint8))) == ({}, {})


@pytest.mark.parametrize("function", [sine_residuals, lambda x: spectrum_distance(x, x)])
def test_what_is_no_sequence_is_refused(function):
    with pytest.raises(ValueError, match=r"expected \[N, T\] or \[N, T, C\]"):
        function(np.zeros(5))
    with pytest.raises(ValueError, match="not finite"):
        function(np.full((2, 5), np.nan))
    with pytest.raises(ValueError):
        function(np.zeros((2, 2)))


def test_spectra_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="as many steps and channels"):
        spectrum_distance(WAVES, WAVES[:, :20])
