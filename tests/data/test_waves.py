import numpy as np
import pytest
from scipy import stats

import gan_jax.data
from gan_jax.data.waves import waves
from gan_jax.errors import DataError

DATA = waves()
REAL, LABEL = DATA.train["real"][..., 0].astype(np.float64), DATA.train["label"]
T = np.arange(30) / 30


def test_sizes_classes_and_seeds():
    assert DATA.name == "waves" and DATA.spec.shape == (30, 1) and DATA.spec.is_sequence
    assert DATA.spec.classes == ("sine", "sawtooth")
    assert DATA.train["real"].shape == (11_200, 30, 1) and DATA.train["real"].dtype == np.float32
    assert DATA.held_out["real"].shape == (2_800, 30, 1)
    labels = np.concatenate([DATA.train["label"], DATA.held_out["label"]])
    assert np.bincount(labels).tolist() == [7_000, 7_000]
    few = [waves(20, seed=seed).fingerprint for seed in (0, 0, 1)]
    assert few[0] == few[1] != few[2]


def test_sines_are_sines_of_the_stated_frequencies_and_amplitudes():
    """Every sine lies in the span of a sine and a cosine of one frequency between 1 and 3."""
    sines, best = REAL[LABEL == 0][:300], []
    grid = np.linspace(1, 3, 401)
    for f in grid:
        pair = np.stack([np.sin(2 * np.pi * f * T), np.cos(2 * np.pi * f * T)], axis=1)
        weights, *_ = np.linalg.lstsq(pair, sines.T, rcond=None)
        best.append((np.square(sines.T - pair @ weights).sum(0), np.hypot(*weights)))
    errors, amplitudes = (np.array(found) for found in zip(*best, strict=True))
    nearest = errors.argmin(0)
    assert errors.min(0).max() < 0.01
    found = amplitudes[nearest, np.arange(300)]
    assert found.min() > 0.38 and found.max() < 0.92
    assert stats.kstest(grid[nearest], stats.uniform(1, 2).cdf).pvalue > 1e-3
    assert stats.kstest(found, stats.uniform(0.4, 0.5).cdf).pvalue > 1e-3


def test_sawtooths_rise_at_one_slope_but_for_their_falls():
    steps = np.diff(REAL[LABEL == 1], axis=1)
    slopes = np.median(steps, axis=1, keepdims=True)
    rising = np.isclose(steps, slopes, atol=1e-5)
    assert (slopes > 0).all() and (steps[~rising] < 0).all()
    falls = (~rising).sum(axis=1)
    assert falls.min() >= 0 and falls.max() <= 3 and stats.mode(falls).mode in (1, 2)


@pytest.mark.parametrize("part", [DATA.train, DATA.held_out])
def test_phases_are_uniform(part):
    """So the value of a sine at any step follows that of its first step."""
    first, last = (part["real"][part["label"] == 0][:, step, 0] for step in (0, 29))
    assert stats.ks_2samp(first, last).pvalue > 1e-3
    assert abs(first.mean()) < 0.05


def test_options_of_the_command():
    data = gan_jax.data.open("waves?count=10&steps=8&frequency=2,2&amplitude=1,1&held_out=0.5")
    assert data.train["real"].shape == (5, 8, 1)
    sines = data.train["real"][data.train["label"] == 0][..., 0]
    np.testing.assert_allclose(sines[:, :4], sines[:, 4:], atol=1e-5)  # a period is four steps
    np.testing.assert_allclose(sines[:, :2], -sines[:, 2:4], atol=1e-5)


@pytest.mark.parametrize(
    "options, words",
    [
        ("count=1", "count=1, steps=30: expected 2 or more"),
        ("steps=1", "expected 2 or more"),
        ("frequency=0,1", r"frequency=0,1: expected LOW,HIGH with 0 < LOW <= HIGH <= 15"),
        ("frequency=3,1", "frequency=3,1"),
        ("frequency=1,16", "half of the steps"),
        ("amplitude=0,0", "amplitude=0,0"),
        ("amplitude=1,inf", "all finite"),
        ("amplitude=nan,1", "amplitude"),
        ("amplitude=1", "expected two numbers LOW,HIGH"),
        ("held_out=1", "held_out_fraction"),
        ("count=1000000000000", "of memory"),
        ("width=3", "unknown option `width`"),
    ],
)
def test_what_makes_no_waves_is_refused(options, words):
    with pytest.raises(DataError, match=words) as caught:
        gan_jax.data.open(f"waves?{options}")
    assert "\n" not in str(caught.value)
