"""The benchmark compares like with like."""

import pytest

from benchmarks import agreement

pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'gan-jax[bench]'")


@pytest.fixture(scope="module")
def found() -> dict:
    return agreement.measured(["ring", "digits"])


@pytest.mark.parametrize("name", ["ring", "digits"])
def test_losses_and_gradients_are_those_of_torch(found, name):
    wanted = {"fakes"} | {
        f"{p} {w}" for p in ("critic", "generator") for w in ("loss", "gradients")
    }
    assert found[name].keys() == wanted
    assert max(found[name].values()) < agreement.TOLERANCE
