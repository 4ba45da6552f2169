import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import softmax

from gan_jax.data import Spec
from gan_jax.data.columns import Column, Mode, blocks
from gan_jax.networks import mlp_pair, table_output

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


@pytest.mark.parametrize("spec", [SPEC, Spec((7,), 1.0, 0.0)])
def test_other_data_are_refused(spec):
    with pytest.raises(ValueError, match=r"Logits \[2, 7\]"):
        table_output(jnp.zeros((2, 7)), spec)
