from itertools import permutations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax.order import minibatches, shuffled, tickets

KEY = jax.random.key(0)
place = jax.jit(shuffled, static_argnums=2)
read = jax.jit(minibatches, static_argnums=(2, 3, 4))


def permutation(size, key=KEY):
    return place(key, jnp.arange(size, dtype=jnp.uint32), size)


def many(size, count, seed=0):
    """`[count, size]`: a permutation for each of `count` keys."""
    index = jnp.arange(size, dtype=jnp.uint32)
    keys = jax.random.split(jax.random.key(seed), count)
    return np.asarray(jax.jit(jax.vmap(lambda key: shuffled(key, index, size)))(keys)).astype(int)


@pytest.mark.parametrize("size", [1, 2, 256, 257, 1437, 60_000])
def test_it_is_a_bijection(size):
    order = permutation(size)
    assert order.dtype == jnp.uint32
    np.testing.assert_array_equal(np.sort(order), np.arange(size))
    if size > 3:
        assert not np.array_equal(order, np.arange(size))
        assert not np.array_equal(order, permutation(size, jax.random.key(1)))


def test_an_index_goes_to_the_same_place_in_any_company():
    order, some = permutation(1437), np.array([1436, 0, 7, 7], np.uint32)
    np.testing.assert_array_equal(place(KEY, some, 1437), order[some])
    np.testing.assert_array_equal(place(KEY, some.reshape(2, 2), 1437).ravel(), order[some])


def test_every_order_of_four_is_equally_likely():
    orders = {order: 0 for order in permutations(range(4))}
    for order in many(4, 6000):
        orders[tuple(order)] += 1
    assert stats.chisquare(list(orders.values())).pvalue > 0.01


def test_positions_and_differences_are_uniform():
    size = 10
    orders = many(size, 2000)
    counts = np.stack([np.bincount(places, minlength=size) for places in orders.T])
    assert stats.chisquare(counts.ravel(), ddof=2 * size - 2).pvalue > 0.01
    for apart in (1, 2, size // 2):
        differences = (orders[:, apart:] - orders[:, :-apart]) % size
        for pair in (differences[:, 0], differences[:, -1]):
            assert stats.chisquare(np.bincount(pair, minlength=size)[1:]).pvalue > 1e-3


def test_neighbours_are_torn_apart():
    """A chi-square of where the successor of an example goes, over one long permutation."""
    order = np.asarray(permutation(60_000)).astype(int)
    counts = np.bincount(np.diff(order) % 60_000 // 600, minlength=100)
    assert stats.chisquare(counts).pvalue > 0.01
    assert abs(stats.spearmanr(np.arange(60_000), order).statistic) < 0.015


def epochs(count, batch, size, key=KEY):
    return np.asarray(read(key, 0, count * (size // batch), batch, size)).reshape(count, -1)


@pytest.mark.parametrize(("batch", "size"), [(1, 1), (64, 1437), (60, 100)])
def test_the_minibatches_of_an_epoch_are_disjoint(batch, size):
    for epoch in epochs(2, batch, size):
        assert len(set(epoch.tolist())) == size // batch * batch
        assert epoch.max() < size


def test_epochs_and_seeds_differ():
    first, second = epochs(2, 64, 1437)
    other = epochs(2, 64, 1437, jax.random.key(1))[0]
    for one, two in ((first, second), (first, other), (second, other)):
        assert np.mean(one == two) < 0.01
        assert set(one.tolist()) != set(two.tolist())  # what is left over differs, too


def test_the_order_is_endless_and_has_no_state():
    """Any stretch, read anywhere and with any number at a time, is a stretch of one sequence."""
    whole = epochs(2, 64, 1437).reshape(44, 64)
    for first in (0, 1, 19, 22, 37):  # there are 22 in an epoch
        found = read(KEY, jnp.int32(first), 7, 64, 1437)
        np.testing.assert_array_equal(found, whole[first : first + 7])


@pytest.mark.parametrize("size", [2**31 - 1, 2**31, 2**32])
def test_a_large_order_costs_no_memory(size):
    last = size // 256 - 1  # the last minibatch of one epoch and the first of the next
    compiled = read.lower(KEY, last, 2, 256, size).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < 2**20
    seen = np.asarray(compiled(KEY, last)).astype(np.int64)
    assert (len(np.unique(seen[0])), len(np.unique(seen[1]))) == (256, 256)
    assert seen.max() < size
    assert stats.kstest(seen.ravel() / size, "uniform").pvalue > 0.01


def test_a_large_order_is_injective_and_stays_within_its_size():
    size = 2**31 - 1
    index = jnp.concatenate([jnp.arange(50_000), size - 1 - jnp.arange(50_000)]).astype(jnp.uint32)
    places = np.asarray(place(KEY, index, size))
    assert len(np.unique(places)) == 100_000
    assert places.max() < size


def test_tickets_of_arrays_of_jax_are_dealt_as_exactly():
    weights = np.random.default_rng(0).random(60_000, np.float32)
    np.testing.assert_array_equal(tickets(jnp.asarray(weights)), tickets(weights))
