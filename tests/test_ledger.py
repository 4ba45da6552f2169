import zlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import order
from gan_jax.game import init, update
from gan_jax.keys import stream
from gan_jax.ledger import entries, fingerprint
from gan_jax.losses import wasserstein
from tests.test_dirac import dirac

print_of = jax.jit(fingerprint)
ARRAYS = {
    "float": jnp.linspace(-1, 1, 50, dtype=jnp.float32).reshape(5, 10),
    "half": jnp.linspace(-1, 1, 50, dtype=jnp.bfloat16),
    "whole": jnp.arange(-20, 20),
    "byte": jnp.arange(7, dtype=jnp.uint8),
    "bool": jnp.arange(9) % 2 == 0,
    "scalar": jnp.float32(3),
    "key": jax.random.key(3),
}


def flipped(array, place):
    """The array with one bit changed."""
    if jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
        return jax.random.wrap_key_data(flipped(jax.random.key_data(array), place))
    content = bytearray(np.asarray(array).tobytes())
    content[place % len(content)] ^= 1
    return jnp.asarray(np.frombuffer(bytes(content), array.dtype).reshape(array.shape))


@pytest.mark.parametrize("name", ARRAYS)
def test_every_bit_counts(name):
    whole = print_of(ARRAYS)
    for place in (0, 1, -1):
        changed = print_of(ARRAYS | {name: flipped(ARRAYS[name], place)})
        assert (whole != changed).all()


def test_the_place_counts_and_so_does_the_name():
    x = jnp.array([1.0, 2.0, 3.0])
    others = [{"x": x[::-1]}, {"y": x}, {"x": x[:2], "y": x[2:]}, {"x": x.at[0].set(-0.0)}, {}]
    prints = {tuple(print_of(tree).tolist()) for tree in [{"x": x}, *others]}
    assert len(prints) == 6
    zeros = {tuple(print_of(jnp.zeros(count)).tolist()) for count in range(20)}
    assert len(zeros) == 20


def test_many_prints_are_distinct_and_spread():
    prints = jax.vmap(fingerprint)(jnp.arange(20_000))
    assert len(np.unique(np.asarray(prints), axis=0)) == 20_000
    bits = np.unpackbits(np.asarray(prints).view(np.uint8), axis=1).mean(0)
    assert np.abs(bits - 0.5).max() < 0.02


def test_it_is_its_formula():
    x = np.float32([1.5, -2.0])
    name, total = zlib.crc32(jax.tree_util.keystr(()).encode()), np.zeros(2, np.int64)
    mix = lambda word: int(order.mix(jnp.uint32(word % 2**32)))
    for index, word in enumerate(x.view(np.uint32)):
        for which, salt in enumerate((0x9E3779B9, 0x7F4A7C15)):
            found = mix(mix(int(word) ^ salt ^ name) + index * 0x85EBCA77)
            total[which] += found
    np.testing.assert_array_equal(print_of(jnp.asarray(x)), (total + 2) % 2**32)


def test_an_entry_tells_what_changed():
    game = dirac(1.0, 0.5, loss=wasserstein, average=lambda step: 0.5)
    batches = {"real": jnp.zeros((game.moves, 4, 1))}
    play = lambda seed: update(game, start, stream(jax.random.key(seed), "play"), batches)[0]
    start = init(game, jax.random.key(0))
    first = play(0)
    other = first._replace(params=first.params | {"critic": first.params["critic"] + 1e-7})
    states = jax.tree.map(lambda *leaves: jnp.stack(leaves), first, play(0), other, first)
    one, same, bent, seed = entries(states, np.uint32([0, 0, 0, 1]), game.moves, 4, 100)
    assert one == same
    assert {"examples", "noise", "params/generator", "average/generator"} <= one.keys()
    assert all(len(word) == 16 for word in one.values())
    assert {name for name in one if one[name] != bent[name]} == {"params/critic"}
    assert {name for name in one if one[name] != seed[name]} == {"examples", "noise"}
    alone = jax.tree.map(lambda leaf: leaf[None], first)
    assert entries(alone, np.uint32([0]), game.moves, 4, 100) == [one]
