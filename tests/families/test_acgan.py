"""The class terms of AC-GAN, against their formula."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, priors
from gan_jax.game import Network
from tests.playing import draw, loss

KEYS = jax.random.split(jax.random.key(0), 4)
LABEL = np.array([0, 1, 1, 0], np.int32)


def network(apply) -> Network:
    return Network(lambda key: ({"w": np.float32(2)}, {}), lambda p, s, *x: apply(p["w"], *x))


TRUNK = network(lambda w, x: w * x)


def game(trunk=TRUNK, **rest):
    return families.acgan(
        network(lambda w, z, label: w * z + label[:, None]),
        network(lambda w, x: w * x.sum(1)),
        network(lambda w, x: w * jnp.concatenate([x, 0 * x], axis=1)),
        trunk,
        prior=priors.normal(1),
        generator_optimizer=optax.sgd(0.1),
        critic_optimizer=optax.sgd(0.1),
        **rest,
    )


def entropy(features, label):
    logits = 2.0 * np.stack([features, 0 * features], 1)
    likelihood = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    return -likelihood[np.arange(4), label].mean()


@pytest.mark.parametrize("trunk, factor", [(TRUNK, 2.0), (None, 1.0)])
def test_the_losses_are_their_formulas(trunk, factor):
    made = game(trunk, weight=3.0)
    x = {"real": np.float32([[1.0], [-0.5], [2.0], [0.3]]), "fake": np.float32([[0.1]] * 4)}
    value, metrics = loss(made, "critic", KEYS, x | {"label": LABEL})
    real, fake = (factor * x[name][:, 0] for name in ("real", "fake"))
    adversarial = np.logaddexp(0, -2 * real).mean() + np.logaddexp(0, 2 * fake).mean()
    classes = entropy(real, LABEL) + entropy(fake, LABEL)
    np.testing.assert_allclose(value, adversarial + 3 * classes, rtol=1e-5)
    np.testing.assert_allclose(metrics["class"], classes, rtol=1e-5)
    assert metrics["accuracy"] == 0.75 and metrics["accuracy_of_fakes"] == 0.5
    value, _ = loss(made, "generator", KEYS, x | {"label": LABEL})
    fake = factor * (2 * np.asarray(jax.jit(priors.normal(1))(KEYS))[:, 0] + LABEL)
    expected = np.logaddexp(0, -2 * fake).mean() + 3 * entropy(fake, LABEL)
    np.testing.assert_allclose(value, expected, rtol=1e-5)


def test_the_conditional_wgan_gp_is_its_formula():
    """As in its authors' code: its class terms are of real examples, and a tenth in G."""
    made = game(
        network(lambda w, x: w * x**2),
        loss=losses.wasserstein,
        penalty=losses.gradient_penalty(10.0),
        weight=2.0,
        generator_weight=0.1,
        of_fakes=False,
    )
    x = {"real": np.float32([[1.0], [-0.5], [2.0], [0.3]]), "label": LABEL}
    x = draw(made, "critic", KEYS, x)
    value, metrics = loss(made, "critic", KEYS, x)
    real, fake, share = (np.float64(x[name]) for name in ("real", "fake", "drawn"))
    slopes = 8 * abs(share.reshape(4, 1) * real + (1 - share.reshape(4, 1)) * fake)  # of 4 x^2
    classes = entropy(2 * real[:, 0] ** 2, LABEL)
    expected = (4 * fake**2).mean() - (4 * real**2).mean() + 2 * classes
    np.testing.assert_allclose(metrics["penalty"], ((slopes - 1) ** 2).mean(), rtol=1e-4)
    np.testing.assert_allclose(value, expected + 10 * ((slopes - 1) ** 2).mean(), rtol=1e-4)
    np.testing.assert_allclose(metrics["class"], classes, rtol=1e-5)
    value, _ = loss(made, "generator", KEYS, x)
    fake = 2 * (2 * np.asarray(jax.jit(priors.normal(1))(KEYS))[:, 0] + LABEL) ** 2
    np.testing.assert_allclose(value, -2 * fake.mean() + 0.1 * entropy(fake, LABEL), rtol=1e-4)


def test_a_penalty_needs_a_trunk_that_judges_one_by_one():
    mixing = TRUNK._replace(mixes=True)
    with pytest.raises(ValueError, match="example by example"):
        game(mixing, penalty=losses.gradient_penalty())
    game(mixing)


def test_the_critic_trains_the_classifier_and_what_they_share():
    assert game().players["critic"].trains == ("critic", "classifier", "trunk")
    assert game(None, critic_moves=2).players["critic"].trains == ("critic", "classifier")
    assert game().players["generator"].trains == ("generator",)


def test_data_without_labels_are_refused():
    with pytest.raises(ValueError, match="have no labels"):
        loss(game(), "generator", KEYS, {"real": np.ones((4, 1), np.float32)})


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="weight of the class terms is -1: it must be 0 or more"):
        game(weight=-1.0)
    with pytest.raises(ValueError, match="weight of the class terms is -2: it must be 0 or more"):
        game(generator_weight=-2.0)
    with pytest.raises(ValueError, match="`penalty` is made by such as"):
        game(penalty=10.0)
