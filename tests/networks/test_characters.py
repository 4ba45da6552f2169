from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.networks import TextCritic, TextGenerator, text_pair
from gan_jax.networks.characters import TimeBlock, convolve_time

SPEC = Spec((6, 4), 1.0, 0.0, vocabulary=tuple("abcd"))


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_convolution_is_the_compilers_own(size):
    x, kernel = draw(2, 7, 3), draw(size, 3, 4, seed=1)
    padding = [((size - 1) // 2, size // 2)]
    layout = ("NWC", "WIO", "NWC")
    expected = jax.lax.conv_general_dilated(x, kernel, (1,), padding, dimension_numbers=layout)
    np.testing.assert_allclose(convolve_time(x, kernel), expected, rtol=1e-5, atol=1e-5)


def test_a_block_adds_three_tenths_of_its_branch():
    x = draw(2, 7, 3)
    params = TimeBlock().init(jax.random.key(0), x)["params"]
    relu = lambda x: jnp.maximum(x, 0)
    hidden = x
    for name in ("first", "second"):
        bias = draw(3, seed=2)
        params[name]["bias"] = bias
        hidden = convolve_time(relu(hidden), params[name]["kernel"]) + bias[None, None]
    found = TimeBlock().apply({"params": params}, x)
    np.testing.assert_allclose(found, x + 0.3 * hidden, rtol=1e-5, atol=1e-6)


def test_text_is_made_of_probabilities_and_scores_of_both():
    generator, critic = text_pair(SPEC, latent=3, width=8, blocks=2)
    text = generator.apply(*generator.init(jax.random.key(0)), draw(5, 3))
    assert text.shape == (5, 6, 4) and (text > 0).all()
    np.testing.assert_allclose(text.sum(-1), 1, rtol=1e-6)
    assert critic.apply(*critic.init(jax.random.key(0)), text).shape == (5,)
    assert not (generator.mixes or critic.mixes)


def test_gumbel_noise_draws_by_the_softmax():
    generator = TextGenerator((1, 4), width=8, blocks=1, straight_through=True)
    z = jnp.broadcast_to(draw(1, 3), (4000, 3))
    variables = generator.init(jax.random.key(0), z[:1])
    noise = jax.random.gumbel(jax.random.key(1), (4000, 1, 4))
    drawn = generator.apply(variables, (z, noise))
    assert set(np.unique(np.asarray(drawn).round(6))) == {0, 1}
    plain = TextGenerator((1, 4), width=8, blocks=1).apply(variables, z[:1])
    np.testing.assert_allclose(drawn.mean(0), plain[0], atol=0.04)  # five deviations


def test_straight_through_has_the_gradient_of_the_softmax():
    given = draw(2, 3), draw(2, 6, 4, seed=1)
    weights = draw(2, 6, 4, seed=2)
    make = lambda hard: TextGenerator((6, 4), 8, 1, temperature=0.7, straight_through=hard)
    variables = jax.jit(make(False).init)(jax.random.key(0), given)
    total = lambda v, hard: (weights * make(hard).apply(v, given)).sum()
    slopes = [jax.jit(jax.grad(partial(total, hard=hard)))(variables) for hard in (False, True)]
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6), *slopes)


def test_a_low_temperature_is_nearly_one_hot():
    given = draw(2, 3), draw(2, 6, 4, seed=1)
    variables = TextGenerator((6, 4), 8, 1).init(jax.random.key(0), given)
    soft, sharp = (
        TextGenerator((6, 4), 8, 1, temperature=t).apply(variables, given).max(-1).mean()
        for t in (1.0, 0.05)
    )
    assert soft < 0.9 < sharp


def test_the_gradient_of_a_penalty_is_that_of_differences():
    with jax.enable_x64(True):
        x, other = (jax.nn.softmax(draw(2, 6, 4, seed=s).astype(jnp.float64)) for s in (0, 1))
        critic = TextCritic(4, blocks=1)
        params = critic.init(jax.random.key(0), x)["params"]
        params = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), params)
        keys = jax.random.split(jax.random.key(1), 2)

        @jax.jit
        def penalty(kernel):
            changed = params | {"ConvTime_0": params["ConvTime_0"] | {"kernel": kernel}}
            score = lambda x: critic.apply({"params": changed}, x)
            return gradient_penalty()(score, keys, x, other)

        kernel = params["ConvTime_0"]["kernel"]
        slopes = jax.grad(penalty)(kernel)
        for index in ((0, 0, 0), (0, 1, 2), (0, 3, 3)):
            ends = [penalty(kernel.at[index].add(step)) for step in (1e-6, -1e-6)]
            expected = (ends[0] - ends[1]) / 2e-6
            np.testing.assert_allclose(slopes[index], expected, rtol=1e-4, atol=1e-8)


def test_what_is_no_text_is_refused():
    with pytest.raises(ValueError, match="need text; the data of shape"):
        text_pair(Spec((6, 4), 1.0, 0.0), latent=3)
    with pytest.raises(ValueError, match="temperature"):
        text_pair(SPEC, latent=3, temperature=0.0)
    with pytest.raises(ValueError, match=r"expected \[batch, time, symbols\]"):
        TextCritic(4).init(jax.random.key(0), jnp.zeros((2, 3)))
