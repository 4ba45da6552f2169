"""Augmentations against NumPy, their gradients against finite differences."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import augmentation
from gan_jax.augmentation import chain, with_probability

KEYS = jax.random.split(jax.random.key(0), 64)
X = np.random.default_rng(0).uniform(-1, 1, (64, 8, 12, 3)).astype(np.float32)
KINDS = {
    "horizontal_flip": augmentation.horizontal_flip(),
    "shift": augmentation.shift(),
    "cutout": augmentation.cutout(),
    "brightness": augmentation.colour(0.5, 0, 0),
    "saturation": augmentation.colour(0, 1, 0),
    "contrast": augmentation.colour(0, 0, 0.5),
    "diffaugment": augmentation.diffaugment(),
    "sometimes": with_probability(0.5, augmentation.diffaugment()),
}
RUN = {name: jax.jit(augment) for name, augment in KINDS.items()}
DONE = {name: np.asarray(run(KEYS, X)) for name, run in RUN.items()}


@pytest.mark.parametrize("name", KINDS)
def test_an_example_depends_on_its_own_key_and_on_nothing_else(name):
    assert DONE[name].shape == X.shape and DONE[name].dtype == X.dtype
    order = np.random.default_rng(1).permutation(64)
    np.testing.assert_allclose(RUN[name](KEYS[order], X[order]), DONE[name][order], atol=1e-6)
    alone = np.broadcast_to(X[:1], X.shape)
    many = np.asarray(RUN[name](KEYS, alone)).reshape(64, -1)
    assert 1 < len(np.unique(many, axis=0)) <= 64  # other keys, other outcomes
    np.testing.assert_array_equal(RUN[name](KEYS, X), DONE[name])


def test_flips_half_of_them():
    flipped = (DONE["horizontal_flip"] == X[:, :, ::-1]).all(axis=(1, 2, 3))
    kept = (DONE["horizontal_flip"] == X).all(axis=(1, 2, 3))
    assert (flipped ^ kept).all()
    assert stats.binomtest(int(flipped.sum()), 64).pvalue > 1e-3


def shifted(image, down, right):
    """`image` moved in NumPy, with zeros behind it."""
    padded = np.pad(image, ((2, 2), (2, 2), (0, 0)))
    height, width, _ = image.shape
    return padded[2 - down : 2 - down + height, 2 - right : 2 - right + width]


def test_shifts_by_whole_pixels_up_to_an_eighth():
    seen = set()
    for before, after in zip(X, DONE["shift"], strict=True):
        moves = [(d, r) for d in range(-2, 3) for r in range(-2, 3)]
        seen.add(*[move for move in moves if np.array_equal(shifted(before, *move), after)])
    assert seen == {(d, r) for d in (-1, 0, 1) for r in (-1, 0, 1)}  # 8 x 12 pixels


def test_cuts_a_rectangle_of_half_the_sides_with_its_centre_anywhere():
    rows, columns = set(), set()
    for before, after in zip(X, DONE["cutout"], strict=True):
        hole = (after == 0).all(-1)
        np.testing.assert_array_equal(after[~hole], before[~hole])
        down, across = (np.flatnonzero(hole.any(axis)) for axis in (1, 0))
        assert hole[np.ix_(down, across)].all()
        assert 2 <= len(down) <= 4 and 3 <= len(across) <= 6  # half of it outside at most
        rows.add((down[0], down[-1]))
        columns.add((across[0], across[-1]))
    assert rows == {(max(c - 2, 0), min(c + 1, 7)) for c in range(9)}
    assert columns == {(max(c - 3, 0), min(c + 2, 11)) for c in range(13)}


def test_brightness_adds_one_number():
    added = DONE["brightness"] - X
    np.testing.assert_allclose(added, np.broadcast_to(added[:, :1, :1, :1], X.shape), atol=1e-6)
    assert stats.kstest(added[:, 0, 0, 0], stats.uniform(-0.5, 1).cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("name", "axes", "amount"), [("saturation", (3,), 1.0), ("contrast", (1, 2, 3), 0.5)]
)
def test_saturation_and_contrast_stretch_away_from_the_mean(name, axes, amount):
    mean = X.mean(axes, keepdims=True)
    after = DONE[name]
    np.testing.assert_allclose(after.mean(axes, keepdims=True), mean, atol=1e-6)
    factor = (np.square(after - mean).sum((1, 2, 3)) / np.square(X - mean).sum((1, 2, 3))) ** 0.5
    expected = mean + factor[:, None, None, None] * (X - mean)
    np.testing.assert_allclose(after, expected, atol=1e-5)
    assert stats.kstest(factor, stats.uniform(1 - amount, 2 * amount).cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", ["horizontal_flip", "diffaugment", "sometimes"])  # all of them
def test_gradients_are_those_of_finite_differences(name):
    few, images = KEYS[:4], jnp.asarray(X[:4])
    weights = jnp.asarray(np.random.default_rng(2).normal(size=images.shape), jnp.float32)
    value = jax.jit(lambda x: (weights * jnp.tanh(KINDS[name](few, x))).sum())
    direction = jnp.asarray(np.random.default_rng(3).normal(size=images.shape), jnp.float32)
    step = 1e-2
    finite = (value(images + step * direction) - value(images - step * direction)) / (2 * step)
    slope = (jax.jit(jax.grad(value))(images) * direction).sum()
    np.testing.assert_allclose(slope, finite, rtol=2e-2, atol=2e-2)


def test_the_colours_of_one_example_are_changed_in_turn_by_numbers_of_their_own():
    """All three at once: the share of the whole that is left after them is that of the last."""
    after = np.asarray(jax.jit(augmentation.colour())(KEYS, X))
    of_image = lambda x: x.mean((1, 2, 3))
    added = of_image(after) - of_image(X)  # saturation and contrast keep the mean
    vivid = lambda x: np.square(x - x.mean(3, keepdims=True)).sum((1, 2, 3)) ** 0.5
    grey = lambda x: np.square(x.mean(3) - of_image(x)[:, None, None]).sum((1, 2)) ** 0.5
    contrast = grey(after) / grey(X)
    saturation = vivid(after) / vivid(X) / contrast
    for found, law in ((added, (-0.5, 1)), (saturation, (0, 2)), (contrast, (0.5, 1))):
        assert stats.kstest(found, stats.uniform(*law).cdf).pvalue > 1e-3
    assert np.abs(np.corrcoef([added, saturation, contrast]) - np.eye(3)).max() < 0.45


# --- what composes


def test_a_chain_is_one_after_the_other_under_keys_of_their_own():
    double, add = lambda keys, x: 2 * x, lambda keys, x: x + 1
    np.testing.assert_allclose(chain(double, add)(KEYS, X), 2 * X + 1, rtol=1e-6)
    np.testing.assert_allclose(chain(add, double)(KEYS, X), 2 * X + 2, rtol=1e-6)
    seen = []

    def watch(keys, x):
        seen.append(jax.random.key_data(keys))
        return x

    chain(watch, chain(watch, watch))(KEYS, X)
    found = np.concatenate([*seen, jax.random.key_data(KEYS)])
    assert len(np.unique(found, axis=0)) == 4 * 64


def test_with_a_probability_of_zero_and_one():
    draw = jax.jit(lambda p: with_probability(p, lambda keys, x: -x)(KEYS, X))
    np.testing.assert_array_equal(draw(0.0), X)
    np.testing.assert_array_equal(draw(1.0), -X)
    slope = jax.jit(jax.grad(lambda x: with_probability(0.0, KINDS["diffaugment"])(KEYS, x).sum()))
    np.testing.assert_array_equal(slope(X), np.ones_like(X))


def test_a_probability_is_a_share_of_the_examples_and_may_be_traced():
    draw = jax.jit(lambda p: with_probability(p, lambda keys, x: -x)(KEYS, X))
    counts = [int((np.asarray(draw(p)) == -X).all((1, 2, 3)).sum()) for p in (0.2, 0.5, 0.9)]
    for count, share in zip(counts, (0.2, 0.5, 0.9), strict=True):
        assert stats.binomtest(count, 64, share).pvalue > 1e-3
    assert draw._cache_size() == 1


def test_no_key_is_used_twice():
    with jax.debug_key_reuse(True):
        jax.jit(KINDS["sometimes"])(KEYS, X)


def test_nothing_is_shown_otherwise_without_an_augmentation():
    show, keys = augmentation.showing(None, KEYS)
    batch = {"real": X}
    assert keys is KEYS and show(batch) is batch


def test_real_and_fake_are_augmented_under_keys_of_their_own():
    show, left = augmentation.showing(KINDS["shift"], KEYS)
    batch = show({"real": X, "fake": X, "label": KEYS})
    assert not np.array_equal(batch["real"], batch["fake"]) and batch["label"] is KEYS
    assert not np.array_equal(jax.random.key_data(left), jax.random.key_data(KEYS))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (partial(augmentation.shift, 1.5), "largest shift is 1.5: it must be from 0 to 1"),
        (partial(augmentation.cutout, -0.1), "side of the hole is -0.1"),
        (partial(augmentation.colour, -1.0), "amount of brightness is -1"),
        (partial(augmentation.colour, 0.0, -1.0), "amount of saturation"),
        (partial(augmentation.colour, contrast=float("inf")), "amount of contrast"),
        (partial(with_probability, 2.0, KINDS["shift"]), "probability of the augmentation is 2"),
        (chain, "one or more"),
        (partial(chain, "shift"), "given: ..shift"),
    ],
)
def test_numbers_out_of_range_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_points_are_no_images():
    with pytest.raises(ValueError, match=r"images \[B, H, W, C\]; given: shape \(64, 2\)"):
        KINDS["shift"](KEYS, jnp.zeros((64, 2)))
