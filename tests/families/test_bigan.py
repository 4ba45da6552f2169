"""BiGAN on lines: G(z) = a z, E(x) = b x, and a critic that is quadratic in the pair."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, priors
from gan_jax.game import Network, bind
from tests.playing import draw, halves, start

Z = np.random.default_rng(0).normal(size=(64, 1)).astype(np.float32)
KEYS = jax.random.split(jax.random.key(0), 64)
GAIN = 2.0


def line(value):
    return Network(lambda key: ({"w": np.float32(value)}, {}), lambda p, s, x: p["w"] * x)


def features(x, z):
    return jnp.concatenate([x * x, x * z, z * z], axis=1)


def quadratic(weights):
    """w1 x^2 + w2 x z + w3 z^2."""
    score = lambda p, s, x, z: features(x, z) @ p["w"]
    return Network(lambda key: ({"w": np.float32(weights)}, {}), score)


def slopes(player, encoder, weights=(0.0, 0.0, 0.0), loss=losses.non_saturating):
    """Gradients of a player's loss on the examples G(Z), on the latents Z themselves."""
    game = families.bigan(
        line(encoder),
        line(GAIN),
        quadratic(weights),
        prior=lambda keys: Z[: len(keys)],
        loss=loss,
        generator_optimizer=optax.sgd(0.1),
        critic_optimizer=optax.sgd(0.1),
    )
    state = start(game)

    def value(params):
        nets, batch = bind(game, state._replace(params=params)), {"real": GAIN * Z}
        if player == "critic":
            batch = game.players["critic"].draw(nets, KEYS, batch)
        return game.players[player].loss(nets, KEYS, batch)[0]

    return jax.device_get(jax.jit(jax.grad(value))(state.params))


def test_at_the_perfect_encoder_any_critic_goes_back_to_the_constant_one():
    """Pairs are alike there: of scores s its loss is E s(-s) + s(s), whose slope is E tanh(s/2) f.

    Until it is back it moves the others, who come to rest at the constant critic alone.
    """
    weights, x = np.array([0.7, -0.4, 1.5]), GAIN * Z
    scores = features(x, Z) @ weights
    expected = (np.tanh(scores / 2)[:, None] * features(x, Z)).mean(0)
    found = slopes("critic", 1 / GAIN, weights)["critic"]["w"]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert found @ weights > 0.1  # a step against it shrinks the scores
    assert abs(slopes("generator", 1 / GAIN, weights)["encoder"]["w"]) > 0.1
    np.testing.assert_allclose(slopes("critic", 1 / GAIN)["critic"]["w"], 0, atol=1e-6)


@pytest.mark.parametrize("encoder", [-0.3, 0.3, 0.8])
def test_what_the_critic_learns_leads_the_encoder_to_the_inverse(encoder):
    """From below and from above, by a critic that is a step from the constant one.

    Either kind of pairs lies on a line, which a critic may tell from the other as surely as it
    likes: there is no best one.
    """
    learnt = -0.1 * slopes("critic", encoder)["critic"]["w"]
    assert abs(learnt).max() > 0.01
    x = GAIN * Z
    scores = features(x, encoder * x) @ learnt
    slope = (learnt[1] + 2 * learnt[2] * encoder) * x[:, 0] ** 2  # of a score in the encoder
    found = slopes("generator", encoder, learnt)["encoder"]["w"]
    np.testing.assert_allclose(found, (slope / (1 + np.exp(-scores))).mean(), rtol=1e-4)
    assert np.sign(found) == np.sign(encoder - 1 / GAIN)


def test_a_wrong_encoder_is_found_by_the_critic():
    """The slope at the constant critic is half the difference of the mean features."""
    encoder = 0.3
    second = float(np.square(Z).mean())
    expected = [0, (GAIN - encoder * GAIN**2) / 2, (1 - (encoder * GAIN) ** 2) / 2]
    found = slopes("critic", encoder)["critic"]["w"]
    np.testing.assert_allclose(found, second * np.array(expected), atol=1e-5)


