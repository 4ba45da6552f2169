from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import axis, families, losses, phases
from gan_jax.game import init, update
from gan_jax.phases import Phase
from gan_jax.play import annealed, extragradient
from tests.test_dirac import networks, prior

BATCH, IMAGES = 8, 80  # so that p moves by a tenth


def same(keys, x):
    return x


def negated(keys, x):
    return -x


def game(**rest):
    """Of players at rest, whose critic scores x as 3 x."""
    rest = {"augmentations": [negated], "images": IMAGES, "loss": losses.wasserstein} | rest
    still = {"generator_optimizer": optax.sgd(0.0), "critic_optimizer": optax.sgd(0.0)}
    return families.adaptive(*networks(2.0, 3.0), prior=prior, **still, **rest)


@cache
def playing(augmentation):
    """A game of two moves of the critic and one of the generator, and its step."""
    made = game(augmentations=[augmentation], critic_moves=2)
    return made, jax.jit(partial(update, made))


def beginning(made, before):
    state = init(made, jax.random.key(0))
    stats = {**state.stats, "adaptive": {"probability": jnp.asarray(before)}}
    return state._replace(stats=stats)


def after(augmentation, real, before, steps=1):
    """p after some steps on the same examples `[BATCH]`, and the last metrics."""
    made, play = playing(augmentation)
    state = beginning(made, before)
    batch = {"real": np.broadcast_to(np.float32(real)[..., None], (made.moves, BATCH, 1))}
    for _ in range(steps):
        state, metrics = play(state, jax.random.key(1), batch)
    np.testing.assert_array_equal(state.params["critic"], 3.0)
    return float(state.stats["adaptive"]["probability"]), metrics


@pytest.mark.parametrize(("positive", "moved"), [(8, 0.2), (7, 0.2), (6, -0.2), (0, -0.2)])
def test_it_rises_where_the_mean_sign_is_above_its_target(positive, moved):
    """Signs of 8, 7 and 6 of 8 have the means 1, 0.75 and 0.5; the target is 0.6."""
    real = np.where(np.arange(BATCH) < positive, 0.5, -2.0)
    assert after(same, real, 0.4)[0] == pytest.approx(0.4 + moved, abs=1e-6)


def test_every_move_of_the_critic_adjusts_it_within_0_and_1():
    found = [after(same, np.ones(BATCH), 0.0, steps)[0] for steps in (1, 2, 5, 8)]
    np.testing.assert_allclose(found, [0.2, 0.4, 1.0, 1.0], atol=1e-6)
    found = [after(same, -np.ones(BATCH), 0.35, steps)[0] for steps in (1, 2, 8)]
    np.testing.assert_allclose(found, [0.15, 0.0, 0.0], atol=1e-6)


@pytest.mark.parametrize(
    "rule", [annealed(9, "cosine"), annealed(500, warm_up=400), annealed(8, rule=extragradient)]
)
def test_it_knows_no_learning_rate(rule):
    """A schedule is of the critic, not of how fast p may rise or fall."""
    made = game(augmentations=[same])
    batch = {"real": jnp.ones((2, BATCH, 1))}
    step = lambda state, _: (rule(made, state, jax.random.key(1), batch)[0], None)
    found = jax.jit(lambda state: jax.lax.scan(step, state, length=7)[0])(beginning(made, 0.0))
    np.testing.assert_allclose(found.stats["adaptive"]["probability"], 0.7, rtol=1e-5)


def test_a_run_that_went_back_keeps_its_pace():
    """A rewind lowers the learning rates alone."""
    made = game(augmentations=[same])
    (slow,) = phases.slowed([Phase(made, None, 1)], 0.1)
    play = jax.jit(partial(update, slow.game))
    after, _ = play(beginning(made, 0.2), jax.random.key(1), {"real": jnp.ones((2, BATCH, 1))})
    np.testing.assert_allclose(after.stats["adaptive"]["probability"], 0.3, rtol=1e-6)


def test_real_and_fake_are_augmented_with_this_probability():
    """All are negated at 1 and none at 0, where the scores of these examples hold it."""
    found, metrics = after(negated, -np.ones(BATCH), 1.0)
    assert found == 1 and metrics["critic/probability"] == 1
    assert metrics["critic/real"] == 3 and metrics["critic/fake"] == -6
    assert metrics["critic/overfitting"] == 1 and metrics["generator/loss"] == 6
    found, metrics = after(negated, -np.ones(BATCH), 0.0)
    assert found == 0 and metrics["critic/probability"] == 0
    assert metrics["critic/real"] == -3 and metrics["critic/fake"] == 6
    assert metrics["generator/loss"] == -6
    _, metrics = after(negated, np.ones(BATCH), 0.5)
    assert -3 < metrics["critic/real"] < 3 and -6 < metrics["critic/fake"] < 6


def test_the_mean_is_that_of_the_global_batch():
    """One device sees signs of mean 1, the other of mean 0: together below the target."""
    made = game(augmentations=[same])
    state = beginning(made, 0.5)
    real = jnp.array([[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]])[:, None, :, None]
    batch = {"real": real.repeat(made.moves, 1)}
    play = lambda batch: update(made, state, jax.random.key(1), batch)[0].stats["adaptive"]
    found = jax.jit(jax.vmap(play, axis_name=axis.NAME))(batch)["probability"]
    np.testing.assert_allclose(found, [0.4, 0.4], atol=1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"target": 1.5}, "mean sign is 1.5: it must be from -1 to 1"),
        ({"images": 0}, "number of images in which p can rise to 1 is 0"),
        ({"augmentations": []}, "one or more"),
    ],
)
def test_what_makes_no_sense_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        game(**given)
