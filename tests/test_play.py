"""Simultaneous and extragradient steps, against what they must do to one number and another."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import losses
from gan_jax.data import from_arrays
from gan_jax.families import two_player
from gan_jax.game import init, update
from gan_jax.play import annealed, extragradient, simultaneous
from gan_jax.train import train
from tests.test_dirac import BATCH, dirac

RATE = 0.1
PULL = 0.4


def orbit(rule, steps=40, **rest):
    """psi and theta before each of `steps` steps on the point 0."""
    with jax.enable_x64(True):
        game = dirac(1.0, 0.5, rate=RATE, **({"loss": losses.wasserstein} | rest))
        batches = {"real": jnp.zeros((game.moves, BATCH, 1))}

        def step(state, _):
            place = state.params["critic"], state.params["generator"]
            return rule(game, state, jax.random.key(0), batches)[0], place

        start = init(game, jax.random.key(0))
        return np.stack(jax.jit(lambda s: jax.lax.scan(step, s, length=steps)[1])(start))


def linear(step):
    """Where a linear step leads from psi = 0.5, theta = 1, 39 times."""
    places = [np.array([0.5, 1.0])]
    for _ in range(39):
        places.append(step @ places[-1])
    return np.array(places).T


# The gradients of the Wasserstein game at x = 0: of theta psi in psi, of -theta psi in theta.
FIELD = np.array([[0.0, 1.0], [-1.0, 0.0]])


def test_simultaneous_steps_of_the_wasserstein_game_leave():
    found = orbit(simultaneous)
    np.testing.assert_allclose(found, linear(np.eye(2) - RATE * FIELD), rtol=1e-9)
    growth = np.diff(np.log(np.hypot(*found)))
    np.testing.assert_allclose(growth, np.log1p(RATE**2) / 2, rtol=1e-7)


def test_extragradient_steps_of_the_same_game_arrive():
    """Gidel et al. 2018: every step shortens the distance by sqrt(1 - h^2 + h^4)."""
    found = orbit(extragradient)
    step = np.eye(2) - RATE * FIELD @ (np.eye(2) - RATE * FIELD)
    np.testing.assert_allclose(found, linear(step), rtol=1e-9)
    shrinking = np.diff(np.log(np.hypot(*found)))
    np.testing.assert_allclose(shrinking, np.log(1 - RATE**2 + RATE**4) / 2, rtol=1e-7)


def test_under_a_penalty_they_are_still_those_of_the_whole_loss():
    penalty = losses.gradient_penalty(PULL, slope=0.0)  # PULL psi^2
    field = FIELD + np.diag([2 * PULL, 0])
    np.testing.assert_allclose(
        orbit(simultaneous, penalty=penalty), linear(np.eye(2) - RATE * field), rtol=1e-7
    )
    step = np.eye(2) - RATE * field @ (np.eye(2) - RATE * field)
    np.testing.assert_allclose(orbit(extragradient, penalty=penalty), linear(step), rtol=1e-7)


def test_several_moves_are_against_the_others_as_they_were():
    psi, theta = orbit(simultaneous, steps=2, critic_moves=3)[:, 1]
    np.testing.assert_allclose([psi, theta], [0.5 - 3 * RATE * 1.0, 1.0 + RATE * 0.5])


def test_averages_steps_and_optimizers_go_on():
    game = dirac(1.0, 0.5, loss=losses.wasserstein, rate=RATE, average=lambda step: 0.5)
    players = {n: replace(p, optimizer=optax.adam(0.1)) for n, p in game.players.items()}
    game = replace(game, players=players)
    start, batches = init(game, jax.random.key(0)), {"real": jnp.zeros((2, BATCH, 1))}
    for rule, updates in ((update, 1), (simultaneous, 1), (extragradient, 2)):
        after, metrics = jax.jit(partial(rule, game))(start, jax.random.key(0), batches)
        assert after.step == 1
        assert set(metrics) >= {"critic/loss", "generator/loss"}
        assert {int(opt[0].count) for opt in after.opt.values()} == {updates}
        mean = (start.params["generator"] + after.params["generator"]) / 2
        np.testing.assert_allclose(after.average["generator"], mean, rtol=1e-6)


def test_a_step_ahead_does_not_move_the_averages_that_players_see():
    game = dirac(1.0, 0.5, loss=losses.wasserstein, rate=RATE, average=lambda step: 0.5)
    critic = game.players["critic"]

    def loss(nets, keys, batch):
        seen = {"seen": nets.average.generator(batch["real"]).mean()}
        return critic.loss(nets, keys, batch)[0], seen

    game = replace(game, players=game.players | {"critic": replace(critic, loss=loss)})
    state = init(game, jax.random.key(0))
    state = state._replace(average={"generator": jnp.asarray(7.0)})
    batches = {"real": jnp.zeros((game.moves, BATCH, 1))}
    for rule in (update, simultaneous, extragradient):
        assert rule(game, state, jax.random.key(0), batches)[1]["critic/seen"] == 7.0


def test_training_plays_by_the_rule_it_is_given():
    game = dirac(1.0, 0.5, loss=losses.wasserstein, rate=RATE)
    data = from_arrays(np.zeros((8, 1), np.float32))
    ends = {}
    for rule in (update, extragradient):
        *_, (state, _) = train(game, data, steps=1, batch_size=4, rule=rule)
        ends[rule] = float(state.params["critic"]), float(state.params["generator"])
    step = np.eye(2) - RATE * FIELD @ (np.eye(2) - RATE * FIELD)
    np.testing.assert_allclose(ends[extragradient], step @ [0.5, 1.0], rtol=1e-6)
    assert abs(np.subtract(*ends.values())).max() > 1e-3


def test_what_cannot_be_played_so_is_refused():
    game = dirac(1.0, 0.5, loss=losses.wasserstein, critic_moves=2)
    state, batches = init(game, jax.random.key(0)), {"real": jnp.zeros((3, BATCH, 1))}
    with pytest.raises(ValueError, match="moves=1"):
        extragradient(game, state, jax.random.key(0), batches)
    both = replace(game.players["generator"], trains=("generator", "critic"))
    shared = replace(game, players={**game.players, "generator": both})
    with pytest.raises(ValueError, match="two of them train critic"):
        simultaneous(shared, state, jax.random.key(0), batches)


def factors(schedule, warm_up, steps=40):
    """Those of the schedules' definition, in NumPy."""
    step = np.arange(steps)
    part = np.maximum(0, step - warm_up) / (steps - warm_up)
    fall = {"constant": 1 + 0 * part, "linear": 1 - part, "cosine": np.cos(np.pi * part / 2) ** 2}
    return np.minimum(1, (step + 1) / max(warm_up, 1)) * fall[schedule]


