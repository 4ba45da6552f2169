"""Plays rows on 1, 2, 4 and 8 simulated devices and prints how far they are apart, as JSON.

Run in a process of its own, since devices and precision are settled before JAX starts.
"""

import dataclasses
import json
import sys
from collections import Counter
from functools import partial
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import axis
from gan_jax.game import update
from gan_jax.stepping import program
from tests.contract.checks import KEY, _recorded, batches, distance, start, with_sgd
from tests.contract.planted import PLANTED
from tests.contract.rows import BATCH
from tests.contract.table import ROWS

DRAWS = ("normal", "uniform", "categorical", "bernoulli", "gumbel", "randint")


def mapped(function, devices: int, *, cut: bool, shard_map: bool = False):
    """`function(state, given)` on some devices; `given` is cut along its second axis if asked."""
    if devices == 1:
        return jax.jit(function)

    def body(state, given):
        given = jax.tree.map(lambda x: axis.own(x, 1), given) if cut else given
        return function(state, given)

    some = jax.devices()[:devices]
    if shard_map:
        whole, mesh = jax.P(), jax.sharding.Mesh(some, (axis.NAME,))
        return jax.jit(jax.shard_map(body, mesh=mesh, in_specs=whole, out_specs=whole))
    many = jax.pmap(
        lambda _, *given: body(*given),
        axis_name=axis.NAME,
        in_axes=(0, None, None),
        out_axes=None,
        devices=some,
    )
    return partial(many, jnp.arange(devices))


def gradients(row) -> dict:
    """Gradients of one step, float32, and what made them: each example, its place and its key."""
    game, before, seen = with_sgd(row.game), start(row), []

    def watched(player):
        def loss(nets, keys, batch):
            places = axis.own(jnp.arange(BATCH))
            given = places, jax.random.key_data(keys), batch["real"]
            watch = lambda *rows: seen.extend(zip(*map(_bits, rows), strict=True))
            jax.debug.callback(watch, *given)
            return player.loss(nets, keys, batch)

        return dataclasses.replace(player, loss=loss)

    players = {name: watched(player) for name, player in game.players.items()}
    watching = dataclasses.replace(game, players=players)
    opt = {name: player.optimizer.init(None) for name, player in game.players.items()}
    before = before._replace(opt=opt)
    found = {}
    for devices in (1, 2, 4, row.devices):
        kept = {name: getattr(jax.random, name) for name in DRAWS}
        for name, draw in kept.items():
            setattr(jax.random, name, _recorded(draw, seen))
        play = mapped(lambda state, given: update(watching, state, KEY, given), devices, cut=True)
        after, _ = jax.block_until_ready(play(before, batches(row)))
        jax.effects_barrier()
        for name, draw in kept.items():
            setattr(jax.random, name, draw)
        found[devices] = after, Counter(seen)
        seen.clear()
    alone, noise = found[1]
    return {
        devices: {"gradient": distance(after, alone, before), "same": counted == noise}
        for devices, (after, counted) in found.items()
    } | {"draws": noise.total()}


def _bits(rows) -> list[bytes]:
    return [bytes(row) for row in np.asarray(rows)]


def in_double(row) -> dict:
    """Gradients of one step in float64 by `pmap` and `shard_map`, and the ends of 50 steps."""
    double = lambda x: x.astype(jnp.float64) if jnp.issubdtype(x.dtype, jnp.floating) else x
    before, found = jax.tree.map(double, start(row)), {}
    game = with_sgd(row.game)
    opt = {name: player.optimizer.init(None) for name, player in game.players.items()}
    given, first = jax.tree.map(double, batches(row)), before._replace(opt=opt)
    play = lambda state, given: update(game, state, KEY, given)
    alone, _ = jax.jit(play)(first, given)
    for devices, shard_map in product((2, 4), (False, True)):
        after, _ = mapped(play, devices, cut=True, shard_map=shard_map)(first, given)
        found[f"gradient {devices} {shard_map}"] = distance(after, alone, first)
    return found | steps(row, before)


def steps(row, before, count: int = 50) -> dict:
    """The largest difference of a parameter, or of statistics such as a pool, after 50 steps."""
    arrays = {name: jnp.asarray(array) for name, array in row.data.train.items()}
    decode = lambda raw: row.data.spec.decode(raw).astype(jnp.float64)
    ends = {}
    for devices in sorted({1, 2, 4, row.devices}):
        body = program(row.game, decode, BATCH, len(arrays["real"]))
        play = lambda state, arrays, body=body: body(state, KEY, arrays, np.int32(count))
        ends[devices], _ = mapped(play, devices, cut=False)(before, arrays)
    apart = lambda a, b: float(jnp.abs(a - b).max())
    kept = lambda state: (state.params, state.stats)
    return {
        f"steps {devices}": max(jax.tree.leaves(jax.tree.map(apart, kept(end), kept(ends[1]))))
        for devices, end in ends.items()
    }


if __name__ == "__main__":
    measure = in_double if jax.config.jax_enable_x64 else gradients
    rows = {name: make for name, make in (ROWS | PLANTED).items() if name in sys.argv[1:]}
    print(json.dumps({name: measure(make()) for name, make in rows.items()}))
