from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import data
from gan_jax.data import Spec
from gan_jax.networks import text_autoencoder

SPEC = Spec((3, 4), 1.0, 0.0, vocabulary=tuple("abcd"))
INDICES = np.array(list(product(range(4), repeat=3)))
EVERY = jnp.asarray(SPEC.decode(INDICES))
CODE = np.array([0.6, -0.8], np.float32)


@pytest.fixture(scope="module")
def networks():
    """Encoder and decoder as functions, with weights of strong opinions, and the decoder's."""
    made = text_autoencoder(SPEC, code=2, embedding=3, width=5)
    random, found = np.random.default_rng(0), []
    for network in made:
        params, _ = network.init(jax.random.key(1))
        params = jax.tree.map(lambda x: jnp.float32(x + random.normal(size=x.shape)), params)
        found.append((network, params))
    (encoder, own), (decoder, params) = found
    encode = jax.jit(lambda x: encoder.apply(own, {}, x))
    decode = jax.jit(lambda *given: decoder.apply(params, {}, *given))
    return encode, decode, jax.tree.map(lambda x: np.asarray(x, float), params["policy"])


def test_codes_have_length_one_and_differ(networks):
    codes = np.asarray(networks[0](EVERY))
    assert codes.shape == (64, 2)
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1, rtol=1e-5)
    assert len(np.unique(codes, axis=0)) == 64


def test_a_state_of_zeros_has_a_finite_slope():
    encoder, _ = text_autoencoder(SPEC, code=2, embedding=3, width=5)
    zeros = jax.tree.map(jnp.zeros_like, encoder.init(jax.random.key(0))[0])
    found = jax.jit(jax.grad(lambda params: encoder.apply(params, {}, EVERY).sum()))(zeros)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(found))


def step(own, hidden, cell, given):
    """An LSTM and the probabilities of its symbols, by NumPy."""
    sigma = lambda a: 1 / (1 + np.exp(-a))
    gates = np.concatenate([given, hidden]) @ own["kernel"] + own["bias"]
    i, f, g, o = np.split(gates, 4)
    cell = sigma(f) * cell + sigma(i) * np.tanh(g)
    hidden = sigma(o) * np.tanh(cell)
    shares = np.exp(hidden @ own["output"] + own["shift"])
    return hidden, cell, shares / shares.sum()


def log_likelihood(own, code, text):
    """Of each symbol: the code beside the embedding of the symbol before, which is 0 at first."""
    hidden, cell, before, found = np.zeros(5), np.zeros(5), np.zeros(3), []
    for symbol in text:
        hidden, cell, shares = step(own, hidden, cell, np.concatenate([before, code]))
        before = own["embedding"][symbol]
        found.append(np.log(shares[symbol]))
    return found


def test_probabilities_are_those_of_an_lstm_that_is_told_the_code(networks):
    _, decode, own = networks
    found = np.asarray(decode(jnp.tile(CODE, (64, 1)), None, EVERY))
    expected = [log_likelihood(own, CODE, text) for text in INDICES]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.exp(found.sum(1)).sum(), 1, rtol=1e-5)
    other = decode(jnp.tile(-CODE, (64, 1)), None, EVERY)
    assert np.abs(other - found).max() > 0.1


def test_text_is_drawn_by_its_probability_under_its_code(networks):
    _, decode, own = networks
    z = np.random.default_rng(0).uniform(size=(8000, 3)).astype(np.float32)
    codes = jnp.concatenate([jnp.tile(CODE, (4000, 1)), jnp.tile(-CODE, (4000, 1))])
    text = np.asarray(decode(codes, z))
    assert set(np.unique(text)) == {0, 1} and (text.sum(-1) == 1).all()
    numbers = text.argmax(-1) @ [16, 4, 1]
    for code, drawn in ((CODE, numbers[:4000]), (-CODE, numbers[4000:])):
        expected = 4000 * np.exp([sum(log_likelihood(own, code, each)) for each in INDICES])
        place = np.where(expected < 5, 64, np.arange(64))  # rare texts are counted together
        counts = np.bincount(place[drawn], minlength=65)
        expected = np.bincount(place, expected, minlength=65)
        counts, expected = counts[expected > 0], expected[expected > 0]
        assert stats.chisquare(counts, expected, sum_check=False).pvalue > 1e-3


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"need text; the data of shape \(2,\) are none"):
        text_autoencoder(data.open("ring").spec)
    with pytest.raises(ValueError, match="1 wide or more; given: 0"):
        text_autoencoder(SPEC, code=0)
    encoder, decoder = text_autoencoder(SPEC, code=2, embedding=3, width=5)
    with pytest.raises(ValueError, match=r"TextEncoder got \(2, 3\)"):
        encoder.apply(*encoder.init(jax.random.key(0)), jnp.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"TextDecoder was made for inputs .*\[2, 2\].*\[2, 7\]"):
        decoder.apply(*decoder.init(jax.random.key(0)), jnp.zeros((2, 7)), None, EVERY[:2])


def test_a_roll_out_keeps_what_stands(networks):
    z = np.random.default_rng(1).uniform(size=(64, 3)).astype(np.float32)
    codes = jnp.tile(CODE, (64, 1))
    text = networks[1](codes, z, EVERY, 2)
    np.testing.assert_array_equal(text[:, :2], EVERY[:, :2])
    assert not (text[:, 2] == EVERY[:, 2]).all()
