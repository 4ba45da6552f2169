"""InfoGAN with networks that can be read: an example is its latent, the posterior reads it."""

import jax
import numpy as np
import optax
import pytest

from gan_jax import codes, families, losses, priors
from gan_jax.game import Network, bind
from tests.playing import start

KEYS = jax.random.split(jax.random.key(0), 32)
CODES = {"digit": codes.categorical(3), "style": codes.uniform(1)}
REAL = {"real": np.ones((32, 5), np.float32)}


def scaled(value, columns=slice(None)):
    apply = lambda p, s, x: p["w"] * x[:, columns]
    return Network(lambda key: ({"w": np.float32(value)}, {}), apply)


def game(**changes):
    """A latent is one number of noise, three of the digit and one of style."""
    critic = scaled(0.7)._replace(apply=lambda p, s, x: p["w"] * x[:, 0])
    made = {"generator": scaled(1.0), "trunk": scaled(1.0), "critic": critic}
    made["posterior"] = scaled(1.0, slice(1, None))
    rest = {"generator_optimizer": optax.sgd(0.1), "critic_optimizer": optax.sgd(0.1)}
    given = {"noise": priors.normal(1), "codes": CODES, "loss": losses.wasserstein}
    return families.infogan(**(made | rest | given | changes))


def play(made, player):
    """Loss, metrics and gradients of a player, on latents of the keys."""
    state = start(made)

    def value(params):
        nets, batch = bind(made, state._replace(params=params)), REAL
        if player == "critic":
            batch = made.players["critic"].draw(bind(made, state), KEYS, batch)
        return made.players[player].loss(nets, KEYS, batch)

    play = jax.jit(jax.value_and_grad(value, has_aux=True))
    (loss, metrics), slopes = jax.device_get(play(state.params))
    return loss, metrics, {name: float(slope["w"]) for name, slope in slopes.items()}


LATENT = np.asarray(jax.jit(codes.latents(priors.normal(1), CODES))(KEYS))
KNOWN = jax.jit(lambda latent: codes.information(CODES, latent[:, 1:], latent))(LATENT)
KNOWN = {name: float(value) for name, value in KNOWN.items()}


def test_both_losses_are_those_of_the_gan_minus_the_information():
    weight = {"digit": 2.0, "style": 0.5}
    total = sum(weight[name] * KNOWN[name] for name in CODES)
    real, fake = 0.7, 0.7 * LATENT[:, 0].mean()
    loss, metrics, _ = play(game(weight=weight), "critic")
    np.testing.assert_allclose(loss, fake - real - total, rtol=1e-5)
    np.testing.assert_allclose([metrics["real"], metrics["fake"]], [real, fake], rtol=1e-5)
    loss, metrics, _ = play(game(weight=weight), "generator")
    np.testing.assert_allclose(loss, -fake - total, rtol=1e-5)
    for name, code in CODES.items():
        np.testing.assert_allclose(metrics[f"{name}_information"], KNOWN[name], rtol=1e-5)
        np.testing.assert_allclose(metrics[f"{name}_ceiling"], code.ceiling, rtol=1e-5)


def test_the_information_moves_posterior_trunk_and_generator_alike():
    """In all three the outputs are scaled by one number; the digit's slope in it has a closed form.

    H + log softmax(w c)_c = H + w - log(e^w + 2), whose slope at 1 is 2 / (e + 2).
    """
    digit = {"codes": {"digit": CODES["digit"]}, "noise": priors.normal(2)}
    digit["posterior"] = scaled(1.0, slice(2, None))
    expected = -2 / (np.e + 2)
    none = scaled(0.0)._replace(apply=lambda p, s, x: 0 * p["w"] * x[:, 0])
    _, _, critic = play(game(critic=none, **digit), "critic")
    np.testing.assert_allclose([critic["posterior"], critic["trunk"]], expected, rtol=1e-5)
    _, _, generator = play(game(critic=none, **digit), "generator")
    np.testing.assert_allclose(generator["generator"], expected, rtol=1e-5)


def test_the_penalty_is_of_the_critic_on_its_trunk():
    """The score is w v x_0, with w = 0.7 of the critic and v = 3 of the trunk: its slope is 2.1."""
    made = {"trunk": scaled(3.0), "penalty": losses.zero_centred(5.0)}
    loss, metrics, _ = play(game(**made), "critic")
    more, _, _ = play(game(**made | {"penalty": losses.zero_centred(8.0)}), "critic")
    np.testing.assert_allclose(metrics["penalty"], 2.1**2 / 2, rtol=1e-5)
    np.testing.assert_allclose(more - loss, 3 * 2.1**2 / 2, rtol=1e-5)
    assert game(**made).players["critic"].separate == ("trunk", "critic")
    mixing = scaled(3.0)._replace(mixes=True)
    with pytest.raises(ValueError, match="mixes|batch norm"):
        game(**made | {"trunk": mixing})
    with pytest.raises(ValueError, match="`penalty` is made by"):
        game(penalty=10.0)


def test_what_does_not_fit_is_refused_when_the_game_is_made():
    with pytest.raises(ValueError, match=r"posterior gives outputs of shape \(5,\) where \(4,\).*"):
        game(posterior=scaled(1.0))
    with pytest.raises(ValueError, match="Give a code or more"):
        game(codes={})
    with pytest.raises(ValueError, match="a weight for each"):
        game(weight={"digit": 1.0})
    for weight in (-1.0, {"digit": 1.0, "style": -1.0}):
        with pytest.raises(ValueError, match="weight of the code (digit|style) is -1"):
            game(weight=weight)
    with pytest.raises(ValueError, match="`loss` is a pair"):
        game(loss="hinge")
