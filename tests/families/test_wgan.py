"""Clipped weights: after every move they are within the bound, whatever scales the steps."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, networks, phases, priors
from gan_jax.data import Spec
from gan_jax.game import init, update
from gan_jax.phases import Phase
from gan_jax.play import annealed, extragradient, simultaneous
from tests.test_dirac import BATCH, RATE, dirac, play

BOUND = 0.01


def game():
    pair = networks.mlp_pair(Spec((2,), 1.0, 0.0), latent=3, widths=(8,))
    rmsprop = {f"{name}_optimizer": optax.rmsprop(5e-3) for name in ("generator", "critic")}
    return families.wgan(*pair, prior=priors.normal(3), clip=BOUND, critic_moves=1, **rmsprop)


def largest(state):
    return max(abs(leaf).max() for leaf in jax.tree.leaves(state.params["critic"]))


def after(made, rule, steps):
    """The largest weight of the critic after each of some steps."""
    real = {"real": jnp.ones((made.moves, 4, 2))}
    step = lambda state, _: (rule(made, state, jax.random.key(1), real)[0],) * 2
    states = jax.jit(lambda s: jax.lax.scan(step, s, length=steps)[1])(
        init(made, jax.random.key(0))
    )
    return [largest(jax.tree.map(lambda x, at=at: x[at], states)) for at in range(steps)]


@pytest.mark.parametrize(
    "rule",
    [
        update,
        annealed(1000, warm_up=500),
        annealed(1000, "cosine", 500, simultaneous),
        annealed(1000, warm_up=500, rule=extragradient),
    ],
)
def test_the_bound_holds_from_the_first_step_of_a_warm_up_on(rule):
    made = game()
    assert largest(init(made, jax.random.key(0))) > 10 * BOUND
    assert max(after(made, rule, 10)) <= np.float32(BOUND)


def test_and_in_a_run_that_went_back_to_go_on_slowly():
    (slow,) = phases.slowed([Phase(game(), None, 1)], 0.01)
    assert max(after(slow.game, update, 3)) <= np.float32(BOUND)


@pytest.mark.parametrize("warm_up", [0, 20])
def test_the_steps_are_scaled_before_they_are_clipped(warm_up):
    """psi <- clip(psi - h f theta), then theta <- theta + h f psi, on the point 0."""
    with jax.enable_x64(True):
        made = dirac(1.0, 0.5, family=families.wgan, clip=0.3, critic_moves=1)
        batches = {"real": jnp.zeros((2, BATCH, 1))}
        step_of = jax.jit(partial(annealed(40, warm_up=warm_up), made))
        state, psi, theta = init(made, jax.random.key(0)), 0.5, 1.0
        for step in range(30):
            state, _ = step_of(state, jax.random.key(0), batches)
            factor = min(1.0, (step + 1) / max(warm_up, 1))
            psi = np.clip(psi - RATE * factor * theta, -0.3, 0.3)
            theta += RATE * factor * psi
            found = state.params["critic"], state.params["generator"]
            np.testing.assert_allclose(found, [psi, theta], atol=1e-6)


def test_the_bound_may_be_traced():
    @jax.jit
    def psi(bound):
        made = dirac(1.0, 0.5, family=families.wgan, clip=bound)
        return play(made, "critic", init(made, jax.random.key(0)), 0.0)[0].params["critic"]

    np.testing.assert_allclose([psi(0.1), psi(0.9)], [0.1, 0.5 - RATE], rtol=1e-6)


def test_one_network_of_a_player_is_clipped_and_others_are_not():
    made = game()
    both = replace(made.players["critic"], trains=("critic", "generator"), project=lambda own: own)
    shared = families.clipped(replace(made, players={"both": both}), BOUND)
    own = {"critic": {"w": jnp.ones(2)}, "generator": {"w": jnp.ones(2)}}
    after = shared.players["both"].project(own)
    assert after["critic"]["w"].max() == np.float32(BOUND) and after["generator"]["w"].max() == 1
