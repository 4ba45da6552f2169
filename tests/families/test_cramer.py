import jax
import numpy as np
import optax
import pytest

from gan_jax import families, priors
from gan_jax.game import Network
from gan_jax.losses import energy_distance
from tests.playing import draw, halves, loss

KEYS = jax.random.split(jax.random.key(0), 6)
SGD = dict.fromkeys(("generator_optimizer", "critic_optimizer"), optax.sgd(0.1))
MATRIX = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)


def game(features=lambda x: x @ MATRIX, **rest):
    generator = Network(lambda key: (np.ones(2, np.float32), {}), lambda p, s, z: p[None] * z)
    critic = Network(lambda key: (np.float32(1), {}), lambda p, s, x: p * features(x))
    return families.cramer(generator, critic, prior=priors.normal(2), **SGD, **rest)


def drawn(made):
    real = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
    return draw(made, "critic", KEYS, {"real": real})


def test_both_losses_are_those_of_algorithm_1():
    made = game(weight=7.0)
    batch = drawn(made)
    x, g, other = (batch[name] for name in ("real", "fake", "other"))
    length = lambda a: np.linalg.norm(a, axis=-1)
    f = lambda a: length((a - other) @ MATRIX) - length(a @ MATRIX)
    share = batch["drawn"][:, None]
    place = (share * x + (1 - share) * g) @ MATRIX
    unit = lambda a: a / length(a)[:, None]
    slope = (unit(place - other @ MATRIX) - unit(place)) @ MATRIX.T  # the gradient of f
    penalty = np.mean((length(slope) - 1) ** 2)
    value, metrics = loss(made, "critic", KEYS, batch)
    np.testing.assert_allclose(metrics["penalty"], penalty, rtol=1e-4)
    np.testing.assert_allclose(value, f(g).mean() - f(x).mean() + 7 * penalty, rtol=1e-4)
    own, _ = halves(KEYS)  # the keys of those fakes
    value, _ = loss(made, "generator", own, {"real": batch["real"]})
    between = lambda a, b: length((a - b) @ MATRIX)
    expected = between(x, g) + between(x, other) - between(g, other)
    np.testing.assert_allclose(value, expected.mean(), rtol=1e-4)


def test_the_two_fakes_are_independent():
    batch = drawn(game())
    both = np.concatenate([batch["fake"], batch["other"]])
    assert len(np.unique(both, axis=0)) == 12


def test_a_critic_of_one_score_is_refused():
    made = game(features=lambda x: x.sum(-1))
    batch = drawn(made)
    with pytest.raises(ValueError, match=r"features \[B, k\].*gave shape \(18,\)"):
        loss(made, "critic", KEYS, batch)


def test_the_surrogate_may_vanish_where_the_energy_distance_does_not():
    made = game(features=lambda x: x)
    at = lambda place: np.full((6, 1), place, np.float32)
    batch = {"real": at(5.0), "fake": at(2.0), "other": at(2.0), "drawn": at(0.5)[:, 0]}
    _, metrics = loss(made, "critic", KEYS, batch)
    np.testing.assert_allclose(metrics["gap"], 0, atol=1e-5)
    found = jax.jit(energy_distance)(at(5.0), at(5.0), at(2.0), at(2.0))
    np.testing.assert_allclose(found, 6, rtol=1e-5)
