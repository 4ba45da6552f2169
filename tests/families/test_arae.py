"""ARAE of linear networks: E(x) = a x, G(z) = b z, d(c) = c . w, log p(x | c) = x . log s(v c)."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, priors, sampling
from gan_jax.game import Network, bind, move
from tests.playing import draw, start

X = np.eye(3, dtype=np.float32)[np.random.default_rng(0).integers(3, size=(6, 2))]
CODES = X.reshape(6, 6)
KEYS = jax.random.split(jax.random.key(0), 6)
LATENTS = jax.jit(priors.normal(6))
SLOPE = np.linspace(-0.8, 1.2, 6).astype(np.float32)
OPTIMIZERS = {
    f"{who}_optimizer": optax.sgd(0.1) for who in ("autoencoder", "critic", "generator", "encoder")
}


def linear(value, apply):
    value = np.asarray(value, np.float32)
    return Network(lambda key: ({"w": value}, {}), lambda params, stats, *x: apply(params["w"], *x))


def likelihood(w, code, z, x):
    """log p(x_t | code) for logits w times the code, and no look at what stands before."""
    return (jax.nn.log_softmax(w * code.reshape(x.shape)) * x).sum(-1)


def game(**changes):
    made = {
        "encoder": linear(0.7, lambda w, x: w * x.reshape(len(x), -1)),
        "decoder": linear(3.0, likelihood),
        "generator": linear(0.4, lambda w, z: w * z),
        "critic": linear(SLOPE, lambda w, code: code @ w),
        "prior": priors.normal(6),
    }
    return families.arae(**(made | OPTIMIZERS | changes))


def slopes(made, player, batch, step=0):
    """Loss, metrics and slopes of a player's loss, in all networks."""
    state = start(made)._replace(step=step)

    def value(params):
        return made.players[player].loss(bind(made, state._replace(params=params)), KEYS, batch)

    play = jax.jit(jax.value_and_grad(value, has_aux=True))
    (loss, metrics), found = jax.device_get(play(state.params))
    return loss, metrics, {name: params["w"] for name, params in found.items()}


def drawn(made):
    return draw(made, "critic", KEYS, {"real": X})


def moved(made, player, batch):
    return jax.jit(partial(move, made, player))(start(made), KEYS, batch)


def nll(logits):
    """Nats for a symbol, by NumPy."""
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return -np.log(shares[X == 1]).mean()


@pytest.mark.parametrize("step", [0, 100])
def test_the_autoencoder_minimises_the_cross_entropy_of_noisy_codes(step):
    made = game(noise=lambda step: 0.2 * 0.5 ** (step // 100))
    loss, metrics, found = slopes(made, "autoencoder", {"real": X}, step)
    noise = 0.2 * 0.5 ** (step // 100) * np.asarray(LATENTS(KEYS))
    score = lambda own, other: nll(other * (own * CODES + noise).reshape(X.shape).astype(float))
    np.testing.assert_allclose(loss, score(0.7, 3.0), rtol=1e-5)
    assert metrics["nll"] == loss
    apart = (score(0.701, 3.0) - score(0.699, 3.0)) / 0.002
    np.testing.assert_allclose(found["encoder"], apart, rtol=1e-3)
    apart = (score(0.7, 3.001) - score(0.7, 2.999)) / 0.002
    np.testing.assert_allclose(found["decoder"], apart, rtol=1e-3)
    assert not found["generator"].any() and not found["critic"].any()


def test_a_perfect_autoencoder_has_no_loss():
    loss, _, found = slopes(
        game(noise=0.0, decoder=linear(90.0, likelihood)), "autoencoder", {"real": X}
    )
    assert abs(loss) < 1e-5 and abs(found["encoder"]) < 1e-6


def test_the_critic_compares_codes_with_what_the_generator_makes():
    """And its slope is punished; nothing of it reaches the encoder, which has drawn its codes."""
    made = game(penalty=losses.gradient_penalty(2.0))
    batch = drawn(made)
    fakes = np.asarray(batch["fake"])
    np.testing.assert_array_equal(batch["real"], X)
    np.testing.assert_allclose(batch["code"], 0.7 * CODES, rtol=1e-6)
    loss, metrics, found = slopes(made, "critic", batch)
    length = np.linalg.norm(SLOPE)
    gap = (0.7 * CODES - fakes).mean(0)
    np.testing.assert_allclose(metrics["gap"], gap @ SLOPE, rtol=1e-4)
    np.testing.assert_allclose(loss, -gap @ SLOPE + 2 * (length - 1) ** 2, rtol=1e-4)
    expected = -gap + 4 * (length - 1) * SLOPE / length
    np.testing.assert_allclose(found["critic"], expected, rtol=1e-4, atol=1e-5)
    assert not found["encoder"] and not found["generator"]


def test_without_a_penalty_the_weights_are_clipped():
    made = game(clip=0.05)
    state, metrics = moved(made, "critic", drawn(made))
    np.testing.assert_allclose(np.abs(state.params["critic"]["w"]).max(), 0.05, rtol=1e-5)
    assert "penalty" not in metrics


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_generator_and_encoder_approach_one_another(weight):
    """-E d(G(z)) + weight E d(E(x)), each network by its own optimizer."""
    made = game(weight=weight, encoder_optimizer=optax.sgd(0.5))
    latents = np.asarray(LATENTS(KEYS))
    loss, _, found = slopes(made, "generator", {"real": X})
    scores = {"generator": -latents @ SLOPE, "encoder": weight * CODES @ SLOPE}
    expected = 0.4 * scores["generator"].mean() + 0.7 * scores["encoder"].mean()
    np.testing.assert_allclose(loss, expected, rtol=1e-4)
    after, _ = moved(made, "generator", {"real": X})
    for name, rate in (("generator", 0.1), ("encoder", 0.5)):
        np.testing.assert_allclose(found[name], scores[name].mean(), rtol=1e-4, atol=1e-7)
        way = np.asarray(start(made).params[name]["w"]) - after.params[name]["w"]
        np.testing.assert_allclose(way, rate * found[name], rtol=1e-4, atol=1e-7)
    assert not found["decoder"]


def test_samples_are_decoded_from_what_the_generator_makes():
    made = game(decoder=linear(1.0, lambda w, code, z: jnp.concatenate([w * code, z], axis=1)))
    sampler = sampling.from_codes(priors.normal(6), priors.uniform(2, 0.0, 1.0))
    sample = jax.jit(lambda keys: sampler(bind(made, start(made)), keys)["samples"])
    found = np.asarray(sample(KEYS))
    assert abs(found[:, :6]).max() > 0.4 and ((found[:, 6:] >= 0) & (found[:, 6:] <= 1)).all()
    np.testing.assert_allclose(sample(KEYS[2:4]), found[2:4], rtol=1e-6)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="noise on the codes is -1"):
        game(noise=-1.0)
    with pytest.raises(ValueError, match="weight of the encoder's part is -1"):
        game(weight=-1.0)
    with pytest.raises(ValueError, match="`penalty` is made by"):
        game(penalty=10.0)
    shorter = game(encoder=linear(1.0, lambda w, x: w * x[:, 0]))
    for player in ("autoencoder", "generator"):
        with pytest.raises(ValueError, match=r"shape \(3,\) where \(6,\).*as G makes codes"):
            slopes(shorter, player, {"real": X})
