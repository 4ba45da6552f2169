"""The contract bites: each planted fault is caught by the check that is meant for it."""

from itertools import product

import pytest

from tests.contract import checks, planted
from tests.contract.table import ROWS, slow_but

FAMILIES = ("acgan", "cramer", "lecam", "relativistic", "progressive")
PLAYERS = ("critic", "generator")
LABELLED = ("biggan", "sagan", "r3gan")
"""With networks that receive the label each in a way of their own."""
TURNED = (planted.sides_exchanged, planted.losses_exchanged, planted.opponent_wrong_sign)
UNSEEN = (planted.losses_exchanged, "cramer")
"""Under either loss the score of a Cramer GAN, which is a surrogate, comes out as it should."""

CASES = [case for case in product(TURNED, FAMILIES) if case != UNSEEN]
# Of these a critic that knows nothing yet may score the real ones higher, and unlearns it slowly.
CASES += [(planted.sides_exchanged, name) for name in ("wgan_gp", "dragan", "ctgan")]


@pytest.mark.parametrize("make", [planted.wrong_sign, planted.generator_wrong_sign])
def test_signs_catch(make):
    with pytest.raises(AssertionError):
        checks.check_signs(make())


@pytest.mark.parametrize(("turn", "family"), slow_but([(TURNED[0], "progressive")], CASES))
def test_signs_catch_in_each_family(turn, family):
    with pytest.raises(AssertionError):
        checks.check_signs(turn(ROWS[family]()))


@pytest.mark.parametrize(("name", "network"), [("critic", "generator"), ("generator", "critic")])
@pytest.mark.parametrize("family", slow_but(["non_saturating"], ["non_saturating", *FAMILIES]))
def test_moves_catch_a_leak(family, name, network):
    with pytest.raises(AssertionError, match=f"{name} changed .*'{network}'"):
        checks.check_moves_change_their_own(planted.leaking(ROWS[family](), name, network))


@pytest.mark.parametrize(
    "make", [planted.one_key_twice, planted.one_key_for_all_moves, planted.one_key_for_both_pools]
)
def test_keys_catch(make, monkeypatch):
    with pytest.raises(AssertionError, match="used twice"):
        checks.check_keys(make(), monkeypatch)


@pytest.mark.slow
def test_the_number_of_draws_catches_exchanged_losses(monkeypatch):
    plant, family = UNSEEN
    with pytest.raises(AssertionError, match="draws"):
        checks.check_keys(plant(ROWS[family]()), monkeypatch)


@pytest.mark.parametrize("name", PLAYERS)
@pytest.mark.parametrize("family", slow_but([], ["conditional", "acgan", *LABELLED]))
def test_labels_catch_a_player_that_ignores_them(family, name):
    with pytest.raises(AssertionError, match=name):
        checks.check_labels(planted.unlabelled(ROWS[family](), name))


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("conditional", "critic"),
        ("conditional", "generator"),
        pytest.param("acgan", "generator", marks=pytest.mark.slow),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in product(LABELLED, PLAYERS)),
    ],
)
def test_labels_catch_a_network_that_ignores_them(family, name):
    with pytest.raises(AssertionError, match=name):
        checks.check_labels(planted.deaf(ROWS[family](), name))


def test_labels_catch_a_generator_whose_loss_ignores_them():
    with pytest.raises(AssertionError, match="generator"):
        checks.check_labels(planted.no_class_term())


@pytest.mark.parametrize("make", [planted.frozen_in_practice, planted.pool_that_forgets])
def test_movement_catches_a_network_that_stands_still(make):
    with pytest.raises(AssertionError):
        checks.check_every_network_moves(make())