def test_the_roles_are_exchanged_in_both_terms():
    """Under Wasserstein both minimise E d(x, E(x)) - E d(G(z), z), each in its own term."""
    weights, encoder = (0.7, -0.4, 1.5), 0.3
    found = slopes("generator", encoder, weights, losses.wasserstein)
    squares = float(np.square(Z).mean())
    x = GAIN**2 * squares  # the mean square of an example
    of_encoder = weights[1] * x + 2 * weights[2] * encoder * x
    of_generator = -(2 * weights[0] * GAIN + weights[1]) * squares
    np.testing.assert_allclose(found["encoder"]["w"], of_encoder, rtol=1e-5)
    np.testing.assert_allclose(found["generator"]["w"], of_generator, rtol=1e-5)


def normal(gain, log_variance):
    """An encoder of z ~ N(gain x, e^log_variance)."""
    given = {"gain": np.float32(gain), "log_variance": np.float32(log_variance)}

    def apply(p, s, x):
        return jnp.concatenate([p["gain"] * x, p["log_variance"] + 0 * x], axis=1)

    return Network(lambda key: (given, {}), apply)


def test_a_stochastic_code_is_drawn_by_its_example_and_known_by_its_mean():
    game = stochastic(normal(0.3, np.log(0.25)), priors.normal(1))
    drawn = draw(game, "critic", KEYS, {"real": GAIN * Z})
    keys, own = halves(KEYS)
    np.testing.assert_array_equal(drawn["latent"], jax.jit(priors.normal(1))(keys))
    noise = np.asarray(jax.jit(priors.normal(1))(own))
    np.testing.assert_allclose(drawn["code"], 0.3 * GAIN * Z + 0.5 * noise, atol=1e-6)
    mean = bind(game, start(game)).encoder(GAIN * Z)
    np.testing.assert_allclose(mean, 0.3 * GAIN * Z, rtol=1e-6)


def test_mean_and_variance_of_a_stochastic_encoder_are_trained():
    """Under Wasserstein and d = w3 z^2 the slope is that of w3 E z^2 = w3 (g^2 E x^2 + sigma^2)."""
    game = stochastic(normal(0.3, np.log(0.25)), priors.normal(1), loss=losses.wasserstein)
    state, keys = start(game), jax.random.split(jax.random.key(1), 64 * 500).reshape(500, 64)

    def value(params):
        nets = bind(game, state._replace(params=params))
        play = lambda keys: game.players["generator"].loss(nets, keys, {"real": GAIN * Z})[0]
        return jax.vmap(play)(keys).mean()

    slopes = jax.jit(jax.grad(value))(state.params)["encoder"]
    squares = GAIN**2 * float(np.square(Z).mean())
    np.testing.assert_allclose(slopes["gain"], 1.5 * 2 * 0.3 * squares, rtol=0.02)
    np.testing.assert_allclose(slopes["log_variance"], 1.5 * 0.25, rtol=0.02)


def stochastic(encoder, prior, **rest):
    sgd = {"generator_optimizer": optax.sgd(0.1), "critic_optimizer": optax.sgd(0.1)}
    networks = encoder, line(GAIN), quadratic((0.0, 0.0, 1.5))
    return families.bigan(*networks, prior=prior, stochastic=True, **sgd, **rest)


def test_what_does_not_fit_is_refused_when_the_game_is_made():
    def game(**changes):
        networks = {"encoder": line(1.0), "generator": line(1.0), "critic": quadratic([0.0] * 3)}
        rest = {"generator_optimizer": optax.sgd(0.1), "critic_optimizer": optax.sgd(0.1)}
        return families.bigan(**({"prior": priors.normal(1)} | networks | rest | changes))

    double = line(1.0)._replace(apply=lambda p, s, x: jnp.concatenate([x, x], axis=1))
    with pytest.raises(ValueError, match=r"outputs of shape \(2,\) where \(1,\).*as the prior"):
        game(encoder=double)
    with pytest.raises(ValueError, match=r"mean and a log variance for each latent dimension"):
        game(stochastic=True)
    with pytest.raises(ValueError, match="`loss` is a pair"):
        game(loss="hinge")
