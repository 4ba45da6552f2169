"""Many seeds in one program: one after another the bits of each alone, together to rounding."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, networks, priors, replicas
from gan_jax.data import from_arrays
from gan_jax.errors import DivergedError, UsageError
from gan_jax.replicas import Replica
from gan_jax.train import train

pytestmark = pytest.mark.usefixtures("fused")

ROOT = Path(__file__).resolve().parents[1]
SEEDS = [Replica(seed) for seed in (0, 1, 5)]
RATES = [Replica(3, {"rate": rate, "weight": weight}) for rate, weight in ((1e-3, 10), (1e-2, 0))]

both = pytest.mark.parametrize(
    "chosen",
    [pytest.param(SEEDS, id="seeds"), pytest.param(RATES, id="rates", marks=pytest.mark.slow)],
)


def points():
    return from_arrays(np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32))


def make(values):
    """WGAN-GP in two perceptrons; a rate and a weight that may be traced."""
    generator, critic = networks.mlp_pair(points().spec, latent=3, widths=(16,))
    return families.wgan_gp(
        generator,
        critic,
        prior=priors.normal(3),
        weight=values.get("weight", 10.0),
        critic_moves=2,
        generator_optimizer=optax.adam(1e-3),
        critic_optimizer=optax.adam(values.get("rate", 1e-3)),
        average=lambda step: 0.9,
    )


def together(chosen, **given):
    """The states and the last metrics of a training of replicas."""
    *_, last = replicas.train(make, points(), batch_size=16, replicas=chosen, **given)
    return jax.device_get(last)


def alone(replica, steps):
    given = {"steps": steps, "batch_size": 16, "seed": replica.seed}
    *_, last = train(make(replica.values), points(), **given)
    return jax.device_get(last)


def check_equal(one, other):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_array_equal(a, b)


@both
def test_one_by_one_each_is_itself_bit_for_bit(chosen):
    states, metrics = together(chosen, steps=23, lay=replicas.one_by_one)
    for index, replica in enumerate(chosen):
        state, seen = alone(replica, 23)
        check_equal(replicas.part(states, index), state)
        assert {name: value[index] for name, value in metrics.items()} == pytest.approx(seen)


@pytest.mark.slow
@both
def test_at_once_each_is_itself_to_rounding(chosen):
    states, _ = together(chosen, steps=3, lay=replicas.at_once)
    for index, replica in enumerate(chosen):
        mine, (state, _) = replicas.part(states, index), alone(replica, 3)
        for a, b in zip(jax.tree.leaves(mine.params), jax.tree.leaves(state.params), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4)


def in_double(game):
    """The game with weights in float64, and so all that follows from them."""
    double = lambda x: x.astype(jnp.float64)

    def cast(network):
        return network._replace(init=lambda key: jax.tree.map(double, network.init(key)))

    return replace(game, networks={name: cast(each) for name, each in game.networks.items()})


def images():
    """Grey images of 8x8 pixels."""
    return from_arrays(np.random.default_rng(0).integers(256, size=(64, 8, 8, 1)).astype(np.uint8))


def dcgan(values):
    """Convolutions, and batch norm in both networks."""
    pair = networks.dcgan_pair(images().spec, latent=3, width=4, normalise_critic=True)
    rates = {f"{name}_optimizer": optax.adam(2e-4, b1=0.5) for name in ("generator", "critic")}
    return families.vanilla(*pair, prior=priors.normal(3), average=lambda step: 0.9, **rates)


@pytest.mark.slow
@pytest.mark.parametrize("make, data", [(make, points), (dcgan, images)], ids=["mlp", "dcgan"])
def test_at_once_each_is_itself_in_float64(make, data):
    double, given = lambda values: in_double(make(values)), {"steps": 50, "batch_size": 8}
    with jax.enable_x64(True):
        *_, (states, _) = replicas.train(double, data(), replicas=SEEDS, **given)
        for index, replica in enumerate(SEEDS):
            *_, (state, _) = train(double({}), data(), seed=replica.seed, **given)
            check_close(replicas.part(states, index), state)


def check_close(one, other):
    """Two states are the same but for 1e-10 of the length of each leaf, which only float64 can."""
    assert {leaf.dtype for leaf in jax.tree.leaves(one.params)} == {np.dtype(np.float64)}
    for a, b in zip(*map(jax.tree.leaves, jax.device_get((one, other))), strict=True):
        assert np.linalg.norm(a - b) <= 1e-10 * np.linalg.norm(b)


@pytest.mark.slow
def test_a_training_may_be_cut():
    whole, _ = together(SEEDS, steps=12)
    first, _ = together(SEEDS, steps=5)
    check_equal(together(SEEDS, steps=12, state=first)[0], whole)


def test_the_shapes_are_those_of_the_states():
    states = replicas.beginning(make, RATES)()
    for leaf, kind in zip(
        jax.tree.leaves(states), jax.tree.leaves(replicas.abstract(make, RATES)), strict=True
    ):
        assert (leaf.shape, leaf.dtype) == (kind.shape, kind.dtype)
    check_equal(states.params["critic"], jax.tree.map(lambda x: x[::-1], states.params["critic"]))


@pytest.mark.parametrize(
    "lay", [replicas.at_once, pytest.param(replicas.one_by_one, marks=pytest.mark.slow)]
)
def test_one_that_diverges_stays_where_it_was_sound_and_the_others_go_on(lay):
    chosen = [Replica(0, {"rate": 1e-3}), Replica(0, {"rate": 1e38}), Replica(1, {"rate": 1e-3})]
    states, _ = together(chosen, steps=30, lay=lay)
    assert states.step.tolist() == [30, states.step[1], 30]
    assert states.step[1] < 5
    for leaf in jax.tree.leaves(replicas.part(states, 1)):
        assert np.isfinite(leaf).all()
    further, _ = together(chosen, steps=40, lay=lay, state=states)
    assert further.step.tolist() == [40, states.step[1], 40]
    healthy, _ = together([chosen[0], chosen[2]], steps=30, lay=lay)
    if lay is replicas.one_by_one:
        check_equal(replicas.part(states, 0), replicas.part(healthy, 0))


@pytest.mark.parametrize("lay", [replicas.at_once, replicas.one_by_one])
def test_one_whose_metric_is_not_finite_stops_as_it_does_alone(lay):
    def make(values):
        game = plain({})
        critic = game.players["critic"]

        def loss(nets, keys, batch):
            value, metrics = critic.loss(nets, keys, batch)
            return value, metrics | {"figure": jnp.where(nets.step < 2, 1.0, values["figure"])}

        players = game.players | {"critic": replace(critic, loss=loss)}
        return replace(game, players=players)

    chosen = [Replica(0, {"figure": figure}) for figure in (np.inf, 1.0)]
    given = {"steps": 6, "batch_size": 8, "chunk": 3}
    played = replicas.train(make, points(), replicas=chosen, lay=lay, **given)
    *_, (states, metrics) = played
    assert states.step.tolist() == [2, 6] and metrics["critic/figure"][1] == 1
    with pytest.raises(DivergedError, match="Not finite at step 3: critic/figure"):
        list(train(make(chosen[0].values), points(), **given))


def test_names():
    assert Replica(3).name == "seed-3"
    assert Replica(1, {"learning_rate": 2e-4}).name == "learning_rate-0.0002-seed-1"
    assert Replica(1_000_001).name == "seed-1000001"
    close = [Replica(0, {"rate": rate}).name for rate in (1.000001e-4, 1.000002e-4, 1e6)]
    assert close == [f"rate-{rate}-seed-0" for rate in ("0.0001000001", "0.0001000002", "1e+06")]
    assert Replica(1, {"a": 2.0}).to_json() == {"name": "a-2-seed-1", "seed": 1, "values": {"a": 2}}


def test_a_batch_larger_than_the_data():
    with pytest.raises(UsageError, match="use 1 to 160"):
        next(replicas.train(make, points(), steps=1, batch_size=201, replicas=SEEDS))


def on_devices(devices: int, code: str, **given: str) -> Path:
    """Runs it in a process with so many simulated devices; returns the folder it ran in."""
    flags = given.get("flags", os.environ["XLA_FLAGS"])
    flags += f" --xla_force_host_platform_device_count={devices}"
    environment = os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": str(ROOT)}
    folder = os.path.realpath(os.environ["XDG_CACHE_HOME"])
    command, where = [sys.executable, "-c", SHARED + code], {"env": environment, "cwd": folder}
    done = subprocess.run(command, capture_output=True, text=True, **where)
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(folder)


SHARED = """
import jax, numpy as np, tempfile
from pathlib import Path
from tests.test_replicas import SEEDS, check_equal, plain, points, together
from gan_jax import checkpoint, replicas
"""


def plain(values):
    """Two perceptrons of one hidden layer, compiled in a moment."""
    generator, critic = networks.mlp_pair(points().spec, latent=2, widths=(4,))
    rates = {f"{name}_optimizer": optax.adam(1e-3) for name in ("generator", "critic")}
    given = {"prior": priors.normal(2), "loss": losses.wasserstein}
    return families.two_player(generator, critic, **given, **rates)


@pytest.mark.slow
def test_they_go_on_from_a_checkpoint_on_several_devices():
    """Two of them, which two devices divide, and three, which they do not."""
    code = """
