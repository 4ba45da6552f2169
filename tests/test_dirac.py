"""The Dirac GAN of Mescheder et al. 2018, arXiv:1801.04406: one number against one number.

The data are a point, the generator emits its weight theta, the critic is d(x) = psi x. Every
derivative of every loss is known, and with it where each move of each player must land.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import losses
from gan_jax.families import two_player, wgan
from gan_jax.game import Network, bind, init, move, update

RATE, BATCH = 0.3, 4


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


LOSSES = {  # derivatives: of the critic in d(x) and in d(G(z)), of the generator in d(G(z))
    "minimax": (losses.minimax, lambda r: -sigmoid(-r), sigmoid, lambda f: -sigmoid(f)),
    "non_saturating": (
        losses.non_saturating,
        lambda r: -sigmoid(-r),
        sigmoid,
        lambda f: -sigmoid(-f),
    ),
    "least_squares": (losses.least_squares, lambda r: r - 1, lambda f: f, lambda f: f - 1),
    "hinge": (losses.hinge, lambda r: -1.0 * (r < 1), lambda f: 1.0 * (f > -1), lambda f: -1.0),
    "wasserstein": (losses.wasserstein, lambda r: -1.0, lambda f: 1.0, lambda f: -1.0),
}


def number(start, apply):
    """A network of one weight, which is `start` whatever the key."""
    return Network(lambda key: (jnp.asarray(start), {}), lambda weight, stats, x: apply(weight, x))


def networks(theta, psi):
    generator = number(theta, lambda theta, z: jnp.broadcast_to(theta, (len(z), 1)))
    return generator, number(psi, lambda psi, x: psi * x[:, 0])


def prior(keys):
    return jnp.zeros((len(keys), 1))


def dirac(theta, psi, family=two_player, rate=RATE, **rest):
    sgd = {"generator_optimizer": optax.sgd(rate), "critic_optimizer": optax.sgd(rate)}
    return family(*networks(theta, psi), prior=prior, **sgd, **rest)


def play(game, name, state, point):
    """One move of the player on a minibatch of the point, with the fakes that it draws."""
    player, batch = game.players[name], {"real": jnp.full((BATCH, 1), point)}
    keys = jax.random.split(jax.random.key(0), BATCH)
    if player.draw:
        batch = player.draw(bind(game, state), keys, batch)
    return move(game, name, state, keys, batch)


STARTS = np.array(
    [(theta, psi, x) for theta, psi in [(1, 0.5), (-0.7, 2), (1.5, -1.2)] for x in (0, 0.6)]
)


@pytest.mark.parametrize("weight", [None, 0.0, 2.0])
@pytest.mark.parametrize("name", LOSSES)
def test_one_move_of_each_lands_on_the_closed_form(name, weight):
    loss, in_real, in_fake, of_generator = LOSSES[name]
    penalty = None if weight is None else losses.gradient_penalty(weight)

    @jax.jit
    @jax.vmap
    def moves(start):
        theta, psi, point = start
        game = dirac(theta, psi, loss=loss, penalty=penalty)
        first, metrics = play(game, "critic", init(game, jax.random.key(0)), point)
        return first.params, play(game, "generator", first, point)[0].params, metrics

    with jax.enable_x64(True):
        first, second, metrics = jax.device_get(moves(jnp.asarray(STARTS)))
    theta, psi, point = STARTS.T
    slope = in_real(psi * point) * point + in_fake(psi * theta) * theta
    slope += (weight or 0) * 2 * (abs(psi) - 1) * np.sign(psi)
    new_psi = psi - RATE * slope
    new_theta = theta - RATE * of_generator(new_psi * theta) * new_psi
    np.testing.assert_allclose(first["critic"], new_psi, rtol=1e-10)
    np.testing.assert_array_equal(first["generator"], theta)
    np.testing.assert_array_equal(second["critic"], first["critic"])
    np.testing.assert_allclose(second["generator"], new_theta, rtol=1e-10)
    assert (new_theta != theta).all()
    np.testing.assert_allclose(metrics["gap"], psi * (point - theta), rtol=1e-12)
    assert ("penalty" in metrics) is (penalty is not None)
    if penalty:
        np.testing.assert_allclose(metrics["penalty"], (abs(psi) - 1) ** 2, rtol=1e-9)


def orbit(game, steps):
    """psi and theta after each of `steps` steps on the point 0."""
    batches = {"real": jnp.zeros((game.moves, BATCH, 1))}

    def step(state, _):
        state, _ = update(game, state, jax.random.key(0), batches)
        return state, (state.params["critic"], state.params["generator"])

    with jax.enable_x64(True):
        batches = jax.tree.map(lambda x: x.astype(float), batches)
        start = init(game, jax.random.key(0))
        return np.stack(jax.jit(lambda s: jax.lax.scan(step, s, length=steps)[1])(start))


def test_the_wasserstein_game_circles_for_ever():
    """Alternating steps conserve psi^2 + theta^2 - h psi theta: they neither arrive nor leave."""
    rate, (theta, psi) = 0.1, (1.0, 0.5)
    with jax.enable_x64(True):
        game = dirac(theta, psi, loss=losses.wasserstein, rate=rate)
    psi_t, theta_t = orbit(game, 500)
    energy = psi_t**2 + theta_t**2 - rate * psi_t * theta_t
    np.testing.assert_allclose(energy, psi**2 + theta**2 - rate * psi * theta, rtol=1e-9)
    distance = np.hypot(psi_t, theta_t)
    assert distance[-100:].min() > 0.95 * np.hypot(psi, theta)
    turns = np.unwrap(np.arctan2(theta_t, psi_t))[-1] / (2 * np.pi)
    assert turns == pytest.approx(500 * rate / (2 * np.pi), abs=0.5)


def test_a_penalty_of_slope_zero_makes_the_same_game_converge():
    """Mescheder et al. 2018, section 4.1: here R1 is psi^2, which pulls the critic to zero."""
    with jax.enable_x64(True):
        penalty = losses.gradient_penalty(0.5, slope=0.0)
        game = dirac(1.0, 0.5, loss=losses.wasserstein, penalty=penalty, rate=0.1)
    assert np.hypot(*orbit(game, 500)[:, -1]) < 1e-6


def test_clipping_holds_the_critic_within_its_bound():
    with jax.enable_x64(True):
        game = dirac(1.0, 0.05, family=wgan, clip=0.1, critic_moves=2)
    psi, _ = orbit(game, 200)
    assert abs(psi).max() == pytest.approx(0.1, abs=1e-15)
    assert {-0.1, 0.1} <= {round(value, 12) for value in psi}
    assert (abs(psi) < 0.09).any()
