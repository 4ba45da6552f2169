import numpy as np
import pytest

from gan_jax.data.cells import Cells
from gan_jax.data.columns import blocks, width
from gan_jax.data.encoding import decode, encode, fit, hardened
from gan_jax.data.kinds import typed

RANDOM = np.random.default_rng(0)
EVERY = np.arange(200)


def column(words, asked=None, encoding="modes", rows=EVERY, missing="?"):
    """A typed column of these words, "?" where one is missing, and fitted to some rows."""
    known = list(dict.fromkeys(word for word in words if word != "?"))
    index = np.array([-1 if word == "?" else known.index(word) for word in words])
    cells = Cells("c", known, index, missing=missing)
    read = typed(cells, asked, "t")
    return read, fit(read, rows, encoding)


def spoilt(words):
    return [word if row % 5 else "?" for row, word in enumerate(words)]


WORDS = {
    "whole": [str(value) for value in RANDOM.poisson(300, 200)],
    "negative": [str(value) for value in RANDOM.integers(-(10**5), 10**5, 200)],
    "cents": [f"{value:.2f}" for value in RANDOM.normal(20, 300, 200)],
    "spike": [
        str(value) for value in np.where(RANDOM.random(200) < 0.7, 0, RANDOM.poisson(99, 200))
    ],
    "few": [str(value) for value in RANDOM.integers(1, 6, 200)],
    "words": [str(value) for value in RANDOM.choice(["a", "b", "ü "], 200)],
    "booleans": [str(value) for value in RANDOM.random(200) < 0.3],
    "days": np.datetime_as_string(
        np.datetime64("2020-02-27") + RANDOM.integers(0, 999, 200)
    ).tolist(),
    "constant": ["7.5"] * 200,
}
every_column = pytest.mark.parametrize("words", [*WORDS.values(), *map(spoilt, WORDS.values())])
either = pytest.mark.parametrize("encoding", ["modes", "quantiles"])


@every_column
@either
def test_rows_are_scalars_and_one_hot_and_come_back(words, encoding):
    read, fitted = column(words, encoding=encoding)
    rows = encode(read, fitted, EVERY, "train")
    assert rows.shape == (200, width([fitted])) and rows.dtype == np.float32
    (own,) = blocks([fitted])
    missing = read.index < 0
    for block in own:
        part = rows[:, block.start : block.stop]
        if block.kind == "choice":
            assert set(np.unique(part)) <= {0, 1} and (part.sum(1) == 1).all()
            assert (part[:, -1] == missing).all() or not missing.any()
        else:
            assert abs(part).max() <= np.float32(0.99) and (part[missing] == 0).all()
    (back,) = decode(rows, [fitted])
    np.testing.assert_array_equal(back.missing, missing)
    known = read.values[read.index[~missing]]
    if fitted.categories:
        known = [fitted.categories.index(word) for word in known]
    np.testing.assert_array_equal(back.values[~missing], known)


@either
def test_numbers_without_decimals_come_back_to_rounding(encoding):
    words = [repr(value) for value in RANDOM.gamma(2, 3, 200).tolist()]
    read, fitted = column(words, encoding=encoding)
    (back,) = decode(encode(read, fitted, EVERY, "train"), [fitted])
    np.testing.assert_allclose(back.values, read.values, rtol=1e-4 if fitted.knots else 1e-5)


@every_column
@either
def test_only_the_training_part_is_looked_at(words, encoding):
    train = EVERY[:150]
    read, fitted = column(words, encoding=encoding, rows=train)
    other = [*words[:150], *["?" if word == "?" else words[1] for word in words[150:]]]
    changed, again = column(other, encoding=encoding, rows=train)
    assert again._replace(decimals=fitted.decimals, padded=fitted.padded) == fitted
    expected = encode(read, fitted, train, "train")
    np.testing.assert_array_equal(encode(changed, again, train, "train"), expected)


def test_quantiles_are_uniform():
    words = [repr(value) for value in np.random.default_rng(1).gamma(0.3, 9, 5000).tolist()]
    read, fitted = column(words, encoding="quantiles", rows=np.arange(5000))
    scalars = np.sort(encode(read, fitted, np.arange(5000), "train")[:, 0])
    np.testing.assert_allclose(scalars, np.linspace(-0.99, 0.99, 5000), atol=0.02)


def test_a_common_value_has_a_range_of_scalars():
    read, fitted = column(WORDS["spike"], encoding="quantiles")
    share = (read.values[read.index] == 0).mean()
    encoded = encode(read, fitted, EVERY, "train")[read.values[read.index] == 0]
    assert len(np.unique(encoded)) == 1
    drawn = np.random.default_rng(0).uniform(-1, 1, (20_000, 1)).astype(np.float32)
    (back,) = decode(drawn, [fitted])
    assert (back.values == 0).mean() == pytest.approx(share, abs=0.03)


@either
def test_no_number_leaves_its_range(encoding):
    words = WORDS["cents"]
    _, fitted = column(words, encoding=encoding)
    extreme = np.random.default_rng(0).normal(0, 50, (500, width([fitted]))).astype(np.float32)
    (back,) = decode(extreme, [fitted])
    numbers = np.array(words, float)
    assert back.values.min() >= numbers.min() and back.values.max() <= numbers.max()
    np.testing.assert_array_equal(back.values, back.values.round(2))


@either
def test_what_training_did_not_see_becomes_zeros_or_the_nearest(encoding):
    words = [*WORDS["words"][:199], "new"]
    read, fitted = column(words, rows=EVERY[:199])
    assert not encode(read, fitted, EVERY[199:], "held_out").any()
    words = [*WORDS["whole"][:198], "?", "99999"]
    read, fitted = column(words, encoding=encoding, rows=EVERY[:198])
    assert fitted.missing is None
    rows = encode(read, fitted, EVERY[198:], "held_out")
    assert not rows[0].any()
    (back,) = decode(rows[1:], [fitted])
    assert back.values == max(map(int, WORDS["whole"][:198])) == fitted.high


def test_the_modes_of_a_column_depend_on_its_name_and_part():
    read, fitted = column(WORDS["whole"])
    draws = [encode(read, fitted, EVERY, part) for part in ("train", "held_out", "train")]
    np.testing.assert_array_equal(draws[0], draws[2])
    assert (draws[0] != draws[1]).any()
    renamed = fitted._replace(name="other")
    assert (encode(read, renamed, EVERY, "train") != draws[0]).any()


@every_column
@either
def test_hardened_rows_are_those_of_the_table(words, encoding):
    read, fitted = column(words, encoding=encoding)
    rows = encode(read, fitted, EVERY, "train")
    np.testing.assert_array_equal(hardened(rows, [fitted]), rows)
    soft = np.random.default_rng(0).normal(0, 0.4, rows.shape).astype(np.float32).clip(-0.9, 0.9)
    kept = soft.copy()
    hard = hardened(soft, [fitted])
    np.testing.assert_array_equal(soft, kept)
    (one,), (two,) = decode(soft, [fitted]), decode(hard, [fitted])
    np.testing.assert_array_equal(one.values[~one.missing], two.values[~two.missing])
    np.testing.assert_array_equal(one.missing, two.missing)
    for block in blocks([fitted])[0]:
        if block.kind == "choice":
            part = hard[:, block.start : block.stop]
            assert set(np.unique(part)) <= {0, 1} and (part.sum(1) == 1).all()
    if fitted.has_scalar:
        assert (hard[one.missing, 0] == 0).all()
