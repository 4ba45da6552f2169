from functools import partial

import jax
import numpy as np
import optax
import pytest
from scipy.special import log_softmax, softmax

from gan_jax import families, networks, priors
from gan_jax.conditions import conditions
from gan_jax.data import Spec
from gan_jax.data.columns import Column, Mode
from gan_jax.game import Network, bind
from gan_jax.networks import packed, table_pair
from gan_jax.sampling import from_conditions
from gan_jax.standing import settled
from tests.playing import draw, halves, loss, start

COLUMNS = (
    Column("word", "categorical", categories=("a", "b", "c"), counts=(300, 30, 2)),
    Column("number", "continuous", modes=(Mode(1.0, 0.0, 1.0, 4.0),)),
)
SPEC, ASKED = Spec((4,), 1.0, 0.0, columns=COLUMNS), conditions(COLUMNS)
PRIOR = priors.together(priors.normal(2), priors.gumbel(4))
KEYS = jax.random.split(jax.random.key(1), 8)
HOT = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 1, 1, 2, 2]]
REAL = np.concatenate([HOT, np.full((8, 1), 0.5, np.float32)], axis=1)
RANDOM = np.random.default_rng(0)
MATRIX, ROW = (RANDOM.normal(size=n).astype(np.float32) for n in ((5, 4), 2 * 7))
SGD = dict.fromkeys(("generator_optimizer", "critic_optimizer"), optax.sgd(0.1))


def output(logits, noise):
    return networks.table_output(logits, SPEC, noise, 0.5)


def game(**rest):
    """A linear generator, and a linear critic of packs of two."""
    generator = Network(lambda key: (MATRIX, {}), lambda p, s, z: z @ p)
    critic = packed(Network(lambda key: (ROW, {}), lambda p, s, x: x @ p), 2)
    given = {"prior": PRIOR, "conditions": ASKED, "output": output, **SGD}
    return families.ctgan(generator, critic, **given | rest)


def score(rows, condition):
    return np.concatenate([rows, condition], axis=1).reshape(4, 14) @ ROW


def test_both_losses_are_those_of_the_paper():
    made = game(weight=7.0, obedience=3.0)
    batch = draw(made, "critic", KEYS, {"real": REAL})
    np.testing.assert_array_equal(batch["condition"], HOT)
    real, fake = (score(batch[name], HOT) for name in ("real", "fake"))
    slope = np.linalg.norm(ROW.reshape(2, 7)[:, :4])  # in the rows of a pack, not the condition
    value, metrics = loss(made, "critic", KEYS, batch)
    assert metrics["penalty"] == pytest.approx((slope - 1) ** 2, rel=1e-4)
    exact = fake.mean() - real.mean() + 7 * (slope - 1) ** 2
    np.testing.assert_allclose(value, exact, rtol=1e-4)
    own, _ = halves(KEYS)  # the keys of those fakes
    value, metrics = loss(made, "generator", own, {"real": REAL})
    missed = -(log_softmax(batch["logits"][:, :3], 1) * HOT).sum(1).mean()
    np.testing.assert_allclose(metrics["cross_entropy"], missed, rtol=1e-4)
    np.testing.assert_allclose(value, 3 * missed - fake.mean(), rtol=1e-4)


def test_fakes_are_drawn_by_the_gumbel_softmax():
    logits, noise = (RANDOM.normal(size=(8, 4)).astype(np.float32) for _ in range(2))
    found = np.asarray(jax.jit(output)(logits, noise))
    np.testing.assert_allclose(found[:, :3], softmax((logits + noise)[:, :3] / 0.5, 1), rtol=1e-4)
    np.testing.assert_allclose(found[:, 3], np.tanh(logits[:, 3]), rtol=1e-4)
    with pytest.raises(ValueError, match="temperature"):
        networks.table_output(logits, SPEC, None, 0.0)


def test_the_pair_fits_the_game_and_samples_are_whole_rows():
    pair = table_pair(SPEC, latent=2, condition=ASKED.size, widths=(8,), pack=4)
    made = families.ctgan(*pair, prior=PRIOR, conditions=ASKED, output=output, **SGD)
    batch = draw(made, "critic", KEYS, {"real": REAL})
    assert made.networks["generator"].mixes and not made.networks["critic"].mixes
    assert np.isfinite(loss(made, "critic", KEYS, batch)[0])
    sampler, state = from_conditions(PRIOR, ASKED, output), start(made)
    settle = lambda by: jax.jit(partial(settled, made, by))(state).stats["generator"]
    fixed = settle(sampler)
    same = lambda other: all(jax.tree.leaves(jax.tree.map(np.array_equal, fixed, other)))
    assert same(settle(sampler.training)) and not same(settle(sampler.sampler))
    sample = jax.jit(lambda state: sampler(bind(made, state), KEYS)["samples"])
    rows = np.asarray(sample(state))
    assert rows.shape == (8, 4)
    np.testing.assert_allclose(rows[:, :3].sum(1), 1, rtol=1e-5)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="cross-entropy"):
        game(obedience=-1.0)
    short = game(output=lambda logits, noise: logits)
    narrow = Network(lambda key: (MATRIX, {}), lambda p, s, z: (z @ p)[:, :3])
    made = families.ctgan(
        narrow, short.networks["critic"], prior=PRIOR, conditions=ASKED, output=output, **SGD
    )
    with pytest.raises(ValueError, match=r"examples of shape \(3,\)"):
        loss(made, "generator", KEYS, {"real": REAL})
