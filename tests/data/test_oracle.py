from itertools import product

import numpy as np
import pytest
from scipy import stats

import gan_jax.data
from gan_jax.data.oracle import drawn, log_likelihood, oracle
from gan_jax.data.spec import Oracle, Spec
from gan_jax.errors import DataError

SMALL = oracle(10_000, length=3, symbols=4)


def test_sizes_vocabulary_and_seeds():
    spec = SMALL.spec
    assert spec.shape == (3, 4) and spec.vocabulary == ("0 ", "1 ", "2 ", "3 ")
    assert spec.oracle == Oracle(32, 0) and Spec.from_json(spec.to_json()) == spec
    assert SMALL.train["real"].shape == (8_000, 3) and SMALL.train["real"].dtype == np.uint8
    assert SMALL.held_out["real"].shape == (2_000, 3)
    few = [oracle(20, seed=seed).fingerprint for seed in (0, 0, 1)]
    assert few[0] == few[1] != few[2]
    assert oracle(4, length=2, symbols=300).train["real"].dtype == np.int32


def test_texts_are_as_frequent_as_they_are_likely():
    every = np.array(list(product(range(4), repeat=3)))
    expected = np.exp(log_likelihood(SMALL.spec, every).sum(1))
    np.testing.assert_allclose(expected.sum(), 1)
    counts = np.bincount(SMALL.train["real"] @ [16, 4, 1], minlength=64)
    likely = expected * 8_000 > 5
    pair = [[*x[likely], x[~likely].sum()] for x in (counts, expected * 8_000)]
    assert stats.chisquare(*pair).pvalue > 1e-3


def test_a_step_depends_on_the_steps_before_it_alone():
    spec, texts = SMALL.spec, SMALL.train["real"][:50]
    changed = texts.copy()
    changed[:, 1] = (changed[:, 1] + 1) % 4
    before, after = log_likelihood(spec, texts), log_likelihood(spec, changed)
    np.testing.assert_allclose(before[:, 0], after[:, 0])
    assert (before[:, 1:] != after[:, 1:]).all()


def test_streams_are_other_texts_of_the_same_oracle():
    """The data and new texts have the same likelihood, to what their number tells."""
    texts = [drawn(SMALL.spec, 2_000, stream) for stream in (0, 1)]
    assert (texts[0] != texts[1]).any()
    whole = np.concatenate([part["real"] for part in (SMALL.train, SMALL.held_out)])
    assert sorted(map(tuple, whole)) == sorted(map(tuple, drawn(SMALL.spec, 10_000)))
    likely = [log_likelihood(SMALL.spec, each).sum(1) for each in texts]
    assert stats.ks_2samp(*likely).pvalue > 1e-3


def test_options_of_the_command():
    data = gan_jax.data.open("oracle?count=10&length=4&symbols=6&width=8&seed=3&held_out=0.5")
    assert data.train["real"].shape == (5, 4) and data.spec.shape == (4, 6)
    assert data.spec.oracle == Oracle(8, 3)


@pytest.mark.parametrize(
    "options, words",
    [
        ("count=1", "count=1, length=10"),
        ("length=1", "expected 2 or more of the first three"),
        ("symbols=1", "expected 2 or more"),
        ("width=0", "a width of 1 or more"),
        ("seed=-1", "a seed of 0 or more"),
        ("held_out=1", "held_out"),
        ("count=1000000000000", "of memory"),
        ("steps=3", "unknown option `steps`"),
    ],
)
def test_what_makes_no_texts_is_refused(options, words):
    with pytest.raises(DataError, match=words) as caught:
        gan_jax.data.open(f"oracle?{options}")
    assert "\n" not in str(caught.value)
