"""The pool's rule, on sequences and against a list of Python."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import axis
from gan_jax.families.pool import pool, slots


def passed(network, stats, fakes, places):
    """What the pool shows, and the pool after it."""
    fakes, places = jnp.asarray(fakes, jnp.float32)[:, None], jnp.asarray(places)
    shown = network.apply({}, stats, fakes, places)
    return shown, network.refresh({}, stats, {"fake": fakes, "fake_slot": places}, {})


def test_its_rule_on_a_sequence():
    """Two places: two fakes are stored; then places 0 and 1 are exchanged, 2 and 3 are none."""
    network = pool("fake", (1,), 2)
    params, stats = network.init(jax.random.key(0))
    assert params == {}
    shown, stats = passed(network, stats, [1, 2, 3, 4], [1, 0, 0, 2])
    assert shown[:, 0].tolist() == [1, 2, 1, 4]
    assert stats["examples"][:, 0].tolist() == [3, 2] and int(stats["filled"]) == 2
    shown, stats = passed(network, stats, [5, 6, 7, 8], [1, 1, 3, 0])
    assert shown[:, 0].tolist() == [2, 5, 7, 3]
    assert stats["examples"][:, 0].tolist() == [8, 6] and int(stats["filled"]) == 2


def test_it_is_a_list_of_python_on_one_device_and_split_over_four():
    network, size = pool("fake", (1,), 5), 5
    kept, random = [], np.random.default_rng(0)
    stats = [network.init(jax.random.key(0))[1]] * 2
    parts = lambda x: x.reshape(4, 2, *x.shape[1:])
    split = jax.jit(
        jax.vmap(
            lambda stats, fakes, places: (
                network.apply({}, stats, fakes, places),
                network.refresh({}, stats, {"fake": fakes, "fake_slot": places}, {}),
            ),
            (None, 0, 0),
            axis_name=axis.NAME,
        )
    )
    for step in range(6):
        fakes, places = np.arange(8) + 8 * step, random.integers(0, 2 * size, 8)
        expected = []
        for fake, place in zip(fakes, places, strict=True):
            if len(kept) < size:
                kept.append(fake)
                expected.append(fake)
            elif place < size:
                expected.append(kept[place])
                kept[place] = fake
            else:
                expected.append(fake)
        shown, stats[0] = passed(network, stats[0], fakes, places)
        assert shown[:, 0].tolist() == expected
        assert stats[0]["examples"][:, 0].tolist()[: len(kept)] == kept
        shown, everywhere = split(stats[1], parts(np.float32(fakes)[:, None]), parts(places))
        assert shown.reshape(-1).tolist() == expected
        for device in range(4):
            alone = jax.tree.map(lambda x, device=device: x[device], everywhere)
            jax.tree.map(np.testing.assert_array_equal, alone, stats[0])
        stats[1] = alone


def test_half_of_the_fakes_are_exchanged_with_any_place():
    drawn = np.asarray(slots(jax.random.split(jax.random.key(0), 4000), 4))
    counts = np.bincount(drawn, minlength=8)
    assert len(counts) == 8
    assert abs(counts[:4].sum() - 2000) < 4 * np.sqrt(1000)
    assert np.abs(counts - 500).max() < 4 * np.sqrt(500)


def test_a_pool_of_nothing_is_refused():
    with pytest.raises(ValueError, match="1 example or more"):
        pool("fake", (1,), 0)
