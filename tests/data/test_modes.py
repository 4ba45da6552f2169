import numpy as np
import pytest
from scipy import stats

from gan_jax.data import modes
from gan_jax.data.columns import Mode
from gan_jax.data.modes import REACH, decode_modes, encode_modes, fit_modes


def random(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def mixed(count=600):
    """A spike at 0, two Gaussians, and one far away."""
    r = random()
    parts = [np.zeros(count), r.normal(50, 5, count), r.normal(-20, 1, count), [1e6, -3e5]]
    return r.permutation(np.concatenate(parts))


COLUMNS = {
    "mixed": mixed(),
    "Gaussian": random().normal(size=500),
    "heavy": random().standard_cauchy(500),
    "tiny": random().normal(size=200) * 1e-30,
    "large": 1e30 + random().normal(size=200) * 1e28,
    "far from 0": 1e9 + random().normal(size=400),
    "whole": random().poisson(40, 400).astype(float),
    "few": random().integers(0, 6, 300).astype(float),
    "eleven": np.arange(11.0),
    "constant": np.full(9, 3.25),
    "two": np.array([1.0, 2.0]),
    "too small to be squared": random().normal(size=99) * 1e-200,
}


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
def test_what_was_fitted_comes_back(values):
    modes = fit_modes(values, random())
    assert modes == fit_modes(values.copy(), random())
    assert sum(mode.weight for mode in modes) == pytest.approx(1, abs=0.06)
    assert all(type(number) is float for mode in modes for number in mode)
    scalars, mode = encode_modes(values, modes, random())
    assert abs(scalars).max() <= REACH and mode.min() >= 0 and mode.max() < len(modes)
    back = decode_modes(scalars, mode, modes)
    reach = np.array([m.reach for m in modes])[mode]
    assert (abs(back - values) <= 1e-12 * reach + 4 * np.spacing(abs(values))).all()
    back = decode_modes(scalars.astype(np.float32), mode, modes)
    assert (abs(back - values) <= 2**-24 * reach + 4 * np.spacing(abs(values))).all()
    np.testing.assert_array_equal(back[reach == 0], values[reach == 0])


def test_modes_are_found():
    modes = fit_modes(mixed(2000), random())
    assert Mode(2000 / 6002, 0.0, 0.0, 0.0) in modes
    for mean, deviation in ((50, 5), (-20, 1)):
        near = [mode for mode in modes if mode.deviation and abs(mode.mean - mean) < 2 * deviation]
        assert sum(mode.weight for mode in near) == pytest.approx(1 / 3, abs=0.05)
        assert max(near).deviation == pytest.approx(deviation, rel=0.5)  # of the heaviest


def test_the_fit_has_the_units_of_the_column():
    values = random().gamma(2, 3, 300)
    expected_modes = fit_modes(values, random())
    for factor, shift in ((1e-6, 0), (1e6, 1e7)):
        modes = fit_modes(values * factor + shift, random())
        for mode, expected in zip(modes, expected_modes, strict=True):
            assert mode.mean == pytest.approx(expected.mean * factor + shift, rel=1e-3)
            assert mode.reach == pytest.approx(expected.reach * factor, rel=1e-3)


def test_modes_are_drawn_from_their_posterior():
    modes = (Mode(0.3, 0.0, 1.0, 4.0), Mode(0.7, 2.0, 2.0, 8.0), Mode(1e-6, 99.0, 0.0, 0.0))
    drawn = encode_modes(np.full(20_000, 0.8), modes, random())[1]
    density = [m.weight * stats.norm.pdf(0.8, m.mean, m.deviation) for m in modes[:2]]
    expected = density[1] / sum(density)
    assert set(drawn) == {0, 1}
    assert abs(drawn.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / 20_000)


def test_a_value_with_a_mode_of_its_own_has_that_one():
    modes = (Mode(0.9, 0.0, 1.0, 4.0), Mode(0.1, 0.5, 0.0, 0.0))
    assert set(encode_modes(np.full(100, 0.5), modes, random())[1]) == {1}
    assert set(encode_modes(np.full(100, 0.51), modes, random())[1]) == {0}


def test_what_no_mode_reaches_is_cut_at_the_nearest():
    modes = (Mode(0.5, 0.0, 1.0, 4.0), Mode(0.5, 50.0, 2.0, 8.0))
    scalars, mode = encode_modes(np.array([-100.0, 30.0, 1000.0]), modes, random())
    assert mode.tolist() == [0, 1, 1]
    np.testing.assert_allclose(scalars, [-REACH, -REACH, REACH])


def test_the_memory_that_it_takes_changes_nothing(monkeypatch):
    values = mixed(100)
    fitted = fit_modes(values, random())
    expected = encode_modes(values, fitted, random())
    monkeypatch.setattr(modes, "AT_ONCE", 7)
    np.testing.assert_array_equal(encode_modes(values, fitted, random()), expected)
