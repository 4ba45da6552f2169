"""Adversarial autoencoders of lines: G(z) = a z, E(x) = b x, d(z) = w z^2."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, networks, priors
from gan_jax.data import Spec
from gan_jax.game import Network, bind
from tests.playing import draw, loss, start

X = np.random.default_rng(0).normal(size=(6, 1)).astype(np.float32)
LABELS = np.array([0, 1, 2] * 2, np.int32)
KEYS = jax.random.split(jax.random.key(0), 6)
SGD = optax.sgd(0.1)
OPTIMIZERS = {f"{who}_optimizer": SGD for who in ("autoencoder", "critic", "encoder")}


def line(value):
    return Network(lambda key: ({"w": np.float32(value)}, {}), lambda p, s, x: p["w"] * x)


def square(value):
    return line(value)._replace(apply=lambda p, s, z: p["w"] * jnp.square(z).sum(1))


def game(**changes):
    made = {"encoder": line(0.3), "generator": line(2.0), "critic": square(1.5)}
    rest = {"prior": priors.normal(1), "loss": losses.wasserstein}
    return families.adversarial_autoencoder(**(made | rest | OPTIMIZERS | changes))


def slopes(made, player, batch):
    state = start(made)

    def value(params):
        nets = bind(made, state._replace(params=params))
        return made.players[player].loss(nets, KEYS, batch)[0]

    return jax.device_get(jax.jit(jax.value_and_grad(value))(state.params))


def test_the_autoencoder_minimises_the_squared_error():
    value, found = slopes(game(), "autoencoder", {"real": X})
    squares = float(np.square(X).mean())
    constant = np.log(2 * np.pi) / 2
    np.testing.assert_allclose(value, 0.4**2 * squares / 2 + constant, rtol=1e-5)
    np.testing.assert_allclose(found["encoder"]["w"], -0.4 * 2.0 * squares, rtol=1e-5)
    np.testing.assert_allclose(found["generator"]["w"], -0.4 * 0.3 * squares, rtol=1e-5)
    assert found["critic"]["w"] == 0


def test_the_critic_compares_codes_with_the_prior_and_the_encoder_follows_it():
    made = game()
    drawn = draw(made, "critic", KEYS, {"real": X})
    np.testing.assert_array_equal(drawn["latent"], jax.jit(priors.normal(1))(KEYS))
    np.testing.assert_allclose(drawn["code"], 0.3 * X, rtol=1e-6)
    _, found = slopes(made, "critic", drawn)
    expected = np.square(drawn["code"]).mean() - np.square(drawn["latent"]).mean()
    np.testing.assert_allclose(found["critic"]["w"], expected, rtol=1e-5)
    _, found = slopes(made, "encoder", {"real": X})
    expected = -2 * 1.5 * 0.3 * float(np.square(X).mean())
    np.testing.assert_allclose(found["encoder"]["w"], expected, rtol=1e-5)
    assert found["generator"]["w"] == 0


def labelled(**changes):
    spec = Spec(
        shape=(1,), scale=1.0, offset=0.0, classes=("a", "b", "c"), frequencies=(1 / 3,) * 3
    )
    pair = networks.mlp_autoencoder(spec, latent=2, widths=(4,), conditional=True)
    given = {
        "prior": priors.mixture(np.float32([[9.0, 0.0], [-9.0, 0.0], [0.0, 9.0]]), 0.1),
        "critic": networks.vector_critic(2, widths=(4,), classes=3),
        "labelled_prior": True,
        "labelled_generator": True,
    }
    return game(**({"encoder": pair[0], "generator": pair[1]} | given | changes))


def test_labels_choose_the_part_of_the_prior_and_reach_critic_and_decoder():
    made = labelled()
    batch = {"real": X, "label": LABELS}
    drawn = draw(made, "critic", KEYS, batch)
    assert (np.argmax(drawn["latent"], axis=1)[LABELS != 1] == LABELS[LABELS != 1] / 2).all()
    other = {"label": (LABELS + 1) % 3}
    for player, given in (("critic", drawn), ("encoder", batch), ("autoencoder", batch)):
        one, two = (float(loss(made, player, KEYS, x)[0]) for x in (given, given | other))
        assert abs(one - two) > 1e-4


def test_data_without_the_labels_that_it_needs_are_refused():
    made = labelled()
    for player in made.players:
        with pytest.raises(ValueError, match="have no labels"):
            loss(made, player, KEYS, {"real": X, "latent": X, "code": X})


def test_what_does_not_fit_is_refused_when_the_game_is_made():
    with pytest.raises(ValueError, match=r"outputs of shape \(1,\) where \(2,\).*as the prior"):
        labelled(encoder=line(1.0)._replace(apply=lambda p, s, x: x[:, :1]))
    with pytest.raises(ValueError, match=r"MLPCritic was made for inputs .*\[2, 3\].*\[2, 2\]"):
        labelled(critic=networks.vector_critic(3, widths=(4,), classes=3))
    with pytest.raises(ValueError, match="classes=0 got labels"):
        labelled(critic=networks.vector_critic(2, widths=(4,)))
    with pytest.raises(ValueError, match="`loss` is a pair"):
        game(loss="hinge")
