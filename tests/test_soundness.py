"""What is not finite is found in any leaf of the state, and named among the metrics."""

import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.errors import DivergedError
from gan_jax.game import State
from gan_jax.soundness import check_finite, judged, last_sound, sound


def state(**changed):
    leaves = {name: jnp.ones(3) for name in State._fields} | {"step": jnp.int32(4)}
    return State(**(leaves | changed))


@pytest.mark.parametrize("name", [name for name in State._fields if name != "step"])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_one_number_of_any_part_is_enough(name, number):
    assert sound(state())
    broken = state(**{name: {"w": jnp.asarray([1.0, number])}})
    assert not sound(broken)
    same, (metrics, finite) = judged((broken, {"loss": 1.0}))
    assert same is broken and metrics == {"loss": 1.0} and not finite


def test_a_state_that_was_left_behind_stays_where_it_is():
    before, after = state(), state(step=jnp.int32(5), params=jnp.zeros(3))
    broken = state(step=jnp.int32(5), opt=jnp.asarray([0.0, jnp.nan, 0.0]))
    fine, bad = {"loss": jnp.float32(1)}, {"loss": jnp.float32(1), "gap": jnp.float32(np.inf)}
    assert last_sound(2, 2, before, after, fine).step == 5
    assert last_sound(2, 2, before, broken, fine).step == 4
    assert last_sound(2, 2, before, after, bad).step == 4
    late = last_sound(2, 3, before, after, fine)  # the fifth step, and it is still the fourth
    assert late.step == 4 and (late.params == 1).all()


def test_the_metrics_are_named_or_else_the_state():
    check_finite(4, {"loss": 1.0})
    metrics = {"loss": float("nan"), "gap": 1.0, "penalty": float("inf")}
    with pytest.raises(DivergedError, match="Not finite at step 4: loss, penalty") as caught:
        check_finite(4, metrics)
    assert caught.value.step == 4
    with pytest.raises(DivergedError, match="Not finite at step 4: the state"):
        check_finite(4, {"loss": 1.0}, False)
