"""The contract: what is true of every family, row by row."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import checkpoint
from gan_jax.game import update
from gan_jax.sampling import prepare
from gan_jax.train import train
from tests.contract import checks
from tests.contract.rows import BATCH, Row
from tests.contract.table import FEW, LONG, ROWS, slow_but

made = cache(lambda name: ROWS[name]())


@pytest.fixture(params=slow_but(ROWS.keys() - LONG, ROWS))
def row(request) -> Row:
    return made(request.param)


@pytest.fixture(params=slow_but(FEW[:1], ROWS))
def played(request) -> Row:
    """A row that is played in several programs, which most rows are in the slow tests."""
    return made(request.param)


def test_compiles_once_and_is_finite(row):
    checks.check_compiles_once_and_is_finite(row)


def test_a_move_changes_what_its_player_trains(row):
    checks.check_moves_change_their_own(row)


def test_every_network_moves_within_a_step(row):
    checks.check_every_network_moves(row)


def test_no_key_is_used_twice(row, monkeypatch):
    checks.check_keys(row, monkeypatch)


def test_the_key_reuse_checker_is_silent(played):
    with jax.debug_key_reuse(True):
        jax.jit(partial(update, played.game))(
            checks.start(played), jax.random.key(3), checks.batches(played)
        )


def test_moves_of_a_step_see_different_data(played):
    checks.check_data_of_moves(played)


def test_many_steps_in_one_program_are_as_many_programs(played):
    checks.check_chunks(played)


def test_seeds_together_are_seeds_alone(played):
    checks.check_seeds_together(played)


def test_signs(row):
    if row.judged:
        checks.check_signs(row)


def test_labels_matter(row):
    if row.conditional:
        checks.check_labels(row)


def test_saved_and_gone_on_is_uninterrupted(played, tmp_path):
    given = {"batch_size": BATCH, "seed": 5, "chunk": 3}
    *_, (whole, _) = train(played.game, played.data, steps=7, **given)
    with checkpoint.open_folder(tmp_path / "checkpoints") as manager:
        *_, (state, _) = train(played.game, played.data, steps=4, **given)
        checkpoint.save(manager, 4, state, {})
    restored, _ = checkpoint.restore(tmp_path / "checkpoints", 4, checks.start(played))
    *_, (state, _) = train(played.game, played.data, steps=7, state=restored, **given)
    assert checks.digest(state) == checks.digest(whole)


def test_a_sample_depends_on_its_own_key(row):
    draw, state = prepare(row.game, row.sampler), checks.start(row)
    many = draw(state, jax.random.key(0), 20, batch_size=20)
    few = draw(state, jax.random.key(0), 5, batch_size=3)
    assert many["samples"].shape == (20, *row.data.spec.shape)
    assert many["samples"].dtype == np.float32
    assert ("labels" in many) == row.conditional
    for name in many:
        np.testing.assert_array_equal(many[name][:5], few[name])
    assert len(np.unique(many["samples"].reshape(20, -1), axis=0)) == 20


def test_mixes_is_what_the_outputs_say(row):
    nets, batch = checks.bind(row.game, checks.start(row)), checks.one_batch(row)
    condition = (batch["label"],) if row.conditional else ()
    z = jax.random.normal(checks.KEY, (BATCH, row.latent))
    seen = [("generator", nets.generator, (z, *condition))]
    if row.judged:
        drawn = checks.drawing(row.game, "critic")(
            checks.start(row), jax.random.split(checks.KEY, BATCH), batch
        )
        inputs = checks.judged(row, row.judged[0], drawn)
        seen.append(("critic", partial(row.score, nets), inputs))
    for name, output, (x, *rest) in seen:
        other = jnp.asarray(x).at[-1].add(0.5)
        same = np.allclose(output(x, *rest)[:-1], output(other, *rest)[:-1], atol=1e-6)
        assert same != row.game.networks[name].mixes
