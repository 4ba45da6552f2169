from itertools import product

import numpy as np
import pytest

from gan_jax import data
from gan_jax.data.oracle import log_likelihood, oracle
from gan_jax.metrics import compare, for_oracle, oracle_nll, suited

DATA = oracle(8_000, length=3, symbols=4, held_out=0.5)
SPEC = DATA.spec
EVERY = np.array(list(product(range(4), repeat=3)))


def figures(samples):
    real = (SPEC.decode(part["real"]) for part in (DATA.held_out, DATA.train))
    return compare([suited(SPEC)], *real, SPEC.decode(samples))


def test_texts_of_the_oracle_have_its_entropy():
    log_p = log_likelihood(SPEC, EVERY).sum(1)
    entropy = -(np.exp(log_p) * log_p).sum() / 3
    found = figures(DATA.train["real"])
    assert found["samples"] == found["real"]
    np.testing.assert_allclose(found["real"]["oracle_nll"], entropy, rtol=0.03)


def test_other_texts_are_less_likely_and_one_text_alone_has_no_variety():
    """The trap of the figure: the likeliest text scores best, and its n-grams give it away."""
    random = figures(np.random.default_rng(0).integers(4, size=(4_000, 3)).astype(np.uint8))
    log_p = log_likelihood(SPEC, EVERY).sum(1)
    one = figures(np.uint8([EVERY[log_p.argmax()]] * 4_000))
    nll = lambda found: found["samples"]["oracle_nll"]
    assert nll(random) > 1.2 * random["real"]["oracle_nll"] > nll(one)
    np.testing.assert_allclose(nll(one), -log_p.max() / 3)
    assert one["samples"]["js_1"] > 20 * one["real"]["js_1"]


def test_what_no_oracle_knows_is_refused():
    assert set(for_oracle(SPEC)(*[SPEC.decode(EVERY)] * 2)) > {"oracle_nll", "js_1", "js_3"}
    with pytest.raises(ValueError, match=r"expected \[N, 3, 4\]"):
        oracle_nll(np.zeros((5, 2, 4)), SPEC)
    with pytest.raises(ValueError, match="for the oracle of the data"):
        oracle_nll(np.zeros((5, 2)), data.open("ring").spec)
