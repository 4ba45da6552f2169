import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import feed, order
from gan_jax.conditions import conditions
from gan_jax.data import Dataset, Spec
from gan_jax.data.columns import Column, Mode
from gan_jax.errors import DataError
from gan_jax.keys import stream

RANDOM = np.random.default_rng(0)
COUNT = 5000
CHOICES = [RANDOM.choice(3, COUNT, p=[0.01, 0.19, 0.8]), RANDOM.choice(2, COUNT, p=[0.9, 0.1])]
NUMBER = Column("size", "continuous", modes=(Mode(1.0, 0.0, 1.0, 4.0),))


def column(name, words, choice, **more):
    counts = tuple(np.bincount(choice).tolist())
    return Column(name, "categorical", categories=words, counts=counts, **more)


COLUMNS = (
    column("colour", ("blue", "green", "red"), CHOICES[0]),
    NUMBER,
    column("kind", ("a",), CHOICES[1], missing="?"),
)
LABEL = column("income", ("p", "q"), CHOICES[1], label=True)
ROWS = np.concatenate(
    [np.eye(3)[CHOICES[0]], RANDOM.uniform(-1, 1, (COUNT, 1)), np.eye(2)[CHOICES[1]]], axis=1
).astype(np.float32)
ASKED = conditions(COLUMNS)
KEYS = jax.random.split(jax.random.key(0), 20_000)


def expected(amount):
    """Each of the two columns as often, and in it the categories by this function of the counts."""
    amounts = [amount(np.bincount(choice)) for choice in CHOICES]
    return np.concatenate([each / each.sum() / 2 for each in amounts])


def rows_of(steps):
    """The rows that the order of training gives, by weights."""
    data = Dataset(
        {"real": ROWS}, {"real": ROWS[:0]}, Spec((6,), 1.0, 0.0, columns=COLUMNS), "table",
        ASKED.weights(ROWS),
    )  # fmt: skip
    arrays = feed.training(data)
    size = feed.places(arrays)
    chosen = lambda name: order.minibatches(jax.random.key(1), 0, steps, 500, size)
    return jax.jit(lambda given: feed.gathered(given, 0, chosen))(dict(arrays))["real"]


def test_conditions_and_rows_follow_training_by_sampling():
    rows = rows_of(40).reshape(-1, 6)
    drawn = np.asarray(jax.jit(ASKED.of)(KEYS, rows))
    assert (drawn.sum(1) == 1).all()
    counts = drawn.sum(0)
    law = expected(lambda counts: np.log(1 + counts))
    np.testing.assert_allclose(ASKED.law, law)
    assert stats.chisquare(counts, law * counts.sum()).pvalue > 1e-3
    assert stats.chisquare(counts, expected(lambda x: x) * counts.sum()).pvalue < 1e-9
    assert ((np.asarray(rows)[:, ASKED.places] * drawn).sum(1) == 1).all()
    # Given the condition, all rows that meet it are alike: those of the rarest as any others.
    rare = np.asarray(rows)[drawn[:, 0] == 1][:, 3]
    there = np.flatnonzero(CHOICES[0] == 0)
    seen = np.bincount(np.searchsorted(np.sort(ROWS[there, 3]), rare), minlength=len(there))
    assert stats.chisquare(seen).pvalue > 1e-3


def test_weights_are_a_distribution_of_rows():
    np.testing.assert_allclose(ASKED.weights(ROWS).sum(), 1)


def test_samples_are_asked_for_what_is_frequent():
    laws = {ASKED.prior: lambda x: x, ASKED.training_prior: lambda x: np.log(1 + x)}
    for prior, amount in laws.items():
        counts = np.asarray(jax.jit(prior)(KEYS)).sum(0)
        assert stats.chisquare(counts, expected(amount) * counts.sum()).pvalue > 1e-3


def test_the_cross_entropy_is_that_of_the_column_asked_for():
    logits = RANDOM.normal(0, 3, (5, 6)).astype(np.float32)
    for entry, (first, last) in enumerate([(0, 3)] * 3 + [(4, 6)] * 2):
        condition = jnp.eye(5)[jnp.full(5, entry)]
        found = ASKED.cross_entropy(jnp.asarray(logits), condition)
        own = logits[:, first:last].astype(np.float64)
        exact = np.log(np.exp(own).sum(1)) - logits[:, ASKED.places[entry]]
        np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-5)


def test_the_cross_entropy_is_zero_only_if_the_generator_obeys():
    condition = jnp.eye(5)[jnp.array([1, 4])]
    obeying = jnp.array([[-1e4, 0, -1e4, 5.0, 9.0, 9.0], [3.0, 3.0, 3.0, 0, -1e4, 1e4]])
    np.testing.assert_array_equal(ASKED.cross_entropy(obeying, condition), 0)
    np.testing.assert_allclose(ASKED.cross_entropy(-obeying, condition), [1e4, 2e4], rtol=1e-3)
    assert (ASKED.cross_entropy(jnp.zeros((2, 6)), condition) > 0.6).all()
    slope = jax.grad(lambda x: ASKED.cross_entropy(x, condition).sum())(-obeying)
    assert jnp.isfinite(slope).all() and abs(slope[0, :3]).max() > 0.9
    np.testing.assert_array_equal(slope[0, 3:], 0)


def test_one_column_alone_is_asked_for():
    one = conditions(COLUMNS, ["kind"])
    np.testing.assert_array_equal(one.places, [4, 5])
    np.testing.assert_allclose(one.law.sum(), 1)


@pytest.mark.parametrize(
    ("columns", "names", "said"),
    [
        ((), [], "nothing to ask for"),
        ((NUMBER,), [], "nothing to ask for"),
        ((*COLUMNS, LABEL), [], "'income' is the label .*without .label=.*--conditions income"),
        ((*COLUMNS, LABEL), ["colour"], "'income' is the label"),
        (COLUMNS, ["size"], "'size' has no categories .*colour, kind"),
        (COLUMNS, ["color"], "did you mean colour"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(columns, names, said):
    with pytest.raises(ValueError, match=said):
        conditions(columns, names)


def test_the_order_by_weights_is_the_same_from_device_and_host():
    weights = np.array([0.0, 1.0, 0.0, 5.0, 2.0, 0.0])
    real = np.arange(6, dtype=np.float32)[:, None]
    data = Dataset({"real": real}, {"real": real[:0]}, Spec((1,), 1.0, 0.0), "six", weights)
    arrays, key = feed.training(data), jax.random.key(3)
    (part,) = feed.chunks(arrays, key, 2, 4, range(500), 500)
    places = feed.places(arrays)
    chosen = lambda name: order.minibatches(stream(key, name), 0, 1000, 4, places)
    whole = jax.jit(lambda given: feed.gathered(given, 0, chosen))(dict(arrays))
    assert part.keys() == whole.keys() == {"real"}
    np.testing.assert_array_equal(part["real"].reshape(1000, 4, 1), whole["real"])
    seen = np.bincount(np.asarray(whole["real"], int).ravel(), minlength=6)
    assert (seen[weights == 0] == 0).all()
    assert stats.chisquare(seen[weights > 0], 4000 * weights[weights > 0] / 8).pvalue > 1e-3


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [1.0, np.nan]])
def test_weights_that_cannot_be_are_refused(weights):
    real = np.zeros((2, 1), np.float32)
    with pytest.raises(DataError, match="weights of shape .* for 2 training examples"):
        Dataset({"real": real}, {"real": real}, Spec((1,), 1.0, 0.0), "two", np.array(weights))
