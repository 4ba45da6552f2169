"""The policy's gradient is that of the expected reward, which few enough texts give exactly."""

from dataclasses import replace
from functools import partial
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.flatten_util import ravel_pytree

from gan_jax import families, networks, phases, priors, sampling
from gan_jax.data import Spec
from gan_jax.data.oracle import oracle
from gan_jax.families.seqgan import step_values
from gan_jax.game import bind
from gan_jax.phases import Phase
from gan_jax.train import train
from tests.playing import start

SPEC = Spec((3, 3), 1.0, 0.0, vocabulary=tuple("abc"))
INDICES = np.array(list(product(range(3), repeat=3)))
EVERY = np.asarray(SPEC.decode(INDICES))
PRIOR = priors.uniform(3, 0.0, 1.0)


def game(prior=PRIOR, spec=SPEC, **rest):
    pair = networks.policy_pair(
        spec, embedding=3, width=4, sizes=(1, 2), maps=2, critic_embedding=3
    )
    adam = {f"{name}_optimizer": optax.adam(1e-2) for name in ("generator", "critic")}
    return families.seqgan(*pair, prior=prior, **adam | rest)


def uneven(made, seed):
    """A state whose policy, delayed copy and critic all have strong opinions."""
    state = start(made)
    random = np.random.default_rng(seed)
    shake = lambda x: np.float32(x + random.normal(size=x.shape) * 0.7)
    params, average = jax.tree.map(shake, jax.device_get((state.params, state.average)))
    return state._replace(params=params, average=average)


def reward(nets):
    return jax.nn.sigmoid(nets.critic(EVERY))


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "baseline"])
def learning(request):
    """The game, a state whose delayed copy has caught up, and gradients of 50 minibatches."""
    made = game(rollouts=1, baseline=request.param)
    state = uneven(made, 1)
    state = state._replace(average={"generator": state.params["generator"]})

    def slope(key):
        def loss(own):
            nets = bind(made, state._replace(params=state.params | {"generator": own}))
            keys = jax.random.split(key, 1000)
            return made.players["generator"].loss(nets, keys, {"real": jnp.zeros((1000, 3, 3))})[0]

        return ravel_pytree(jax.grad(loss)(state.params["generator"]))[0]

    slopes = jax.jit(partial(jax.lax.map, slope))(jax.random.split(jax.random.key(0), 50))
    return made, state, np.asarray(slopes, np.float64)


def test_the_gradient_is_that_of_the_expected_reward(learning):
    made, state, slopes = learning

    @jax.jit
    @jax.grad
    def exact(own):
        nets = bind(made, state._replace(params=state.params | {"generator": own}))
        return -(jnp.exp(nets.generator(None, EVERY).sum(1)) * reward(nets)).sum()

    expected = ravel_pytree(exact(state.params["generator"]))[0]
    mean, error = slopes.mean(0), slopes.std(0) / np.sqrt(len(slopes))
    assert np.linalg.norm(error) < 0.1 * np.linalg.norm(expected)
    assert np.linalg.norm(mean - expected) < 0.2 * np.linalg.norm(expected)
    used = error > 0  # symbols that no step begins with have no part in it
    assert np.square((mean - expected)[used] / error[used]).mean() < 2


def test_values_are_those_of_texts_that_the_delayed_copy_completes():
    """E[reward | the first t symbols] under the copy, and not under the policy."""
    made = game(rollouts=500)
    state = uneven(made, 2)
    keys = jax.random.split(jax.random.key(1), 27)

    @jax.jit
    def seen(state):
        nets = bind(made, state)
        values = step_values(nets, keys, EVERY, prior=PRIOR, rollouts=500)
        policies = {"copy": nets.average.generator, "policy": nets.generator}
        log_p = {name: policy(None, EVERY).sum(1) for name, policy in policies.items()}
        return values, reward(nets), log_p

    values, rewards, log_p = jax.tree.map(np.float64, jax.device_get(seen(state)))
    expected = {}
    for name, own in log_p.items():
        likely = np.exp(own)
        rows = [
            [np.average(rewards[same], weights=likely[same]) for same in begun(text)]
            for text in INDICES
        ]
        expected[name] = np.array(rows)
    np.testing.assert_allclose(values, expected["copy"], atol=4 * 0.5 / np.sqrt(500))
    distance = lambda name: np.abs(values - expected[name]).mean()
    assert distance("copy") < 0.2 * distance("policy")
    np.testing.assert_allclose(values[:, -1], rewards, rtol=1e-5)


