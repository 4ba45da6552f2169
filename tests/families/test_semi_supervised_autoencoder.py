"""Semi-supervised adversarial autoencoders: E(x) = (s, logits), each of its players by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, networks, priors
from gan_jax.data import Spec
from gan_jax.game import Network, bind
from tests.playing import draw, loss, start

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 4)).astype(np.float32)
FEW = {"labelled": X[::-1], "labelled_label": np.array([0, 2, 1, 1, 0, 2], np.int32)}
KEYS = jax.random.split(jax.random.key(0), 6)
WEIGHTS = RANDOM.normal(size=(4, 4)).astype(np.float32)
NAMES = ("autoencoder", "critic", "encoder", "classifier")
OPTIMIZERS = {f"{who}_optimizer": optax.sgd(0.1) for who in NAMES}


def linear(weights):
    weights = np.asarray(weights, np.float32)
    return Network(lambda key: ({"w": weights}, {}), lambda p, s, x: x @ p["w"])


def square(value):
    params = {"w": np.float32(value)}
    return Network(lambda key: (params, {}), lambda p, s, z: p["w"] * jnp.square(z).sum(1))


def game(**changes):
    made = {"encoder": linear(WEIGHTS), "generator": linear(WEIGHTS.T)}
    made |= {"critic": square(1.5), "class_critic": square(0.5)}
    rest = {"style": priors.normal(1), "classes": 3, "loss": losses.wasserstein}
    return families.semi_supervised_autoencoder(**(made | rest | OPTIMIZERS | changes))


def slopes(made, player, batch):
    state = start(made)

    def value(params):
        nets = bind(made, state._replace(params=params))
        return made.players[player].loss(nets, KEYS, batch)[0]

    return jax.device_get(jax.jit(jax.value_and_grad(value))(state.params))


def softmax(logits):
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def test_the_decoder_sees_the_style_and_the_probabilities():
    value, found = slopes(game(), "autoencoder", {"real": X})
    output = np.asarray(X) @ WEIGHTS
    latent = np.concatenate([output[:, :1], softmax(output[:, 1:])], axis=1)
    squares = np.square(latent @ WEIGHTS.T - X).sum(1).mean()
    np.testing.assert_allclose(value, squares / 2 + 2 * np.log(2 * np.pi), rtol=1e-5)
    assert abs(found["encoder"]["w"]).min() > 0
    assert found["critic"]["w"] == found["class_critic"]["w"] == 0


def test_the_classifier_minimises_the_cross_entropy_of_the_labelled_examples_alone():
    made = game()
    value, found = slopes(made, "classifier", {"real": 9 * X} | FEW)
    x, label = np.asarray(FEW["labelled"]), np.asarray(FEW["labelled_label"])
    probabilities = softmax(x @ WEIGHTS[:, 1:])
    np.testing.assert_allclose(value, -np.log(probabilities[range(6), label]).mean(), rtol=1e-5)
    expected = x.T @ (probabilities - np.eye(3)[label]) / 6
    np.testing.assert_allclose(found["encoder"]["w"][:, 1:], expected, rtol=1e-4, atol=1e-6)
    assert not found["encoder"]["w"][:, 0].any()  # nothing of the style
    _, metrics = loss(made, "classifier", KEYS, FEW)
    assert metrics["accuracy"] == pytest.approx((probabilities.argmax(1) == label).mean())


def test_each_critic_compares_its_part_of_the_code_with_its_prior():
    made = game()
    drawn = draw(made, "critic", KEYS, {"real": X})
    assert set(np.unique(drawn["class"])) == {0, 1} and (drawn["class"].sum(1) == 1).all()
    np.testing.assert_allclose(drawn["found"], softmax(np.asarray(X) @ WEIGHTS[:, 1:]), rtol=1e-5)
    _, found = slopes(made, "critic", drawn)
    for network, real, fake in (("critic", "style", "code"), ("class_critic", "class", "found")):
        norms = [np.square(np.asarray(drawn[name])).sum(1).mean() for name in (real, fake)]
        np.testing.assert_allclose(found[network]["w"], norms[1] - norms[0], rtol=1e-5)
    value, found = slopes(made, "encoder", {"real": X})
    code, kind = np.asarray(drawn["code"]), np.asarray(drawn["found"])
    expected = -1.5 * np.square(code).sum(1).mean() - 0.5 * np.square(kind).sum(1).mean()
    np.testing.assert_allclose(value, expected, rtol=1e-5)
    assert not found["generator"]["w"].any()


def test_clusters_need_no_label():
    made = game(classifier_optimizer=None)
    assert list(made.players) == ["autoencoder", "critic", "encoder"]
    with pytest.raises(ValueError, match=r"no labels to learn from: give --data SPEC\?labelled=N"):
        loss(game(), "classifier", KEYS, {"real": X})


def test_what_does_not_fit_is_refused_when_the_game_is_made():
    spec = Spec(shape=(4,), scale=1.0, offset=0.0)
    pair = networks.mlp_autoencoder(spec, latent=4, outputs=3, widths=(4,))
    with pytest.raises(ValueError, match=r"shape \(3,\) where \(4,\).*a style and 3 classes"):
        game(encoder=pair[0], generator=pair[1])
    with pytest.raises(ValueError, match=r"made for inputs .*\[2, 2\].*\[2, 3\]"):
        game(class_critic=networks.vector_critic(2, widths=(4,)))
    with pytest.raises(ValueError, match="`loss` is a pair"):
        game(loss="hinge")
    with pytest.raises(ValueError, match="2 classes or more"):
        game(classes=1)
