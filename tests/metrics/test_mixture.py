import numpy as np
import pytest

from gan_jax.metrics.mixture import mixture_figures

GRID = np.stack(np.meshgrid(np.arange(-4, 5, 2), np.arange(-4, 5, 2)), axis=-1).reshape(25, 2)
LINE = np.array([[0.0], [10.0], [20.0], [30.0]])


def grid_samples(modes, count=2500, deviation=0.05):
    generator = np.random.default_rng(0)
    centres = GRID[generator.choice(modes, size=count)]
    return centres + deviation * generator.normal(size=(count, 2))


def test_a_perfect_mixture_reaches_what_can_be_reached():
    figures = mixture_figures(grid_samples(np.arange(25)), GRID, 0.05)
    assert figures["modes"] == figures["modes_20"] == 25
    assert figures["high_quality"] == pytest.approx(1 - np.exp(-4.5), abs=0.01)
    assert 0 < figures["mode_kl"] < 3 * 24 / (2 * 2500)


def test_quality_ends_at_three_deviations():
    figures = mixture_figures([[0.29], [10.31], [-0.29], [9.69]], LINE, 0.1)
    assert figures["high_quality"] == 0.5
    assert figures["modes"] == 1


def test_the_divergence_is_that_of_the_histogram_of_good_samples():
    samples = [[0.0]] * 5 + [[10.0]] * 3 + [[20.0]] * 2 + [[25.0]] * 10
    expected = sum(p * np.log(4 * p) for p in (0.5, 0.3, 0.2))
    figures = mixture_figures(samples, LINE, 1.0)
    assert figures["mode_kl"] == pytest.approx(expected, rel=1e-12)
    assert figures["high_quality"] == 0.5


def test_equal_modes_have_no_divergence():
    assert mixture_figures(LINE, LINE, 1.0)["mode_kl"] == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(("lone", "modes_20"), [(4, 3), (5, 4)])
def test_a_mode_of_few_samples_counts_as_published_and_not_at_20_percent(lone, modes_20):
    samples = np.repeat(LINE, [40, 30, 30 - lone, lone], axis=0)
    figures = mixture_figures(samples, LINE, 1.0)
    assert (figures["modes"], figures["modes_20"]) == (4, modes_20)


def test_a_collapse_onto_two_modes():
    figures = mixture_figures(grid_samples([3, 7]), GRID, 0.05)
    assert figures["modes"] == figures["modes_20"] == 2
    assert figures["high_quality"] > 0.98
    assert figures["mode_kl"] == pytest.approx(np.log(25 / 2), abs=0.01)


def test_noise_finds_modes_but_has_no_quality():
    noise = np.random.default_rng(0).uniform(-5, 5, size=(2500, 2))
    figures = mixture_figures(noise, GRID, 0.05)
    assert figures["modes"] > 15
    assert figures["modes_20"] < figures["modes"]
    assert figures["high_quality"] == pytest.approx(25 * np.pi * 0.15**2 / 100, abs=0.01)


def test_without_a_good_sample_the_divergence_is_the_worst():
    figures = mixture_figures(np.full((100, 2), 1.0), GRID, 0.05)
    assert figures == {
        "modes": 0,
        "modes_20": 0,
        "high_quality": 0,
        "mode_kl": pytest.approx(np.log(25)),
    }


@pytest.mark.parametrize(
    ("samples", "centres", "deviation", "message"),
    [
        (np.ones((5, 3)), GRID, 0.05, "3 dimensions and centres 2"),
        (np.ones((5, 2)), GRID[:1], 0.05, "at least 2"),
        (np.ones((5, 2)), GRID, 0.0, "deviation is 0.0"),
        (np.ones((5, 2)), GRID, float("nan"), "deviation is nan"),
        (np.full((5, 2), np.nan), GRID, 0.05, "not finite"),
    ],
)
def test_what_does_not_fit_is_refused(samples, centres, deviation, message):
    with pytest.raises(ValueError, match=message):
        mixture_figures(samples, centres, deviation)
