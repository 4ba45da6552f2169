import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from gan_jax.metrics.neighbours import density_coverage, nearest, precision_recall


def brute_force(real, fake, neighbours):
    """Improved precision and recall straight from the definition, in float64."""
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)

    def squared(a, b):
        return np.stack([np.sum((b - row[None]) ** 2, axis=1) for row in a])

    def share_inside(queries, points):
        distances = squared(points, points)
        np.fill_diagonal(distances, np.inf)
        radii = np.sort(distances, axis=1)[:, neighbours - 1]
        return np.mean(np.any(squared(queries, points) <= radii[None], axis=1))

    return {"precision": share_inside(fake, real), "recall": share_inside(real, fake)}


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def pair_of_clusters(seed, deviation):
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(300, 1))
    return np.repeat(signs, 100, axis=1) + deviation * normal(seed, 300, 100)


def ring(seed, deviation):
    generator = np.random.default_rng(seed)
    angles = 2 * np.pi * generator.integers(8, size=600) / 8
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return centres + deviation * generator.normal(size=(600, 2))


def copies(seed, width):
    """Points of which many are copies, so that many radii are 0."""
    return np.random.default_rng(seed).integers(3, size=(300, width)).astype(np.float32)


PAIRS = {
    "plane": (normal(0, 300, 2), normal(1, 300, 2) + 0.5),
    "wide": (normal(0, 300, 100), 1.1 * normal(1, 300, 100)),
    "wide, far from the origin": (1e3 + normal(0, 300, 100), 1e3 + normal(1, 300, 100)),
    "plane, far from the origin": (1e3 + normal(0, 300, 2), 1e3 + 0.5 * normal(1, 300, 2)),
    "tight clusters": (ring(0, 0.001), ring(1, 0.002)),
    "wide, tight clusters": (pair_of_clusters(0, 0.004), pair_of_clusters(1, 0.0042)),
    "copies": (copies(0, 3), copies(1, 3)),
    "wide, of whole numbers": (copies(0, 80), np.concatenate([copies(1, 80)[:200]] * 2)[:300]),
    "images": (normal(0, 60, 6, 6, 1), 0.5 * normal(1, 60, 6, 6, 1)),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("neighbours", [1, 3])
def test_precision_and_recall_are_those_of_the_definition(name, neighbours):
    real, fake = PAIRS[name]
    rows = [x.reshape(len(x), -1) for x in (real, fake)]
    assert precision_recall(real, fake, neighbours) == brute_force(*rows, neighbours)


def test_the_pairs_reach_the_middle_of_the_range():
    values = [v for real, fake in PAIRS.values() for v in precision_recall(real, fake).values()]
    assert sum(0.05 < value < 0.95 for value in values) >= 6


@pytest.mark.parametrize("name", ["plane", "wide", "wide, far from the origin", "copies"])
def test_radii_are_those_of_scikit_learn(name):
    points = PAIRS[name][0]
    expected = NearestNeighbors(n_neighbors=3, algorithm="kd_tree").fit(points).kneighbors()[0]
    squares = nearest(points, points, 3, exclude_self=True)[1]
    np.testing.assert_allclose(np.sqrt(squares), expected, rtol=1e-9)


def test_distances_belong_to_their_indices():
    queries, points = normal(0, 20, 50), normal(1, 30, 50)
    indices, squares = nearest(queries, points, 4)
    np.testing.assert_allclose(squares, np.sum((queries[:, None] - points[indices]) ** 2, axis=2))
    assert (np.diff(squares, axis=1) >= 0).all()


def test_self_is_excluded_by_index_and_not_by_value():
    points = np.repeat(normal(0, 5, 100), 2, axis=0)
    indices, squares = nearest(points, points, exclude_self=True)
    np.testing.assert_array_equal(indices[:, 0], np.arange(10) ^ 1)
    np.testing.assert_array_equal(squares, 0)


def test_all_other_points_can_be_asked_for():
    points = normal(0, 6, 2)
    indices, _ = nearest(points, points, 5, exclude_self=True)
    others = [sorted({*range(6)} - {i}) for i in range(6)]
    np.testing.assert_array_equal(np.sort(indices, axis=1), others)


@pytest.mark.parametrize("width", [2, 100])
def test_identical_sets_are_perfect(width):
    points = normal(0, 200, width)
    assert precision_recall(points, points) == {"precision": 1, "recall": 1}


def test_sets_of_nothing_but_one_point_are_perfect():
    points = np.full((20, 100), 0.1)
    assert precision_recall(points, points) == {"precision": 1, "recall": 1}


def test_a_collapse_keeps_precision_and_loses_recall():
    real = normal(0, 500, 20)
    fake = 1e-3 * normal(1, 500, 20)
    figures = precision_recall(real, fake)
    assert figures["precision"] == 1
    assert figures["recall"] < 0.01


@pytest.mark.parametrize("name", ["plane", "wide"])
@pytest.mark.parametrize("chunk", [1, 299, 300])
def test_the_chunk_does_not_change_the_figures(name, chunk):
    real, fake = PAIRS[name]
    assert precision_recall(real, fake, chunk=chunk) == precision_recall(real, fake)


def test_halves_of_the_digits_reach_the_known_figures():
    digits = np.random.default_rng(0).permutation(load_digits().data)[: 2 * 898]
    figures = precision_recall(digits[:898], digits[898:], neighbours=5)
    assert figures["precision"] == pytest.approx(0.968, abs=0.02)
    assert figures["recall"] == pytest.approx(0.962, abs=0.02)


@pytest.mark.parametrize(
    ("real", "fake", "neighbours", "message"),
    [
        (np.ones((5, 2)), np.ones((4, 2)), 3, "5 examples and fake 4"),
        (np.ones((5, 2)), np.ones((5, 3)), 3, "2 values per example, fake 3"),
        (np.ones((5, 2)), np.ones((5, 2)), 5, "expected 1 to 4"),
        (np.ones((5, 2)), np.ones((5, 2)), 0, "expected 1 to 4"),
        (np.ones((5, 2)), np.full((5, 2), np.nan), 3, "fake has values that are not finite"),
        (np.ones((0, 2)), np.ones((0, 2)), 3, r"real has shape \(0, 2\)"),
    ],
)
def test_sets_that_do_not_fit_are_refused(real, fake, neighbours, message):
    with pytest.raises(ValueError, match=message):
        precision_recall(real, fake, neighbours)


@pytest.mark.parametrize("name", PAIRS)
def test_density_and_coverage_are_those_of_the_definition(name):
    """Radii and distances by scikit-learn, a ball at a time."""
    real, fake = (np.float64(x).reshape(len(x), -1) for x in PAIRS[name])
    radii = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(real).kneighbors()[0][:, -1]
    distances = np.stack([np.linalg.norm(fake - point[None], axis=1) for point in real])
    inside = distances <= radii[:, None] * (1 + 1e-9)
    found = density_coverage(real, fake, chunk=100)
    assert found["coverage"] == pytest.approx(inside.any(1).mean(), abs=1e-12)
    assert found["density"] == pytest.approx(inside.sum() / (5 * len(fake)), abs=1e-12)


def test_density_and_coverage_of_one_distribution_are_as_expected():
    found = density_coverage(normal(0, 3000, 4), normal(1, 3000, 4))
    assert found["density"] == pytest.approx(1, abs=0.05)
    assert found["coverage"] == pytest.approx(1 - 2**-5, abs=0.02)
    assert density_coverage(normal(0, 500, 4), 0.01 * normal(1, 500, 4))["coverage"] < 0.1
