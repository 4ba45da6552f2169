"""Few labels: which examples have one, and what a minibatch has of them."""

import numpy as np
import optax
import pytest

from gan_jax import data, families, feed, networks, priors
from gan_jax.describe import described
from gan_jax.errors import DataError
from gan_jax.train import check_fits


def test_few_of_each_class_are_chosen_and_shown_as_often():
    few, whole = data.open("digits?labelled=25"), data.open("digits")
    labelled, label = few.train["labelled"][:], few.train["labelled_label"]
    assert len(labelled) == len(label) == len(whole.train["real"])
    np.testing.assert_array_equal(labelled[:25], labelled[25:50])
    assert len(np.unique(labelled.reshape(len(labelled), -1), axis=0)) == 25
    assert set(np.bincount(label[:25])) == {2, 3}
    known = {bytes(x): y for x, y in zip(*whole.train.values(), strict=True)}
    assert all(known[bytes(x)] == y for x, y in zip(labelled[:25], label, strict=False))
    for name, array in whole.train.items():
        np.testing.assert_array_equal(few.train[name], array)
    assert few.held_out.keys() == {"real", "label"}


def test_games_see_no_other_label():
    few, whole = data.open("digits?labelled=25"), data.open("digits")
    assert feed.visible(few).keys() == {"real", "labelled", "labelled_label"}
    assert feed.visible(whole).keys() == {"real", "label"}
    told = described(few, "digits").splitlines()
    assert "labelled     25 training examples; games see no other label" in told
    generator, critic = networks.mlp_pair(few.spec, latent=4, widths=(4,), conditional=True)
    adam = {"generator_optimizer": optax.adam(1e-3), "critic_optimizer": optax.adam(1e-3)}
    game = families.vanilla(generator, critic, prior=priors.normal(4), conditional=True, **adam)
    check_fits(game, whole, 8)
    with pytest.raises(ValueError, match=r"no labels but for a few \(labelled=N\): give all"):
        check_fits(game, few, 8)


def test_the_number_of_labels_is_part_of_the_fingerprint():
    names = ("digits", "digits?labelled=20", "digits?labelled=21", "digits?labelled=20")
    marks = [data.open(name).fingerprint for name in names]
    assert len(set(marks)) == 3 and marks[1] == marks[3]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("swiss_roll?labelled=20", "use data with labels"),
        ("digits?labelled=9", "labelled=9: give labelled=10, one of each class, to labelled=1437"),
        ("digits?labelled=1438", "to labelled=1437"),
        ("digits?labelled=many", "labelled=many, expected a whole number"),
    ],
)
def test_what_cannot_be_is_refused(name, said):
    with pytest.raises(DataError, match=said):
        data.open(name)
