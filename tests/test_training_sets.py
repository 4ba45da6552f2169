"""Training sets with generators made by hand, whose worth is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from gan_jax import data, training_sets
from gan_jax.metrics import learners
from gan_jax.training_sets import Judge
from gan_jax.usefulness import REAL

CENTRES = 1.5 * np.eye(20)[:3]


def drawn(random, count):
    """Points of three Gaussians, and which they are of."""
    label = random.integers(3, size=count)
    return (CENTRES[label] + random.normal(size=(count, 20))).astype(np.float32), label


def nearest(seed, count):
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(1)


@pytest.fixture(scope="module")
def whole():
    return data.from_arrays(*drawn(np.random.default_rng(0), 2000), held_out_fraction=0.5)


def generator(arrays):
    """What has been trained, if it gave these in this order."""
    names = ("samples", "labels")
    give = lambda count, seed: dict(zip(names, (a[:count] for a in arrays), strict=True))
    return SimpleNamespace(sample=give)


def test_copies_of_the_real_examples_make_no_difference(whole):
    few = data.few(whole, 6)
    judge = Judge(nearest, 0, few)
    copies = generator([np.tile(few.train[name].T, 2).T for name in ("real", "label")])
    found = training_sets.with_samples(judge, "copies", copies, [0.5, 2.0])
    real = training_sets.without_generators(judge, [1.0])
    assert real.keys() == {(REAL, 0.0)}  # there is no classical way to distort points
    assert set(found.values()) == set(real.values())
    assert set(found) == {("copies", 0.5), ("copies", 2.0), ("copies alone (36)", None)}


def test_perfect_samples_help_and_wrong_ones_harm(whole):
    judge = Judge(learners.logistic, 0, data.few(whole, 4))
    x, label = drawn(np.random.default_rng(1), 1200)
    score = lambda name, label: training_sets.with_samples(
        judge, name, generator((x, label)), [1.0, 100.0]
    )
    (alone,) = training_sets.without_generators(judge, [1.0]).values()
    ((_, ceiling),) = training_sets.with_all(judge, whole).items()
    good, bad = score("good", label), score("bad", (label + 1) % 3)
    assert good["good", 100.0] > alone + 0.03
    assert good["good", 100.0] == pytest.approx(ceiling, abs=0.03)
    assert good["good alone (1200)", None] == pytest.approx(good["good", 100.0], abs=0.02)
    assert bad["bad", 100.0] < 0.3 < alone
    assert good["good", 1.0] <= good["good", 100.0]


def test_distorted_images_are_of_their_seed():
    few = [data.open(f"digits?per_class=3&subset={seed}") for seed in (0, 0)]
    found = [
        training_sets.without_generators(Judge(nearest, seed, part), [1.0])
        for seed, part in zip((0, 0), few, strict=True)
    ]
    assert found[0] == found[1]
    assert found[0].keys() == {(REAL, 0.0), ("classical augmentation", 1.0)}


def test_how_many_a_share_is(whole):
    judge = Judge(nearest, 0, data.few(whole, 5))
    assert training_sets.counts(judge, [0.01, 0.5, 1, 2]) == [1, 8, 15, 30]


def test_the_rows_of_a_table(tmp_path):
    """The label of a row is its colour, which is there in words; its noise is not needed."""
    path, random = tmp_path / "table.csv", np.random.default_rng(0)
    pairs = zip(random.integers(2, size=400), random.normal(size=400), strict=True)
    path.write_text("\n".join(["job,colour,size", *(f"j{k},c{k},{x:.3f}" for k, x in pairs)]))
    whole = data.open(f"csv:{path}?label=job&encoding=quantiles")
    judge = Judge(learners.logistic, 0, data.few(whole, 10))
    assert training_sets.without_generators(judge, [1.0]) == {(REAL, 0.0): 1.0}
    soft = 0.6 * judge.examples(whole.train)[0], whole.train["label"]
    found = training_sets.with_samples(judge, "soft", generator(soft), [1.0])
    assert set(found.values()) == {1.0}
