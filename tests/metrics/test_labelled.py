import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from gan_jax.metrics import synthetic_usefulness

CENTRES = 3 * np.eye(3)


def labelled(seed, centres=CENTRES, count=150):
    random = np.random.default_rng(seed)
    labels = random.integers(3, size=count)
    return centres[labels] + random.normal(size=(count, 3)), labels


def test_is_the_accuracy_of_scikit_learn():
    real, other = labelled(0), labelled(1)
    logistic = {"logistic": lambda: LogisticRegression(max_iter=200)}
    found = synthetic_usefulness(*real, *other, logistic)
    for name, train, test in (
        ("train_on_synthetic", other, real),
        ("test_on_synthetic", real, other),
    ):
        scaler = StandardScaler().fit(train[0])
        model = LogisticRegression(max_iter=200).fit(scaler.transform(train[0]), train[1])
        assert found[name] == pytest.approx(model.score(scaler.transform(test[0]), test[1]))


def test_each_kind_has_its_own_figure_beside_the_mean():
    """Of two rings around one point a line knows nothing, and that lowers the mean."""
    random = np.random.default_rng(0)
    labels, angle = np.arange(400) % 2, random.uniform(0, 2 * np.pi, 400)
    points = (1.0 + labels)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    found = synthetic_usefulness(points[:200], labels[:200], points[200:], labels[200:])
    for name in ("train_on_synthetic", "test_on_synthetic"):
        own = [found[f"{name}_{kind}"] for kind in ("logistic", "neighbours", "support")]
        assert own[0] < 0.65 and min(own[1:]) > 0.95
        assert found[name] == pytest.approx(np.mean(own))
    assert len(found) == 8


def test_collapse_within_classes_is_seen_in_one_way_and_wrong_labels_in_both():
    real, (samples, labels) = labelled(0), labelled(1)
    floor = synthetic_usefulness(*real, samples, labels)
    wrong = synthetic_usefulness(*real, samples, (labels + 1) % 3)
    assert min(floor.values()) > 0.85 and max(wrong.values()) < 0.15
    wide = labelled(2, CENTRES * np.array([[1, 1, 4]]))
    typical = np.repeat(wide[0][:3], 50, axis=0), np.repeat(wide[1][:3], 50)
    assert synthetic_usefulness(*real, *typical)["train_on_synthetic"] < floor["train_on_synthetic"]


def test_samples_of_one_class_teach_nothing():
    samples, _ = labelled(1)
    found = synthetic_usefulness(*labelled(0), samples, np.zeros(150, int))
    assert found["train_on_synthetic"] == pytest.approx(1 / 3, abs=0.1)


def test_labels_are_as_many_as_examples():
    with pytest.raises(ValueError, match="150 examples and labels of shape"):
        synthetic_usefulness(*labelled(0), labelled(1)[0], [1, 2])


def test_pixels_that_are_nearly_constant_are_not_blown_up():
    """Real digits with a border of black, and the same with a border that is black to the eye."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = digits.images[:500]
    real = np.pad(images / 8 - 1, ((0, 0), (4, 4), (4, 4)), constant_values=-1)
    noise = np.abs(np.random.default_rng(0).normal(0, 1e-3, real.shape))
    half = len(real) // 2
    halves = real[:half], digits.target[:half]
    other, labels = real[half:], digits.target[half:500]
    clean = synthetic_usefulness(*halves, other, labels)["train_on_synthetic"]
    noisy = synthetic_usefulness(*halves, other + noise[half:], labels)["train_on_synthetic"]
    assert abs(clean - noisy) < 0.02
