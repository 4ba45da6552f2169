"""The contract bites: each planted fault is caught by the check that is meant for it."""

import pytest

from tests.contract import checks, planted


@pytest.mark.parametrize("make", [planted.wrong_sign, planted.generator_wrong_sign])
def test_signs_catch(make):
    with pytest.raises(AssertionError):
        checks.check_signs(make())


def test_moves_catch_a_leak():
    with pytest.raises(AssertionError, match="changed"):
        checks.check_moves_change_their_own(planted.leak())


@pytest.mark.parametrize(
    "make", [planted.one_key_twice, planted.one_key_for_all_moves, planted.one_key_for_both_pools]
)
def test_keys_catch(make, monkeypatch):
    with pytest.raises(AssertionError, match="used twice"):
        checks.check_keys(make(), monkeypatch)


@pytest.mark.parametrize("make", [planted.ignored_label, planted.ignored_label_in_generator])
def test_labels_catch(make):
    with pytest.raises(AssertionError):
        checks.check_labels(make())


@pytest.mark.parametrize("make", [planted.frozen_in_practice, planted.pool_that_forgets])
def test_movement_catches_a_network_that_stands_still(make):
    with pytest.raises(AssertionError):
        checks.check_every_network_moves(make())
