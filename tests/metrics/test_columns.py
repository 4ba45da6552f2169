import numpy as np
import pytest
from scipy.stats import ks_2samp, pearsonr
from scipy.stats.contingency import association
from sklearn.linear_model import LinearRegression

from gan_jax.data.columns import Column, Mode
from gan_jax.metrics.cells import Cells, cells, target_of
from gan_jax.metrics.columns import associations, categories_lost, fidelity, marginals

RANDOM = np.random.default_rng(0)
COLUMNS = (
    Column("x", "continuous", low=-8.0, high=8.0, modes=(Mode(1.0, 0.0, 2.0, 8.0),)),
    Column("word", "categorical", categories=("a", "b", "c")),
    Column("y", "integer", low=0.0, high=8.0, modes=(Mode(1.0, 0.0, 2.0, 8.0),), missing="?"),
    Column("kind", "boolean", categories=("no", "yes")),
    Column("label", "categorical", categories=("p", "q"), label=True),
)


def tables(count=300):
    """Numbers and choices that have to do with one another."""
    word = RANDOM.integers(3, size=count)
    kind = (RANDOM.random(count) < [0.2, 0.5, 0.9] @ np.eye(3)[word].T).astype(int)
    x = RANDOM.normal(size=count) + word
    y = RANDOM.normal(size=count) - x + kind
    return Cells({"x": x, "y": y}, {"word": word, "kind": kind}, {"word": 3, "kind": 2})


def encoded(x, word, y, kind):
    """Rows of `COLUMNS`; a `y` of NaN is missing."""
    missing = np.isnan(y)
    choice = np.eye(2)[missing.astype(int)]
    scalars = x / 8, np.where(missing, 0, y) / 8
    parts = scalars[0][:, None], np.eye(3)[word], scalars[1][:, None], choice, np.eye(2)[kind]
    return np.concatenate(parts, axis=1)


def test_rows_become_cells():
    x, y = np.array([1.5, -2.0]), np.array([np.nan, 3.0])
    found = cells(encoded(x, np.array([2, 0]), y, np.array([0, 1])), COLUMNS)
    np.testing.assert_allclose(found.numbers["x"], x)
    np.testing.assert_array_equal(found.numbers["y"], y)
    assert {name: list(column) for name, column in found.choices.items()} == {
        "word": [2, 0],
        "kind": [0, 1],
    }
    assert found.sizes == {"word": 3, "kind": 2}
    with pytest.raises(ValueError, match="no columns"):
        cells(np.zeros((2, 2)), ())


def test_marginals_are_the_textbook_ones():
    one, two = tables(), tables(200)
    two.numbers["x"][:] += 0.5
    found = marginals(one, two)
    statistic = ks_2samp(one.numbers["x"], two.numbers["x"]).statistic
    assert found["x"] == pytest.approx(statistic) and statistic > 0.1
    shares = [np.bincount(table.choices["word"], minlength=3) for table in (one, two)]
    expected = np.abs(shares[0] / 300 - shares[1] / 200).sum() / 2
    assert found["word"] == pytest.approx(expected)
    assert marginals(one, one) == dict.fromkeys(("x", "y", "word", "kind"), 0.0)


def test_a_missing_number_is_less_than_all():
    known = np.arange(4.0)
    one = Cells({"x": known}, {}, {})
    two = Cells({"x": np.where(known > 1, np.nan, known)}, {}, {})
    assert marginals(one, two) == {"x": 0.5}
    assert marginals(two, two) == {"x": 0.0}


def test_associations_are_those_of_scipy_and_sklearn():
    table = tables()
    found = dict(zip(table.names, associations(table), strict=True))
    x, y, word, kind = *table.numbers.values(), *table.choices.values()
    assert found["x"][1] == pytest.approx(pearsonr(x, y).statistic) and found["x"][1] < 0
    counts = np.zeros((3, 2), int)
    np.add.at(counts, (word, kind), 1)
    assert found["word"][3] == pytest.approx(association(counts, method="cramer"))
    explained = LinearRegression().fit(np.eye(3)[word], x).score(np.eye(3)[word], x)
    assert found["x"][2] == pytest.approx(explained**0.5)
    matrix = associations(table)
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1)


def test_what_has_one_value_or_none_has_no_associations():
    table = tables()
    table.numbers["x"][:] = 3.0
    table.numbers["y"][0] = np.nan
    table.choices["kind"][:] = 1
    matrix = associations(table)
    assert np.isfinite(matrix).all()
    np.testing.assert_array_equal(matrix[[0, 3]], 0)


def test_lost_categories_are_counted():
    one, two = (Cells({}, {"c": np.array(c)}, {"c": 4}) for c in ([0, 1, 2, 2], [0, 0, 3, 0]))
    assert categories_lost(one, two) == pytest.approx(2 / 3)
    assert categories_lost(one, one) == 0


def test_independent_columns_have_all_but_the_associations():
    table = tables(1000)
    values = [table.numbers["x"].clip(-8, 8), table.choices["word"]]
    values += [np.rint(abs(table.numbers["y"])), table.choices["kind"]]
    real, alone = encoded(*values), encoded(*map(RANDOM.permutation, values))
    found = fidelity(real, alone, COLUMNS)
    names = [f"{what}_{which}" for what in ("ks", "tv") for which in ("mean", "worst")]
    assert [found[name] for name in names] == pytest.approx([0, 0, 0, 0])
    assert found["categories_lost"] == 0
    assert found["association_worst"] > found["association_mean"] > 0.1
    assert set(fidelity(real, real, COLUMNS).values()) == {0.0}


def test_the_column_to_predict():
    assert target_of(COLUMNS) == "kind"
    assert target_of(COLUMNS, "word") == "word"
    with pytest.raises(ValueError, match="no column 'wort': did you mean word.* word, kind"):
        target_of(COLUMNS, "wort")
    with pytest.raises(ValueError, match="no column to predict"):
        target_of(COLUMNS[:1])
