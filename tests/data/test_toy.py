import numpy as np
import pytest
from scipy import stats

from gan_jax.data.toy import grid, ring, swiss_roll

SETS = [ring, grid, swiss_roll]
PARTS = ["train", "held_out"]


@pytest.mark.parametrize("draw", SETS)
def test_shapes_and_seeds(draw):
    data = draw()
    assert data.name == draw.__name__ and data.spec.shape == (2,) and not data.spec.classes
    assert data.train["real"].shape == (50_000, 2) and data.held_out["real"].shape == (10_000, 2)
    assert data.train.keys() == {"real"} and data.train["real"].dtype == np.float32
    assert data.fingerprint == draw(seed=0).fingerprint != draw(seed=1).fingerprint


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("draw", [ring, grid])
def test_points_follow_the_mixture(draw, part):
    data = draw()
    centres, deviation = np.array(data.spec.mixture.centres), data.spec.mixture.deviation
    points = getattr(data, part)["real"]
    distances = np.linalg.norm(points[:, None] - centres[None], axis=-1)
    nearest = distances.argmin(axis=1)
    assert stats.chisquare(np.bincount(nearest, minlength=len(centres))).pvalue > 1e-3
    assert distances.min(axis=1).max() < 6 * deviation
    residuals = points - centres[nearest]
    np.testing.assert_allclose(residuals.std(axis=0), deviation, rtol=0.02)
    assert stats.kstest(residuals[:, 0] / deviation, "norm").pvalue > 1e-3


def test_ring_mixture_is_the_published_one():
    mixture = ring().spec.mixture
    np.testing.assert_allclose(np.linalg.norm(mixture.centres, axis=1), 2 / 1.414)
    assert len(set(mixture.centres)) == 8 and mixture.deviation == 0.02 / 1.414


def test_grid_mixture_is_the_published_one():
    mixture = grid().spec.mixture
    expected = {(x / 2.828, y / 2.828) for x in range(-4, 5, 2) for y in range(-4, 5, 2)}
    assert set(mixture.centres) == expected and mixture.deviation == 0.05 / 2.828


def test_swiss_roll_follows_scikit_learns():
    from sklearn.datasets import make_swiss_roll

    points = swiss_roll().train["real"]
    reference = make_swiss_roll(50_000, noise=0.25, random_state=7)[0][:, [0, 2]] / 7.5
    radii = np.linalg.norm(points, axis=1)
    assert 1.5 * np.pi / 7.5 - 0.2 < radii.min() and radii.max() < 4.5 * np.pi / 7.5 + 0.2
    assert swiss_roll().spec.mixture is None
    for axis in range(2):
        assert stats.ks_2samp(points[:, axis], reference[:, axis]).pvalue > 1e-3
