import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax

from gan_jax import priors
from gan_jax.data import Spec
from gan_jax.data.columns import Column, Mode, blocks
from gan_jax.game import Network
from gan_jax.networks import mlp_pair, table_draw, table_generator, table_output

WIDE, POINT = Mode(0.5, 0.0, 1.0, 4.0), Mode(0.5, 9.0, 0.0, 0.0)
COLUMNS = (
    Column("colour", "categorical", categories=("blue", "green", "red")),
    Column("size", "continuous", modes=(WIDE, POINT), missing="?"),
    Column("kind", "categorical", categories=("a", "b"), label=True),
    Column("constant", "categorical", categories=("x",)),
    Column("age", "integer", modes=(WIDE,)),
)
SPEC = Spec((8,), 1.0, 0.0, ("a", "b"), (0.5, 0.5), columns=COLUMNS)


def test_scalars_are_tanh_and_choices_softmax():
    logits = np.random.default_rng(0).normal(0, 3, (5, 4, 8)).astype(np.float32)
    output = jax.jit(lambda x: table_output(x, SPEC))(logits)
    expected = np.concatenate(
        [
            softmax(logits[..., :3], -1),
            np.tanh(logits[..., 3:4]),
            softmax(logits[..., 4:7], -1),
            np.tanh(logits[..., 7:]),
        ],
        axis=-1,
    )
    np.testing.assert_allclose(output, expected, rtol=1e-5, atol=1e-6)


def test_extreme_logits_stay_finite():
    logits = 1e30 * jnp.array([[1.0, -1, 1, 1, -1, 1, 1, -1]])
    value, slope = jax.value_and_grad(lambda x: table_output(x, SPEC).sum())(logits)
    assert jnp.isfinite(value) and jnp.isfinite(slope).all()


def test_the_pair_of_a_table_ends_in_it():
    generator, critic = mlp_pair(SPEC, latent=3, widths=(8,))
    params, stats = generator.init(jax.random.key(0))
    rows = generator.apply(params, stats, jax.random.normal(jax.random.key(1), (6, 3)))
    assert rows.shape == (6, 8)
    for block in (block for own in blocks(COLUMNS) for block in own):
        part = rows[:, block.start : block.stop]
        if block.kind == "choice":
            np.testing.assert_allclose(part.sum(1), 1, rtol=1e-5)
        assert (abs(part) < 1).all()
    assert critic.apply(*critic.init(jax.random.key(0)), rows).shape == (6,)


def test_every_choice_is_drawn_by_its_probability():
    row = np.float32([0.6, 0.4, 0.0, -0.3, 0.2, 0.5, 0.3, 0.9])
    keys = jax.random.split(jax.random.key(0), 20_000)
    drawn = np.asarray(
        jax.jit(lambda keys: table_draw(keys, jnp.tile(row, (20_000, 1)), SPEC))(keys)
    )
    np.testing.assert_array_equal(drawn[:, [3, 7]], np.tile(row[[3, 7]], (20_000, 1)))
    assert set(np.unique(drawn[:, [0, 1, 2, 4, 5, 6]])) == {0.0, 1.0}
    for first, last in ((0, 3), (4, 7)):
        hot = drawn[:, first:last]
        assert (hot.sum(1) == 1).all()
        likely = row[first:last] > 0
        expected = 20_000 * row[first:last][likely]
        assert hot[:, ~likely].sum() == 0
        assert stats.chisquare(hot[:, likely].sum(0), expected, sum_check=False).pvalue > 1e-3
    both = np.array([[0.6, 0.4, 0], [0.2, 0.5, 0.3]])
    together = np.einsum("ni,nj->ij", drawn[:, :3], drawn[:, 4:7]) / 20_000
    np.testing.assert_allclose(together, np.outer(*both), atol=0.02)  # of one another independent
    np.testing.assert_array_equal(drawn[7], table_draw(keys[7:8], row[None], SPEC)[0])


def test_extreme_probabilities_leave_one_category():
    soft = table_output(1e30 * jnp.array([[1.0, -1, 1, 1, -1, 1, 1, -1]]), SPEC)
    drawn = table_draw(jax.random.split(jax.random.key(0), 1), soft, SPEC)
    assert drawn[0, :3].sum() == drawn[0, 4:7].sum() == 1 and drawn[0, 1] == drawn[0, 4] == 0


def test_a_table_without_choices_is_left_as_it_is():
    spec = Spec((1,), 1.0, 0.0, columns=(Column("age", "integer", modes=(WIDE,)),))
    keys, rows = jax.random.split(jax.random.key(0), 2), jnp.array([[0.5], [-0.5]])
    np.testing.assert_array_equal(table_draw(keys, rows, spec), rows)


def test_a_generator_of_logits_is_soft_and_with_noise_all_but_chosen():
    logits = Network(lambda key: ({}, {}), lambda params, stats, z, *label: z - sum(label))
    made = table_generator(logits, SPEC, 0.1).apply
    z, noise = np.random.default_rng(0).normal(0, 1, (2, 2000, 8)).astype(np.float32)
    np.testing.assert_array_equal(made({}, {}, z), table_output(z, SPEC))
    np.testing.assert_array_equal(made({}, {}, z, 1.0), table_output(z - 1.0, SPEC))
    noisy = made({}, {}, (z, noise), 1.0)
    np.testing.assert_array_equal(noisy, table_output(z - 1.0, SPEC, noise, 0.1))
    assert np.median(noisy[:, :3].max(1)) > 0.99 > np.median(made({}, {}, z)[:, :3].max(1))


def test_the_draw_and_the_noise_of_training_follow_one_law():
    logits = Network(lambda key: ({}, {}), lambda params, stats, z: z)
    made = table_generator(logits, SPEC).apply
    z = jnp.tile(jnp.array([0.3, -1.0, 0.5, 0, 1.0, 0.0, -0.5, 0]), (20_000, 1))
    keys = jax.random.split(jax.random.key(1), 20_000)
    noisy = made({}, {}, (z, priors.gumbel(8)(keys)))
    drawn = table_draw(jax.random.split(jax.random.key(2), 20_000), made({}, {}, z), SPEC)
    for part in (slice(0, 3), slice(4, 7)):
        shares = [np.bincount(x[:, part].argmax(1), minlength=3) for x in (noisy, drawn)]
        assert stats.chi2_contingency(shares).pvalue > 1e-3


@pytest.mark.parametrize("spec", [SPEC, Spec((7,), 1.0, 0.0)])
def test_other_data_are_refused(spec):
    with pytest.raises(ValueError, match=r"Logits \[2, 7\]"):
        table_output(jnp.zeros((2, 7)), spec)
