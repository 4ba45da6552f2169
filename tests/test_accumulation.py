"""Gradient accumulation by `optax.MultiSteps`: two halves of a minibatch are the whole."""

from functools import partial

import jax
import numpy as np
import optax
import pytest

from gan_jax import families, networks, priors
from gan_jax.data import from_arrays
from gan_jax.game import move, update
from tests.playing import start

BATCH = 16


def points():
    return from_arrays(np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32))


def game(accumulated: int, inner=None, clip=None):
    """WGAN-GP whose critic adds up the gradients of several moves before it steps."""
    inner = optax.adam(1e-3) if inner is None else inner
    several = optax.MultiSteps(inner, accumulated).gradient_transformation()
    generator, critic = networks.mlp_pair(points().spec, latent=3, widths=(16,))
    made = families.wgan_gp(
        generator,
        critic,
        prior=priors.normal(3),
        critic_moves=accumulated,
        generator_optimizer=optax.adam(1e-3),
        critic_optimizer=several if accumulated > 1 else inner,
    )
    return families.clipped(made, clip) if clip else made


def played(accumulated: int, inner=None, clip=None):
    """The critic after as many moves, on parts of one minibatch with the same shares."""
    made = game(accumulated, inner, clip)
    state = start(made)
    own = {"critic": state.params["critic"]}  # a move clips, if it steps or adds up a gradient
    before = state = state._replace(params=state.params | made.players["critic"].project(own))
    random = np.random.default_rng(1)
    shares = random.random((accumulated, BATCH // accumulated), np.float32)
    real, fake = (random.standard_normal((*shares.shape, 2), np.float32) for _ in range(2))
    play = jax.jit(lambda state, batch: move(made, "critic", state, None, batch)[0])
    for part in zip(shares, real, fake, strict=True):
        state = play(state, dict(zip(("drawn", "real", "fake"), part, strict=True)))
    return jax.device_get((state.params["critic"], before.params["critic"]))


@pytest.mark.parametrize("accumulated", [2, pytest.param(4, marks=pytest.mark.slow)])
@pytest.mark.parametrize("clipped", [False, True])
def test_parts_of_a_minibatch_are_the_whole(accumulated, clipped):
    # Not Adam, whose first step is the sign of a gradient, also of one that is all rounding.
    inner = optax.sgd(1e-2, momentum=0.9)
    clip = 0.1 if clipped else None
    (whole, before), (parts, _) = played(1, inner, clip), played(accumulated, inner, clip)
    leaves = [jax.tree.leaves(tree) for tree in (whole, parts, before)]
    for a, b in zip(*leaves[:2], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)
        assert not clipped or np.abs(b).max() <= np.float32(0.1)
    # All but the last bias, whose gradient is zero: real and fake scores rise alike.
    moved = [np.abs(a - start).max() > 1e-4 for a, _, start in zip(*leaves, strict=True)]
    assert sum(moved) == len(moved) - 1


def test_nothing_moves_before_the_last_part():
    made = game(2)
    state, ones = start(made), np.ones((BATCH, 2), np.float32)
    batch = {"real": ones, "fake": ones, "drawn": ones[:, 0]}
    after, _ = jax.jit(partial(move, made, "critic"))(state, None, batch)
    for a, b in zip(*map(jax.tree.leaves, (state.params, after.params)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(after.opt["critic"].mini_step) == 1


def test_it_plays_whole_steps():
    made = game(2)
    batches = {"real": np.ones((made.moves, BATCH, 2), np.float32)}
    step = jax.jit(lambda state: update(made, state, jax.random.key(1), batches)[0])
    after = jax.device_get(step(step(start(made))))
    assert int(after.opt["critic"].gradient_step) == 2
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(after.params))
