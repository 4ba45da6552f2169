from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import data
from gan_jax.data.oracle import log_likelihood, weights
from gan_jax.data.spec import Oracle, Spec
from gan_jax.networks import LSTMPolicy, TextCNN, policy_pair

SPEC = Spec((3, 4), 1.0, 0.0, vocabulary=tuple("abcd"), oracle=Oracle(5, 0))
ORACLE = weights(SPEC.oracle, 4)._asdict()
EVERY = np.array(list(product(range(4), repeat=3)))
POLICY = LSTMPolicy((3, 4), 5, 5)


@jax.jit
def play(*inputs):
    """The policy with the weights of the oracle."""
    return POLICY.apply({"params": jax.tree.map(jnp.float32, ORACLE)}, *inputs)


def test_probabilities_are_those_of_the_oracle():
    """Which is written in NumPy and knows nothing of this network."""
    found = np.asarray(play(None, SPEC.decode(EVERY)))
    np.testing.assert_allclose(found, log_likelihood(SPEC, EVERY), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.exp(found.sum(1)).sum(), 1, rtol=1e-5)


def test_text_is_drawn_by_its_probability():
    z = np.random.default_rng(0).uniform(size=(4000, 3)).astype(np.float32)
    text = np.asarray(play(z))
    assert set(np.unique(text)) == {0, 1} and (text.sum(-1) == 1).all()
    expected = 4000 * np.exp(log_likelihood(SPEC, EVERY).sum(1))
    counts = np.bincount(text.argmax(-1) @ [16, 4, 1], minlength=64)
    assert expected.min() > 5 and stats.chisquare(counts, expected).pvalue > 1e-3


def test_the_ends_of_the_latents_are_symbols_too():
    text = play(jnp.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]))
    assert text.argmax(-1).tolist() == [[0, 0, 0], [3, 3, 3]]


def test_a_roll_out_keeps_what_stands():
    """What follows is drawn given what stands; of nothing it is new text, of all the text."""
    z = np.random.default_rng(1).uniform(size=(64, 3)).astype(np.float32)
    x, kept = jnp.asarray(SPEC.decode(EVERY)), np.arange(64) % 4
    text = play(z, x, kept)
    for row, count in enumerate(kept):
        np.testing.assert_array_equal(text[row, :count], x[row, :count])
    np.testing.assert_array_equal(text[kept == 0], play(z)[kept == 0])
    many = np.random.default_rng(2).uniform(size=(4000, 3)).astype(np.float32)
    last = play(many, jnp.tile(x[:1], (4000, 1, 1)), 2)[:, 2].mean(0)
    same = EVERY[(EVERY[:, :2] == EVERY[0, :2]).all(1)]
    expected = np.exp(log_likelihood(SPEC, same)[:, 2])
    np.testing.assert_allclose(last, expected, atol=4 * np.sqrt(0.25 / 4000))


def test_the_critic_looks_for_phrases():
    """A convolution, its maximum over time and the highway layer, written out."""
    critic = TextCNN((2, 3), (4, 5), 6)
    x = np.random.default_rng(0).uniform(size=(2, 7, 4)).astype(np.float32)
    params = critic.init(jax.random.key(1), x)["params"]
    own = jax.tree.map(np.asarray, params)
    embedded, found = x @ own["embedding"], []
    for name, size in (("ConvTime_0", 2), ("ConvTime_1", 3)):
        before = (size - 1) // 2
        padded = np.pad(embedded, ((0, 0), (before, size - 1 - before), (0, 0)))
        windows = np.stack([padded[:, t : t + size] for t in range(7)], axis=1)
        values = np.einsum("btui,uio->bto", windows, own[name]["kernel"]) + own[name]["bias"]
        found.append(np.maximum(values, 0).max(1))
    hidden = np.concatenate(found, axis=1)
    layer = lambda name, h: h @ own[name]["kernel"] + own[name]["bias"]
    share = 1 / (1 + np.exp(-layer("share", hidden)))
    hidden = share * np.maximum(layer("new", hidden), 0) + (1 - share) * hidden
    np.testing.assert_allclose(
        critic.apply({"params": params}, x), layer("score", hidden)[:, 0], rtol=1e-4, atol=1e-5
    )


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"need text; the data of shape \(2,\) are none"):
        policy_pair(data.open("ring").spec)
    with pytest.raises(ValueError, match="maps of 2 sizes, 1, 2; given: 3 widths"):
        policy_pair(SPEC, sizes=(1, 2), maps=(8, 8, 8))
    generator, critic = policy_pair(SPEC, sizes=(1,), maps=2)
    with pytest.raises(ValueError, match=r"expected \[batch, 3\] and \[batch, 3, 4\]"):
        generator.apply(*generator.init(jax.random.key(0)), jnp.zeros((2, 5)))
    with pytest.raises(ValueError, match=r"TextCNN got \(2, 3\)"):
        critic.apply(*critic.init(jax.random.key(0)), jnp.zeros((2, 3)))
