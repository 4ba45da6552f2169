import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import axis
from gan_jax.losses import consistency, dragan, gradient_penalty, lazily, total, zero_centred
from tests.losses.test_penalties import draw, keys, pair

SLOPE = jnp.array([3.0, 4.0])
STEEP = lambda x: x @ SLOPE


def test_a_total_is_the_weighted_sum_with_schedules():
    doubling = zero_centred(lambda step: 2.0**step, fake=True)
    both = total(gradient_penalty(3.0), doubling)
    assert both.separate and both.weight == 1
    value = jax.jit(lambda step: both(STEEP, keys(6), *pair(6, (2,)), step))
    for step in (0, 3):
        np.testing.assert_allclose(value(step), 3 * 16 + 2**step * 25, rtol=1e-5)


def test_the_penalties_of_a_total_draw_from_keys_of_their_own():
    seen = []
    note = lambda given, x: (seen.append(jax.random.key_data(given)), x)[1]
    both = total(consistency(note, fake=False), consistency(note, real=False))
    assert not both.separate
    both(STEEP, keys(6), *pair(6, (2,)), 0)
    data = np.concatenate(seen)
    assert len(np.unique(data, axis=0)) == len(data) == 12


def test_a_lazy_penalty_has_the_mean_and_the_gradient_of_one_in_every_step():
    def value(penalty, scale, step):
        return penalty(lambda x: scale * STEEP(x), keys(6), *pair(6, (2,)), step)

    lazy = lazily(gradient_penalty(7.0), 3)
    assert lazy.weight == 7.0 and lazy.separate
    found = jax.jit(jax.value_and_grad(lambda scale, step: value(lazy, scale, step)))
    steps = np.array([found(2.0, step) for step in range(7)])
    every = jax.value_and_grad(lambda scale: value(gradient_penalty(7.0), scale, 0))(2.0)
    np.testing.assert_array_equal(steps[[1, 2, 4, 5]], 0)
    np.testing.assert_allclose(steps[:6].mean(0), every, rtol=1e-5)
    np.testing.assert_allclose(steps.mean(0), np.multiply(every, 9 / 7), rtol=1e-5)


def test_between_its_steps_a_lazy_penalty_is_not_computed():
    seen = []

    def critic(x):
        jax.debug.callback(lambda: seen.append(1))
        return STEEP(x)

    value = jax.jit(
        lambda step: lazily(consistency(lambda keys, x: -x), 4)(
            critic, keys(6), *pair(6, (2,)), step
        )
    )
    counts = []
    for step in range(5):
        value(step).block_until_ready()
        jax.effects_barrier()
        counts.append(len(seen))
    assert counts[0] > 0 and counts[3] == counts[0] and counts[4] == 2 * counts[0]


def test_a_lazy_penalty_is_mapped_over_devices_as_shard_map_wants_it():
    mesh, whole = jax.sharding.Mesh(jax.devices()[:1], (axis.NAME,)), jax.P()

    def body(x, step):
        penalty = lazily(zero_centred(), 2)
        return axis.mean(penalty(STEEP, None, axis.own(x), None, step))

    mapped = jax.jit(jax.shard_map(body, mesh=mesh, in_specs=whole, out_specs=whole))
    assert [float(mapped(draw(4, 2), step)) for step in (0, 1)] == [25.0, 0.0]


@pytest.mark.parametrize("wrong", [(), (1.0,), (zero_centred(), None)])
def test_a_total_of_other_things_is_refused(wrong):
    with pytest.raises(ValueError, match="A total is of penalties"):
        total(*wrong)


@pytest.mark.parametrize("wrong", [(None, 4), (zero_centred(), 0), (zero_centred(), 2.5)])
def test_laziness_without_a_penalty_or_whole_steps_is_refused(wrong):
    with pytest.raises(ValueError, match="lazily takes a penalty and a whole number"):
        lazily(*wrong)


def test_dragan_adds_to_others():
    both = total(dragan(2.0), zero_centred(2.0))
    np.testing.assert_allclose(both(STEEP, keys(6), *pair(6, (2,)), 0), 32 + 25, rtol=1e-5)
