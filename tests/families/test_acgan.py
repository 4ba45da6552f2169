"""The class terms of AC-GAN, against their formula."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, priors
from gan_jax.game import Network
from tests.playing import loss

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