assert jax.device_count() == 2
def played(chosen, steps, **given):
    given |= {"batch_size": 8, "replicas": chosen}
    *_, (states, _) = replicas.train(plain, points(), steps=steps, **given)
    return states
held_by = lambda tree: {len(x.addressable_shards[0].data) for x in jax.tree.leaves(tree)}
for count, held in ((2, 1), (3, 3)):
    chosen, folder = SEEDS[:count], Path(tempfile.mkdtemp())
    first = played(chosen, 2)
    with checkpoint.open_folder(folder) as manager:
        checkpoint.save(manager, 2, first, {})
    restored, _ = checkpoint.restore(folder, 2, replicas.abstract(plain, chosen))
    assert held_by(replicas.beginning(plain, chosen)()) == held_by(first) == {held}
    assert held_by(restored) == {held}
    assert {len(x.devices()) for x in jax.tree.leaves(replicas.part(restored, 1))} == {1}
    check_equal(played(chosen, 4, state=restored), played(chosen, 4))
"""
    on_devices(2, code)


@pytest.mark.slow
@pytest.mark.parametrize("devices", [2, 4])
def test_replicas_spread_over_devices_are_the_same(devices, fused):
    """Three of them on two devices too, where one is played twice."""
    code = f"""
assert jax.device_count() == {devices}
spread, _ = together(SEEDS, steps=12, lay=replicas.one_by_one)
np.savez("states-{devices}.npz", *jax.tree.leaves(spread))
"""
    folder = on_devices(devices, code, flags=fused)
    states, _ = together(SEEDS, steps=12, lay=replicas.one_by_one)
    with np.load(folder / f"states-{devices}.npz") as found:
        check_equal(list(found.values()), jax.tree.leaves(states))
