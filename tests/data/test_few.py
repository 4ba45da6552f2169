"""A part of the training data: exactly so many of each class, chosen by a seed."""

import numpy as np
import pytest

from gan_jax import data
from gan_jax.errors import DataError


def rows(array) -> np.ndarray:
    return np.asarray(array[:]).reshape(len(array), -1)


def test_so_many_of_each_class_and_the_held_out_part_whole():
    whole, few = data.open("digits"), data.open("digits?per_class=7&subset=3")
    assert np.bincount(few.train["label"]).tolist() == [7] * 10
    known = {bytes(x): y for x, y in zip(*whole.train.values(), strict=True)}
    assert all(known[bytes(x)] == y for x, y in zip(*few.train.values(), strict=True))
    assert len(np.unique(rows(few.train["real"]), axis=0)) == 70
    for name, array in whole.held_out.items():
        np.testing.assert_array_equal(few.held_out[name], array)
    assert few.spec.frequencies == (0.1,) * 10
    assert (few.spec.scale, few.spec.classes) == (whole.spec.scale, whole.spec.classes)


def test_the_seed_chooses_and_is_part_of_the_fingerprint():
    names = [f"digits?per_class={count}&subset={seed}" for count, seed in ((5, 0), (5, 1), (6, 0))]
    found = [data.open(name) for name in (*names, names[1])]
    assert len({each.fingerprint for each in found}) == 3
    assert found[1].fingerprint == found[3].fingerprint
    assert data.open("digits?per_class=5").fingerprint == found[0].fingerprint


def test_all_that_there_are_is_the_whole_set():
    whole = data.from_arrays(np.arange(20.0)[:, None], np.arange(20) % 2)
    least = np.bincount(whole.train["label"]).min()
    few = data.few(whole, int(least))
    assert len(few.train["real"]) == 2 * least
    assert set(rows(few.train["real"]).ravel()) <= set(rows(whole.train["real"]).ravel())


def test_the_few_labels_are_those_of_the_few_examples():
    few, hidden = (data.open(f"digits?{o}&subset=4") for o in ("per_class=3", "labelled=30"))
    shown = np.unique(rows(hidden.train["labelled"]), axis=0)
    np.testing.assert_array_equal(shown, np.unique(rows(few.train["real"]), axis=0))
    both = data.open("digits?labelled=20&per_class=3&subset=4")
    assert rows(both.train["real"]).tolist() == rows(few.train["real"]).tolist()
    assert len(np.unique(rows(both.train["labelled"]), axis=0)) == 20


def test_weights_and_the_counts_of_columns_are_those_of_the_few(tmp_path):
    path, random = tmp_path / "table.csv", np.random.default_rng(0)
    lines = [f"{c},{s},{y}" for c, s, y in random.integers((3, 90, 2), size=(200, 3))]
    path.write_text("\n".join(["colour,size,job", *(f"c{line}" for line in lines)]))
    few = data.open(f"csv:{path}?label=job&per_class=9")
    colour, _, job = few.spec.columns
    assert job.counts == (9, 9)
    np.testing.assert_array_equal(colour.counts, few.train["real"][:, :3].sum(0))
    assert sum(colour.counts) == 18


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("swiss_roll?per_class=20", "per_class=20 needs labels: use data with labels"),
        ("digits?per_class=0", "per_class=0"),
        ("digits?per_class=144", r"the class \d has 1\d\d training examples: give 1 to 1\d\d$"),
        ("digits?subset=1", "subset=1 is the seed"),
        ("digits?per_class=2&subset=-1", "subset=-1 is the seed, from 0"),
        ("digits?per_class=few", "per_class=few, expected a whole number"),
    ],
)
def test_what_cannot_be_is_refused(name, said):
    with pytest.raises(DataError, match=said):
        data.open(name)


def test_the_rarest_class_is_named():
    whole = data.from_arrays(np.eye(30), [0] * 25 + [1] * 5, classes=("many", "rare"))
    with pytest.raises(DataError, match=r"per_class=9, and the class rare has \d training"):
        data.few(whole, 9)
    missing = data.from_arrays(np.eye(30), [0] * 30, classes=("there", "missing"))
    with pytest.raises(DataError, match="the class missing has 0 training examples: leave it out"):
        data.few(missing, 1)
