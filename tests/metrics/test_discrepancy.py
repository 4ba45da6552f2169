import numpy as np
import pytest

from gan_jax.metrics import discrepancy, mmd, mmd_threshold

RANDOM = np.random.default_rng(0)
REAL, OTHER = RANDOM.normal(size=(7, 3, 2)), RANDOM.normal(size=(5, 3, 2)) + 0.5


def by_sums(real, other, bandwidths):
    """Pair by pair, as the formula is written."""
    distance = lambda x, y: np.sqrt(np.sum((x - y) ** 2))
    pairs = [distance(x, y) for i, x in enumerate(real) for y in real[:i]]
    widths = [s * np.sqrt(np.median(np.square(pairs))) for s in bandwidths]
    k = lambda x, y: np.mean([np.exp(-(distance(x, y) ** 2) / (2 * w**2)) for w in widths])
    return unbiased(k, real, other)


def unbiased(k, real, other):
    within = lambda xs: np.mean(
        [k(x, y) for i, x in enumerate(xs) for j, y in enumerate(xs) if i != j]
    )
    return within(real) + within(other) - 2 * np.mean([k(x, y) for x in real for y in other])


@pytest.mark.parametrize("bandwidths", [(1.0,), (0.25, 0.5, 1.0, 2.0)])
def test_it_is_the_sum_over_pairs(bandwidths):
    assert mmd(REAL, OTHER, bandwidths) == pytest.approx(by_sums(REAL, OTHER, bandwidths))


def test_it_is_unbiased():
    draws = [RANDOM.normal(size=(2, 10, 2)) for _ in range(400)]
    estimates = np.array([mmd(*pair) for pair in draws])
    assert estimates.min() < 0 < estimates.max()
    # Far from what the biased form would give: the mean of (1 - k) / N of both sets.
    assert abs(estimates.mean()) < 4 * estimates.std() / 20 < 0.05


def test_several_bandwidths_tell_noise_from_sines():
    t, phase = np.arange(30) / 30, RANDOM.uniform(size=(2, 400, 1))
    sines = np.sin(2 * np.pi * (3 * t[None, None] + phase))
    noise = RANDOM.normal(size=(400, 30)) * sines.std()
    by_chance = abs(mmd(*sines))
    assert mmd(sines[0], noise) > 2 * mmd(sines[0], noise, [1.0])
    assert mmd(sines[0], noise) > 20 * by_chance


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((REAL[:1], OTHER), "1 real and 5 other examples"),
        ((REAL, OTHER[..., :1]), "6 values per example, fake 3"),
        ((REAL, OTHER, ()), "positive numbers"),
        ((REAL, OTHER, (1.0, 0.0)), "positive numbers"),
        ((np.zeros((4, 2)), np.ones((4, 2))), "all real examples are the same"),
    ],
)
def test_what_has_no_discrepancy_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        mmd(*given)


def test_most_may_be_the_same():
    """The distances of seven in nine pairs are then 0, and so is their median."""
    real = np.concatenate([np.zeros((8, 2)), np.eye(2)])
    squares = [np.sum((x - y) ** 2) for i, x in enumerate(real) for y in real[:i]]
    assert np.median(squares) == 0
    k = lambda x, y: np.exp(-np.sum((x - y) ** 2) / (2 * np.mean(squares)))
    pairs = lambda x: np.mean([k(a, b) for i, a in enumerate(x) for b in x[:i]])
    other = REAL.reshape(-1, 2)[:5]
    between = np.mean([k(x, y) for x in real for y in other])
    np.testing.assert_allclose(mmd(real, other, [1.0]), pairs(real) + pairs(other) - 2 * between)


def by_splits(real, other, bandwidths, splits, seed):
    """Split by split, each pair by pair, under the kernel of the sets as they are given."""
    pairs = [np.sum((x - y) ** 2) for i, x in enumerate(real) for y in real[:i]]
    scales = [2 * s**2 * np.median(pairs) for s in bandwidths]
    k = lambda x, y: np.mean([np.exp(-np.sum((x - y) ** 2) / scale) for scale in scales])
    every, found = np.concatenate([real, other]), []
    first = np.repeat([1.0, 0.0], [len(real), len(other)])
    draw = np.random.Generator(np.random.PCG64(seed))
    for chosen in draw.permuted(np.tile(first, (splits, 1)), axis=1) > 0:
        found.append(unbiased(k, every[chosen], every[~chosen]))
    return np.quantile(found, 0.95)


@pytest.mark.parametrize("rows", [3, 128])
def test_the_threshold_is_the_quantile_over_splits(rows, monkeypatch):
    monkeypatch.setattr(discrepancy, "_ROWS", rows)
    for pair in ((REAL, OTHER), (OTHER, REAL), (REAL[:5], OTHER)):
        found = mmd_threshold(*pair, (0.5, 1.0), splits=100, seed=3)
        assert found == pytest.approx(by_splits(*pair, (0.5, 1.0), 100, 3), rel=1e-9)


def test_one_distribution_exceeds_the_threshold_in_one_of_twenty_cases_and_others_do():
    draws = np.random.default_rng(1).normal(size=(400, 2, 20, 2))
    exceeds = lambda real, other: mmd(real, other) > mmd_threshold(real, other, splits=100)
    assert 0.02 < np.mean([exceeds(*pair) for pair in draws]) < 0.09  # 0.05 -+ 3 deviations
    assert np.mean([exceeds(real, other + 1.5) for real, other in draws[:40]]) > 0.9
    wide = lambda real, other: exceeds(real, 4 * other)
    assert np.mean([wide(*pair) for pair in draws[:40]]) > 0.9


def test_a_threshold_of_few_splits_is_refused():
    with pytest.raises(ValueError, match="99 splits; expected 100 or more"):
        mmd_threshold(REAL, OTHER, splits=99)
    with pytest.raises(ValueError, match="1 real and 5 other examples"):
        mmd_threshold(REAL[:1], OTHER)