def stepwise(step, factors):
    """As `linear`, with a step that depends on a factor."""
    places = [np.array([0.5, 1.0])]
    for factor in factors[:-1]:
        places.append(step(RATE * factor) @ places[-1])
    return np.array(places).T


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
@pytest.mark.parametrize("warm_up", [0, 1, 7])
def test_a_schedule_multiplies_every_rate(schedule, warm_up):
    found = orbit(annealed(40, schedule, warm_up, simultaneous))
    step = lambda rate: np.eye(2) - rate * FIELD
    np.testing.assert_allclose(found, stepwise(step, factors(schedule, warm_up)), atol=1e-5)


def test_both_gradients_of_a_step_ahead_are_annealed():
    found = orbit(annealed(40, "cosine", 5, extragradient))
    step = lambda rate: np.eye(2) - rate * FIELD @ (np.eye(2) - rate * FIELD)
    np.testing.assert_allclose(found, stepwise(step, factors("cosine", 5)), atol=1e-5)


def test_a_schedule_counts_steps_and_not_moves():
    """The critic's three moves of a step are of one length, whatever their number."""
    psi, theta = orbit(annealed(40, "linear", 4), critic_moves=3)
    shorter = factors("linear", 4)[:-1]
    np.testing.assert_allclose(np.diff(psi), -3 * RATE * shorter * theta[:-1], atol=1e-5)


def test_adam_is_that_of_a_falling_rate():
    fall = optax.cosine_decay_schedule(RATE, 40)
    pair = []
    for rule, rate in ((annealed(40, "cosine"), RATE), (update, fall)):
        adam = {f"{player}_optimizer": optax.adam(rate) for player in ("generator", "critic")}
        family = lambda *networks, adam=adam, **rest: two_player(*networks, **(rest | adam))
        pair.append(orbit(rule, family=family))
    np.testing.assert_allclose(*pair, atol=1e-5)
    assert np.ptp(pair[0]) > 1


def test_no_schedule_is_the_rule_itself():
    assert annealed(40) is update
    assert annealed(40, rule=extragradient) is extragradient


@pytest.mark.parametrize("given", [("square", 0), ("linear", -1), ("constant", 40)])
def test_a_schedule_that_cannot_be(given):
    with pytest.raises(ValueError, match=f"schedule is '{given[0]}' with {given[1]} steps of warm"):
        annealed(40, *given)
