"""A linear Gaussian VAE, whose likelihood is known: x = 2 z + 0.5 e is N(0, 4.25)."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy import stats

from gan_jax import families, losses
from gan_jax.game import Network, bind, init

GAIN, DEVIATION = 2.0, 0.5
VARIANCE = GAIN**2 + DEVIATION**2
EXACT = {"gain": GAIN / VARIANCE, "log_variance": np.log(DEVIATION**2 / VARIANCE)}
POOR = {"gain": 0.2, "log_variance": -1.0}
X = jnp.array([[-3.0], [0.1], [1.0], [4.0]])
LOG_DENSITY = stats.norm(0, VARIANCE**0.5).logpdf(X[:, 0])
LIKELIHOOD = losses.gaussian(DEVIATION)


def game(posterior=EXACT, **rest):
    def encode(p, s, x):
        return jnp.concatenate([p["gain"] * x, p["log_variance"] + 0 * x], axis=1)

    encoder = Network(lambda key: (jax.tree.map(jnp.float32, posterior), {}), encode)
    decoder = Network(lambda key: ({"w": jnp.float32(GAIN)}, {}), lambda p, s, z: p["w"] * z)
    given = {"latent": 1, "likelihood": LIKELIHOOD, "optimizer": optax.sgd(0.1)} | rest
    return families.vae(encoder, decoder, **given)


def bound(posterior, samples, count=1):
    made = game(posterior)
    nets = bind(made, init(made, jax.random.key(0)))
    keys = jax.random.split(jax.random.key(1), (count, len(X)))
    one = lambda keys: families.importance_bound(
        nets, keys, X, likelihood=LIKELIHOOD, samples=samples
    )
    return np.asarray(jax.jit(jax.vmap(one))(keys))


def losses_of(made, count=4000):
    nets, play = bind(made, init(made, jax.random.key(0))), made.players["autoencoder"].loss
    keys = jax.random.split(jax.random.key(2), (count, len(X)))
    return jax.jit(jax.vmap(lambda keys: play(nets, keys, {"real": X})))(keys)


def test_under_the_exact_posterior_every_draw_of_the_bound_is_the_likelihood():
    np.testing.assert_allclose(bound(EXACT, 1)[0], LOG_DENSITY, rtol=1e-4)
    _, metrics = losses_of(game())
    error = metrics["bound"].std() / np.sqrt(4000)
    assert abs(metrics["bound"].mean() - LOG_DENSITY.mean()) < 4 * error


def test_the_bound_lacks_the_divergence_of_the_posterior_from_the_exact_one():
    mean, variance = POOR["gain"] * X[:, 0], np.exp(POOR["log_variance"])
    exact, narrow = EXACT["gain"] * X[:, 0], np.exp(EXACT["log_variance"])
    gap = (((mean - exact) ** 2 + variance) / narrow - 1 - np.log(variance / narrow)) / 2
    value, metrics = losses_of(game(POOR))
    error = value.std() / np.sqrt(4000)
    assert abs(metrics["bound"].mean() - (LOG_DENSITY - gap).mean()) < 4 * error
    np.testing.assert_allclose(value, -metrics["bound"], rtol=1e-5)


def test_more_samples_tighten_the_bound_up_to_the_likelihood():
    few, many, most = (bound(POOR, samples, 200).mean() for samples in (1, 5, 1000))
    assert few < many < most
    assert abs(most - LOG_DENSITY.mean()) < 0.1


def test_beta_weighs_the_divergence_and_may_be_a_schedule():
    plain, metrics = losses_of(game(), 1)
    heavy, _ = losses_of(game(beta=lambda step: 3.0 + step), 1)
    np.testing.assert_allclose(heavy - plain, 2 * metrics["divergence"], rtol=1e-5)


def test_what_does_not_fit_is_refused_when_the_game_is_made():
    decoder = game().networks["generator"]  # as an encoder it gives means alone
    with pytest.raises(
        ValueError, match=r"outputs of shape \(1,\) where \(2,\) is needed.*variance"
    ):
        families.vae(decoder, decoder, latent=1, likelihood=LIKELIHOOD, optimizer=optax.sgd(0.1))
    with pytest.raises(ValueError, match="weight of the divergence is -1: it must be 0 or more"):
        game(beta=-1)
    with pytest.raises(ValueError, match="`likelihood` is such as"):
        game(likelihood="bernoulli")
