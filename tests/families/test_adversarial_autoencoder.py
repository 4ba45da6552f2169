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
CENTRES = np.float32([[9.0, 0.0], [-9.0, 0.0], [0.0, 9.0]])
PRIOR = priors.mixture(CENTRES, 0.1)
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


def labelled(labelled_generator=True, **changes):
    spec = Spec(
        shape=(1,), scale=1.0, offset=0.0, classes=("a", "b", "c"), frequencies=(1 / 3,) * 3
    )
    pair = networks.mlp_autoencoder(spec, latent=2, widths=(4,), conditional=labelled_generator)
    given = {
        "prior": PRIOR,
        "critic": networks.vector_critic(2, widths=(4,), classes=3),
        "labelled_prior": True,
        "labelled_generator": labelled_generator,
    }
    return game(**({"encoder": pair[0], "generator": pair[1]} | given | changes))


def test_labels_choose_the_part_of_the_prior_and_reach_critic_and_decoder():
    made = labelled()
    batch = {"real": X, "label": LABELS}
    drawn = draw(made, "critic", KEYS, batch)
    np.testing.assert_array_equal(drawn["latent"], jax.jit(PRIOR)(KEYS, LABELS))
    assert (np.argmax(drawn["latent"], axis=1)[LABELS != 1] == LABELS[LABELS != 1] / 2).all()
    other = {"label": (LABELS + 1) % 3}
    for player, given in (("critic", drawn), ("encoder", batch), ("autoencoder", batch)):
        one, two = (float(loss(made, player, KEYS, x)[0]) for x in (given, given | other))
        assert abs(one - two) > 1e-4


FEW = {"real": X, "labelled": X + 1, "labelled_label": LABELS}


def test_where_few_labels_are_known_the_others_are_of_the_whole_prior():
    made = labelled(labelled_generator=False)
    drawn = draw(made, "critic", KEYS, FEW)
    nearest = np.linalg.norm(drawn["latent"][:, None] - CENTRES, axis=2).argmin(1)
    np.testing.assert_array_equal(nearest[6:], LABELS)
    assert (nearest[:6] != LABELS).any()
    nets = bind(made, start(made))
    codes = [nets.encoder(x) for x in (X, FEW["labelled"])]
    np.testing.assert_allclose(drawn["code"], np.concatenate(codes), rtol=1e-5)
    seen = np.concatenate([0 * LABELS - 1, LABELS])
    real, fake = (nets.critic(drawn[name], seen) for name in ("latent", "code"))
    value, _ = loss(made, "critic", KEYS, drawn)
    np.testing.assert_allclose(value, fake.mean() - real.mean(), rtol=1e-5)


def test_the_loss_of_an_unlabelled_example_knows_nothing_of_its_label():
    made = labelled(labelled_generator=False)
    drawn = draw(made, "critic", KEYS, FEW)
    for player, given in (("critic", drawn), ("encoder", FEW), ("autoencoder", FEW)):
        value, _ = loss(made, player, KEYS, given)
        hidden, _ = loss(made, player, KEYS, given | {"label": LABELS})
        assert value == hidden
        other = {"labelled_label": (LABELS + 1) % 3}
        assert (loss(made, player, KEYS, given | other)[0] != value) == (player != "autoencoder")


def test_data_without_the_labels_that_it_needs_are_refused():
    made = labelled()
    for player in made.players:
        with pytest.raises(ValueError, match="have no labels"):
            loss(made, player, KEYS, {"real": X, "latent": X, "code": X})
    with pytest.raises(ValueError, match="but for a few"):
        loss(made, "autoencoder", KEYS, FEW)


def test_what_does_not_fit_is_refused_when_the_game_is_made():
    with pytest.raises(ValueError, match=r"outputs of shape \(1,\) where \(2,\).*as the prior"):
        labelled(encoder=line(1.0)._replace(apply=lambda p, s, x: x[:, :1]))
    with pytest.raises(ValueError, match=r"MLPCritic was made for inputs .*\[2, 3\].*\[2, 2\]"):
        labelled(critic=networks.vector_critic(3, widths=(4,), classes=3))
    with pytest.raises(ValueError, match="classes=0 got labels"):
        labelled(critic=networks.vector_critic(2, widths=(4,)))
    with pytest.raises(ValueError, match="`loss` is a pair"):
        game(loss="hinge")
