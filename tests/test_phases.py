"""A run of phases is one run: cut anywhere, it is the same."""

import jax
import numpy as np
import optax
import pytest

from gan_jax import families, networks, phases, priors, sampling
from gan_jax.data import from_arrays
from gan_jax.loading import load
from gan_jax.phases import Phase
from gan_jax.train import train
from tests.command import hashes, rows, write_experiment
from tests.command import train as train_run

PRIOR = priors.normal(3)
POINTS = np.random.default_rng(0).normal(size=(32, 2)).astype(np.float32)
DATA = from_arrays(POINTS)
GIVEN = {"batch_size": 4, "seed": 3, "chunk": 2}


def phase(width, until):
    pair = networks.mlp_pair(DATA.spec, latent=3, widths=(8, width))
    optimizers = {f"{name}_optimizer": optax.adam(1e-2) for name in ("generator", "critic")}
    game = families.vanilla(*pair, prior=PRIOR, **optimizers)
    return Phase(game, sampling.from_prior(PRIOR), until)


PHASES = [phase(4, 3), phase(6, 5), phase(8, 7)]


def states(steps, state=None):
    found = phases.train(PHASES, DATA, steps=steps, state=state, **GIVEN)
    return [jax.tree.map(np.array, state) for state, _ in found]


def same(one, other):
    jax.tree.map(np.testing.assert_array_equal, one, other)


@pytest.fixture(scope="module")
def whole():
    return {int(state.step): state for state in states(7)}


def test_looks_are_at_multiples_and_at_the_ends_of_phases(whole):
    assert list(whole) == [2, 3, 4, 5, 6, 7]
    width = lambda step: whole[step].params["critic"]["Dense_1"]["kernel"].shape[1]
    assert [width(step) for step in whole] == [4, 4, 6, 6, 8, 8]


LATER = [pytest.param(step, marks=pytest.mark.slow) for step in (2, 4, 5)]


@pytest.mark.parametrize("cut", [3, *LATER])
def test_a_run_that_was_cut_is_the_run(whole, cut):
    last = states(7, jax.tree.map(jax.numpy.array, whole[cut]))[-1]
    same(last, whole[7])


def test_the_first_phase_is_its_game(whole):
    *_, (state, _) = train(PHASES[0].game, DATA, steps=3, **GIVEN)
    same(jax.tree.map(np.asarray, state), whole[3])


def test_what_is_common_goes_on(whole):
    moved = (
        whole[4].params["critic"]["Dense_0"]["kernel"]
        - whole[3].params["critic"]["Dense_0"]["kernel"]
    )
    assert 0 < abs(moved).max() < 0.05  # one step of Adam, and no fresh start


def test_the_state_of_a_step_is_of_the_phase_that_played_it(whole):
    for step, state in whole.items():
        like = phases.abstract(PHASES, step)
        assert jax.tree.map(np.shape, like) == jax.tree.map(np.shape, state)
    assert phases.of_step(PHASES, 0) is PHASES[0] and phases.of_step(PHASES, 90) is PHASES[2]


def test_each_state_is_sampled_by_its_own_game(whole):
    draw, key = phases.prepare(PHASES), jax.random.key(0)
    for step in (3, 4):
        game = phases.of_step(PHASES, step).game
        expected = sampling.sample(game, PHASES[0].sampler, whole[step], key, 5)
        same(draw(whole[step], key, 5), expected)


@pytest.mark.parametrize("ends", [(), (3, 3), (5, 3), (0, 2)])
def test_phases_out_of_order_are_refused(ends):
    with pytest.raises(ValueError, match="one or more phases, each over later"):
        next(phases.train([PHASES[0]._replace(until=end) for end in ends], DATA, steps=9, **GIVEN))


IN_TURN = """
    from gan_jax.phases import Phase

    narrow, wide = (made(config, spec, widths) for widths in ((4, 5), config.widths))
    narrow = Phase(narrow, sampler, 3)
    return Experiment(wide, sampler, [metrics.suited(spec)], {"gap": "critic/gap"}, before=[narrow])
"""


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    path = write_experiment(tmp_path_factory.mktemp("phases"))
    source = path.read_text().replace("def build(config, spec):", "def made(config, spec, widths):")
    source, _, _ = source.partition("    sampler = ")
    source = source.replace("widths=config.widths", "widths=widths") + "    return game\n"
    source += f'''

def build(config, spec):
    """A narrow game, and then a wide one with a layer in common."""
    from gan_jax import metrics, priors, sampling
    from gan_jax.experiment import Experiment

    sampler = sampling.from_prior(priors.normal(4))
{IN_TURN}'''
    path.write_text(source)
    return path


@pytest.mark.slow
def test_a_run_goes_on_in_any_phase(experiment, tmp_path):
    flags = ("--data", "ring", "--widths", 4, 7, "--log-every", 2)
    assert train_run(experiment, tmp_path / "whole", *flags, "--steps", 6) == 0
    assert [row["step"] for row in rows(tmp_path / "whole")] == [2, 3, 4, 6]
    for cuts in ((2,), (3, 5)):
        run = tmp_path / str(cuts[0])
        for steps in (*cuts, 6):
            assert train_run(experiment, run, *flags, "--steps", steps, "--resume") == 0
        assert hashes(run) == hashes(tmp_path / "whole")
    trained = load(run)
    assert trained.state.params["critic"]["Dense_1"]["kernel"].shape == (4, 7)
    assert trained.sample(3)["samples"].shape == (3, 2)
    assert len(trained.game.networks) == 2


def test_games_in_turn_are_trained_one_seed_at_a_time(experiment, tmp_path, capsys):
    assert train_run(experiment, tmp_path / "run", "--data", "ring", "--seeds", "0..1") == 2
    assert "one --seed at a time" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
