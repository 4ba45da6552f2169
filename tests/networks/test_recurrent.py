import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.networks import LSTM, LSTMCritic, LSTMGenerator, linen, recurrent_pair


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def by_numpy(x, kernel, bias):
    """Gate by gate, as in the textbook."""
    width = len(bias) // 4
    hidden = cell = np.zeros((len(x), width))
    states = []
    for t in range(x.shape[1]):
        gates = np.concatenate([x[:, t], hidden], 1) @ kernel + bias
        into, forget, new, out = np.split(gates, 4, 1)
        cell = sigmoid(forget) * cell + sigmoid(into) * np.tanh(new)
        hidden = sigmoid(out) * np.tanh(cell)
        states.append(hidden)
    return np.stack(states, 1)


def test_the_states_are_those_of_the_textbook():
    x, kernel, bias = draw(3, 7, 2), draw(6, 16, seed=1), draw(16, seed=2)
    with jax.enable_x64(True):
        found = LSTM(4).apply({"params": {"kernel": kernel, "bias": bias}}, jnp.asarray(x))
    np.testing.assert_allclose(found, by_numpy(x, kernel, bias), rtol=1e-12, atol=1e-14)


def test_the_forget_gate_begins_open_and_the_states_orthogonal():
    params = LSTM(4).init(jax.random.key(0), jnp.zeros((1, 3, 2)))["params"]
    assert params["bias"].tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 8
    for gate in np.split(np.asarray(params["kernel"])[2:], 4, 1):
        np.testing.assert_allclose(gate @ gate.T, np.eye(4), atol=1e-5)


def test_one_latent_is_the_same_latent_at_every_step():
    generator = LSTMGenerator((5, 2), width=4)
    one = jnp.asarray(draw(3, 6), jnp.float32)
    variables = generator.init(jax.random.key(0), one)
    every = jnp.broadcast_to(one[:, None], (3, 5, 6))
    found = [generator.apply(variables, z) for z in (one, every)]
    assert found[0].shape == (3, 5, 2)
    np.testing.assert_array_equal(*found)
    with pytest.raises(ValueError, match="sequences of 5 steps and got latents of shape"):
        generator.apply(variables, jnp.zeros((3, 4, 6)))


def test_the_score_is_the_mean_over_the_steps():
    x = jnp.asarray(draw(3, 5, 2), jnp.float32)
    variables = LSTMCritic(4).init(jax.random.key(0), x)
    each = LSTMCritic(4, per_step=True).apply(variables, x)
    assert each.shape == (3, 5)
    np.testing.assert_allclose(LSTMCritic(4).apply(variables, x), each.mean(1), rtol=1e-6)


def test_the_past_knows_nothing_of_the_future():
    x = jnp.asarray(draw(2, 6, 1), jnp.float32)
    critic = LSTMCritic(4, per_step=True)
    variables = critic.init(jax.random.key(0), x)
    before, after = (critic.apply(variables, y) for y in (x, x.at[:, 3].add(1.0)))
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert (before[:, 3:] != after[:, 3:]).all()


def test_the_gradient_of_a_penalty_is_that_of_differences():
    with jax.enable_x64(True):
        x, other = jnp.asarray(draw(3, 5, 2)), jnp.asarray(draw(3, 5, 2, seed=1))
        critic = LSTMCritic(4)
        double = lambda tree: jax.tree.map(lambda leaf: leaf.astype(jnp.float64), tree)
        params = double(critic.init(jax.random.key(0), x)["params"])
        keys = jax.random.split(jax.random.key(1), 3)

        @jax.jit
        def penalty(bias):
            changed = params | {"LSTM_0": params["LSTM_0"] | {"bias": bias}}
            score = lambda x: critic.apply({"params": changed}, x)
            return gradient_penalty()(score, keys, x, other)

        bias = params["LSTM_0"]["bias"]
        slopes = jax.grad(penalty)(bias)
        for index in range(0, 16, 3):
            ends = [penalty(bias.at[index].add(step)) for step in (1e-5, -1e-5)]
            expected = (ends[0] - ends[1]) / 2e-5
            np.testing.assert_allclose(slopes[index], expected, rtol=1e-5, atol=1e-9)


def test_a_pair_follows_the_data():
    spec = Spec((30, 1), 1.0, 0.0, ("sine", "saw"), (0.5, 0.5))
    generator, critic = recurrent_pair(spec, latent=3, width=8, conditional=True)
    label = jnp.array([0, 1])
    params, stats = generator.init(jax.random.key(0))
    waves = generator.apply(params, stats, jnp.ones((2, 3)), label)
    assert waves.shape == (2, 30, 1) and jnp.abs(waves).max() < 1
    params, stats = critic.init(jax.random.key(0))
    assert critic.apply(params, stats, waves, label).shape == (2,)
    assert not (generator.mixes or critic.mixes)
    with pytest.raises(ValueError, match=r"sequences of shape \(T, C\); the data have \(2,\)"):
        recurrent_pair(Spec((2,), 1.0, 0.0), latent=3)


def test_layers_stand_on_one_another():
    spec = Spec((5, 1), 1.0, 0.0)
    generator, critic = recurrent_pair(spec, latent=3, width=4, layers=2)
    for network, inputs in ((generator, 3), (critic, 1)):
        params = jax.eval_shape(network.init, jax.random.key(0))[0]
        kernels = [params[f"LSTM_{i}"]["kernel"].shape for i in range(2)]
        assert kernels == [(inputs + 4, 16), (8, 16)] and "LSTM_2" not in params
    with pytest.raises(ValueError, match="number of layers is 0: it must be above 0"):
        recurrent_pair(spec, latent=3, layers=0)


def test_several_devices_may_split_it():
    network = linen(LSTMCritic(4), jnp.zeros((2, 5, 1)))
    params, stats = network.init(jax.random.key(0))
    mesh = jax.sharding.Mesh(jax.devices()[:1], ("examples",))
    apply = lambda x: network.apply(params, stats, x)
    split = jax.shard_map(apply, mesh=mesh, in_specs=jax.P("examples"), out_specs=jax.P("examples"))
    x = jnp.asarray(draw(4, 5, 1), jnp.float32)
    np.testing.assert_allclose(jax.jit(split)(x), apply(x), rtol=1e-6)