def begun(text):
    """For each t, which of all texts have the first t symbols of this one."""
    return [(INDICES[:, :t] == text[:t]).all(1) for t in (1, 2, 3)]


@pytest.fixture(scope="module")
def games():
    """Maximum likelihood, then the critic alone, then both: three phases on a small oracle."""
    data = oracle(400, length=4, symbols=6)
    prior = priors.uniform(4, 0.0, 1.0)
    last = game(prior, data.spec, rollouts=2, baseline=True)
    alone = replace(last, players={"critic": last.players["critic"]}, frozen=("generator",))
    first = families.maximum_likelihood(
        last.networks["generator"], optimizer=optax.adam(1e-2), average=lambda step: 0.8
    )
    sampler = sampling.from_prior(prior)
    ends = (first, 60), (alone, 62), (last, 90)
    return data, [Phase(each, sampler, until) for each, until in ends]


def states(games, state=None):
    """Those of the steps 60, 62, 63 and 64."""
    data, three = games
    given = {"batch_size": 8, "seed": 3, "chunk": 63, "state": state}
    found = phases.train(three, data, steps=64, **given)
    return {int(state.step): jax.tree.map(np.array, state) for state, _ in found}


@pytest.fixture(scope="module")
def whole(games):
    return states(games)


@pytest.mark.slow
def test_roll_outs_go_on_bit_for_bit(games, whole):
    gone_on = states(games, jax.tree.map(jnp.array, whole[63]))
    jax.tree.map(np.testing.assert_array_equal, gone_on[64], whole[64])


@pytest.mark.slow
def test_likelihood_comes_first_and_then_the_critic_alone(games, whole):
    data, (first, *_) = games
    real = np.asarray(data.spec.decode(data.held_out["real"]))
    apply = first.game.networks["generator"].apply
    nll = jax.jit(lambda params: -apply(params, {}, None, real).mean())
    before = nll(start(first.game).params["generator"])
    assert nll(whole[60].params["generator"]) < 0.9 * before
    jax.tree.map(
        np.testing.assert_array_equal, whole[60].params["generator"], whole[62].params["generator"]
    )
    assert (whole[63].params["generator"]["shift"] != whole[62].params["generator"]["shift"]).all()
    np.testing.assert_allclose(
        nll(whole[60].average["generator"]), nll(whole[60].params["generator"]), rtol=0.05
    )


@pytest.mark.slow
def test_the_copy_follows_the_policy_late(whole):
    expected = lambda before, now: 0.8 * before + 0.2 * now
    jax.tree.map(
        partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-7),
        whole[64].average["generator"],
        jax.tree.map(expected, whole[63].average["generator"], whole[64].params["generator"]),
    )


def test_what_cannot_be_played_is_refused():
    with pytest.raises(ValueError, match="delay of the copy that completes texts is 2"):
        game(delay=2.0)
    with pytest.raises(ValueError, match="1 roll-out or more; given: 0"):
        game(rollouts=0)
    made, data = game(baseline=True), oracle(40, length=3, symbols=3)
    with pytest.raises(ValueError, match="batch of 2 or more"):
        next(train(made, data, steps=1, batch_size=1))
    longer = oracle(40, length=4, symbols=3)
    with pytest.raises(ValueError, match="make it for the shape of the data"):
        next(train(made, longer, steps=1, batch_size=4))
