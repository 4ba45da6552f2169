from collections import Counter

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from gan_jax.metrics import for_text, ngram_divergence

RANDOM = np.random.default_rng(0)
TEXT = "the cat sat on the mat and that was that for the hat of the rat "
SYMBOLS = sorted(set(TEXT))


def one_hot(lines):
    return np.eye(len(SYMBOLS))[[[SYMBOLS.index(c) for c in line] for line in lines]]


def lines(seed, count=200, length=8):
    starts = np.random.default_rng(seed).integers(len(TEXT) - length, size=count)
    return [TEXT[i : i + length] for i in starts]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_it_is_the_divergence_of_the_counts(order):
    pair = lines(0), lines(1, count=120)
    counts = [
        Counter(line[i : i + order] for line in part for i in range(len(line) - order + 1))
        for part in pair
    ]
    grams = sorted(counts[0] | counts[1])
    expected = jensenshannon(*([c[g] for g in grams] for c in counts), base=2) ** 2
    assert ngram_divergence(*map(one_hot, pair), order) == pytest.approx(expected)


def test_the_symbol_is_that_of_the_largest_value():
    text = one_hot(lines(0))
    soft = 0.6 * text + 0.4 / len(SYMBOLS)
    assert ngram_divergence(text, soft, 2) == 0


def test_text_beats_its_own_characters_in_any_order():
    real, other = (one_hot(lines(seed)) for seed in (0, 1))
    figures = for_text()(real, other)
    assert list(figures)[:4] == ["js_1", "js_2", "js_3", "js_4"]
    for n in (2, 3, 4):
        assert figures[f"js_{n}"] == ngram_divergence(real, other, n)
        assert 5 * figures[f"js_{n}"] < figures[f"js_{n}_shuffled"] < 1
    unigrams = one_hot([RANDOM.permutation(list(line)) for line in lines(1)])
    found = for_text()(real, unigrams)
    assert found["js_1"] == pytest.approx(figures["js_1"])
    assert abs(found["js_2"] - figures["js_2_shuffled"]) < 0.1


def test_short_text_has_the_orders_it_can_have():
    text = one_hot(lines(0, length=2))
    assert list(for_text()(text, text)) == ["js_1", "js_2", "js_2_shuffled"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((np.zeros((2, 3)), np.zeros((2, 3)), 1), r"expected \[N, T, V\]"),
        ((np.full((2, 3, 4), np.nan), np.zeros((2, 3, 4)), 1), "not finite"),
        ((np.zeros((2, 3, 4)), np.zeros((2, 3, 5)), 1), "as many symbols"),
        ((np.zeros((2, 3, 4)), np.zeros((2, 3, 4)), 4), "n-grams of 4 in texts"),
        ((np.zeros((2, 3, 4)), np.zeros((2, 3, 4)), 0), "n-grams of 0 in texts"),
    ],
)
def test_what_has_no_ngrams_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        ngram_divergence(*given)
