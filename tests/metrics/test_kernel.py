import numpy as np
import pytest

from gan_jax.metrics import kernel_distance


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def test_is_the_unbiased_estimate_of_the_definition():
    """By a sum over all pairs, for the one subset that NumPy draws with this seed."""
    real, fake = normal(0, 12, 3), normal(1, 14, 3) + 0.4
    found = kernel_distance(real, fake, subsets=1, seed=5)
    draw = np.random.Generator(np.random.PCG64(5))
    x, y = (rows[draw.choice(len(rows), 6, replace=False)] for rows in (real, fake))
    k = lambda a, b: (a @ b / 3 + 1) ** 3
    within = sum(
        k(rows[i], rows[j]) / 30 for rows in (x, y) for i in range(6) for j in range(6) if i != j
    )
    between = sum(k(a, b) for a in x for b in y) / 36
    assert found["kernel_distance"] == pytest.approx(within - 2 * between, rel=1e-9)
    assert found["kernel_spread"] == 0


def test_is_the_closed_form_of_two_gaussians():
    """Of N(0, s^2) and N(m, s^2) on the line, E (x y + 1)^3 by the moments of both."""
    shift, deviation = 0.7, 0.3
    powers = lambda m: np.array([1, m, m**2 + deviation**2, m**3 + 3 * m * deviation**2])
    mean = lambda a, b: float(np.sum(np.array([1, 3, 3, 1]) * powers(a) * powers(b)))
    expected = mean(0, 0) + mean(shift, shift) - 2 * mean(0, shift)
    found = kernel_distance(*(deviation * normal(n, 20_000, 1) + n * shift for n in (0, 1)))
    assert found["kernel_distance"] == pytest.approx(expected, rel=0.05)


def test_one_distribution_is_at_0_within_its_spread_at_any_size():
    for size in (20, 200, 1000):
        found = kernel_distance(normal(0, size, 5), normal(1, size, 5))
        assert abs(found["kernel_distance"]) < 3 * found["kernel_spread"]
    assert kernel_distance(normal(0, 1000, 5), 1.3 * normal(1, 1000, 5))["kernel_distance"] > 0.05


@pytest.mark.parametrize(
    ("shape", "given", "message"),
    [
        ((3, 2), {}, "3 real and 8 other"),
        ((8, 3), {}, "3 values per example"),
        ((8, 2), {"subsets": 0}, "0 subsets of 1000"),
    ],
)
def test_sets_that_do_not_fit_are_refused(shape, given, message):
    with pytest.raises(ValueError, match=message):
        kernel_distance(np.ones(shape), np.ones((8, 2)), **given)
