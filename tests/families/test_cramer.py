import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, priors
from gan_jax.game import Network, bind, init
from gan_jax.losses import energy_distance

KEYS = jax.random.split(jax.random.key(0), 6)
SGD = dict.fromkeys(("generator_optimizer", "critic_optimizer"), optax.sgd(0.1))
MATRIX = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)


def game(features=lambda x: x @ MATRIX, **rest):
    generator = Network(lambda key: (jnp.ones(2), {}), lambda p, s, z: p[None] * z)
    critic = Network(lambda key: (jnp.ones(()), {}), lambda p, s, x: p * features(x))
    return families.cramer(generator, critic, prior=priors.normal(2), **SGD, **rest)


def played(made):
    nets = bind(made, init(made, jax.random.key(0)))
    real = jax.random.normal(jax.random.key(1), (6, 2))
    return nets, made.players["critic"].draw(nets, KEYS, {"real": real})


def test_both_losses_are_those_of_algorithm_1():
    made = game(weight=7.0)
    nets, batch = played(made)
    x, g, other = (np.asarray(batch[name]) for name in ("real", "fake", "other"))
    length = lambda a: np.linalg.norm(a, axis=-1)
    f = lambda a: length((a - other) @ MATRIX) - length(a @ MATRIX)
    share = np.asarray(batch["drawn"])[:, None]
    place = (share * x + (1 - share) * g) @ MATRIX
    unit = lambda a: a / length(a)[:, None]
    slope = (unit(place - other @ MATRIX) - unit(place)) @ MATRIX.T  # the gradient of f
    penalty = np.mean((length(slope) - 1) ** 2)
    loss, metrics = made.players["critic"].loss(nets, KEYS, batch)
    np.testing.assert_allclose(metrics["penalty"], penalty, rtol=1e-4)
    np.testing.assert_allclose(loss, f(g).mean() - f(x).mean() + 7 * penalty, rtol=1e-4)
    own, _ = jax.vmap(lambda key: tuple(jax.random.split(key)))(KEYS)  # the keys of those fakes
    loss, _ = made.players["generator"].loss(nets, own, {"real": batch["real"]})
    between = lambda a, b: length((a - b) @ MATRIX)
    expected = between(x, g) + between(x, other) - between(g, other)
    np.testing.assert_allclose(loss, expected.mean(), rtol=1e-4)


def test_the_two_fakes_are_independent():
    _, batch = played(game())
    both = np.concatenate([batch["fake"], batch["other"]])
    assert len(np.unique(both, axis=0)) == 12


def test_a_critic_of_one_score_is_refused():
    made = game(features=lambda x: x.sum(-1))
    nets, batch = played(made)
    with pytest.raises(ValueError, match=r"features \[B, k\].*gave shape \(18,\)"):
        made.players["critic"].loss(nets, KEYS, batch)


def test_the_surrogate_may_vanish_where_the_energy_distance_does_not():
    made = game(features=lambda x: x)
    nets, _ = played(made)
    at = lambda place: jnp.full((6, 1), place)
    batch = {"real": at(5.0), "fake": at(2.0), "other": at(2.0), "drawn": at(0.5)[:, 0]}
    _, metrics = made.players["critic"].loss(nets, KEYS, batch)
    np.testing.assert_allclose(metrics["gap"], 0, atol=1e-5)
    np.testing.assert_allclose(energy_distance(at(5.0), at(5.0), at(2.0), at(2.0)), 6, rtol=1e-5)
