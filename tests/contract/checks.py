"""What every family must keep: functions of a row, so that planted faults can fail them."""

import dataclasses
import hashlib
from collections import Counter
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gan_jax.game import Game, State, bind, init, move, update
from gan_jax.stepping import program
from tests.contract.rows import BATCH, Row

KEY = jax.random.key(7)


def digest(tree) -> str:
    """SHA-256 of every leaf and its path."""
    found = hashlib.sha256()
    for path, leaf in jax.tree.leaves_with_path(tree):
        found.update(jax.tree_util.keystr(path).encode() + np.asarray(leaf).tobytes())
    return found.hexdigest()


def same(one, other) -> bool:
    """Whether two trees are the same, bit for bit."""
    return digest(one) == digest(other)


def batches(row: Row, step: int = 0) -> dict:
    """The minibatches of one step, `[moves, BATCH, ...]`, in the order of the data."""
    count = row.game.moves * BATCH
    place = step * count + np.arange(count).reshape(row.game.moves, BATCH)
    chosen = {name: array[place % len(array)] for name, array in row.data.train.items()}
    return chosen | {"real": jnp.asarray(row.data.spec.decode(chosen["real"]))}


def one_batch(row: Row) -> dict:
    """The first minibatch of `batches`."""
    return jax.tree.map(lambda x: x[0], batches(row))


@cache
def start(row: Row, seed: int = 0) -> State:
    """The initial state."""
    return jax.jit(partial(init, row.game))(jax.random.key(seed))


@cache
def playing(game: Game):
    """A step of the game, compiled once for all checks."""
    return jax.jit(partial(update, game))


@cache
def moving(game: Game, name: str):
    """A move of a player, compiled once for all checks."""
    return jax.jit(partial(move, game, name))


@cache
def drawing(game: Game, name: str):
    """What a player draws, compiled once for all checks."""
    draw = game.players[name].draw or (lambda nets, keys, batch: batch)
    return jax.jit(lambda state, keys, batch: draw(bind(game, state), keys, batch))


def check_compiles_once_and_is_finite(row: Row) -> None:
    """Three steps are one program; no metric and no weight becomes infinite or NaN."""
    play, state = playing(row.game), start(row)
    for step in range(3):
        state, metrics = play(state, KEY, batches(row, step))
        assert all(np.isfinite(value) for value in metrics.values()), metrics
    assert play._cache_size() == 1
    finite = lambda leaf: bool(np.isfinite(np.asarray(leaf)).all())
    assert all(jax.tree.leaves(jax.tree.map(finite, state)))
    assert int(state.step) == 3


def check_moves_change_their_own(row: Row) -> None:
    """A move changes what its player trains and its optimizer, and nothing else, bit for bit."""
    state = start(row)
    keys = jax.random.split(KEY, BATCH)
    for name in row.game.players:
        batch = drawing(row.game, name)(state, jax.random.split(KEY, BATCH), one_batch(row))
        after, _ = moving(row.game, name)(state, keys, batch)
        changed = {
            network
            for network in row.game.networks
            if not same(state.params[network], after.params[network])
            or not same(state.stats[network], after.stats[network])
        }
        assert changed == row.trains[name], f"{name} changed {changed}"
        others = lambda opt, name=name: {k: v for k, v in opt.items() if k != name}
        assert same(others(state.opt), others(after.opt))
        assert same((state.step, state.average), (after.step, after.average))


def check_every_network_moves(row: Row) -> None:
    """One step changes every network that is not frozen, and every average."""
    before = start(row)
    after, _ = playing(row.game)(before, KEY, batches(row))
    for network in row.game.networks:
        mine = lambda state, n=network: (state.params[n], state.stats[n])
        moved = not same(mine(before), mine(after))
        assert moved == (network not in row.game.frozen), network
    for network in row.game.average:
        assert not same(before.average[network], after.average[network])


def check_keys(row: Row, monkeypatch) -> None:
    """No two draws of three steps come from one key, and there are as many as the family says."""
    seen = []
    for name in ("normal", "uniform", "categorical", "bernoulli", "gumbel", "randint"):
        monkeypatch.setattr(jax.random, name, _recorded(getattr(jax.random, name), seen))
    state, play = start(row), jax.jit(partial(update, row.game))
    jax.effects_barrier()
    seen.clear()
    for step in range(3):
        state, _ = play(state, KEY, batches(row, step))
    jax.block_until_ready(state)
    jax.effects_barrier()
    twice = [key for key, count in Counter(seen).items() if count > 1]
    assert not twice, f"{len(twice)} keys were used twice"
    assert len(seen) == 3 * row.draws * BATCH, f"{len(seen)} draws"


def _recorded(draw, seen):
    def recording(key, *rest, **named):
        jax.debug.callback(
            lambda data: seen.append(bytes(np.asarray(data))), jax.random.key_data(key)
        )
        return draw(key, *rest, **named)

    return recording


def check_data_of_moves(row: Row) -> None:
    """All moves of all players of a step see different examples."""
    seen = []

    def watched(player):
        def loss(nets, keys, batch):
            jax.debug.callback(lambda real: seen.append(np.asarray(real)), batch["real"])
            return player.loss(nets, keys, batch)

        return dataclasses.replace(player, loss=loss)

    players = {name: watched(player) for name, player in row.game.players.items()}
    game = dataclasses.replace(row.game, players=players)
    size = len(row.data.train["real"])
    advance = jax.jit(program(game, row.data.spec.decode, BATCH, size))
    arrays = {name: jnp.asarray(array) for name, array in row.data.train.items()}
    jax.block_until_ready(advance(start(row), KEY, arrays, np.int32(1)))
    jax.effects_barrier()
    assert len(seen) == row.game.moves
    examples = np.concatenate(seen).reshape(row.game.moves * BATCH, -1)
    assert len(np.unique(examples, axis=0)) == len(examples)


def check_chunks(row: Row) -> None:
    """Five steps in one program are five programs of one step, bit for bit."""
    size = len(row.data.train["real"])
    advance = jax.jit(program(row.game, row.data.spec.decode, BATCH, size))
    arrays = {name: jnp.asarray(array) for name, array in row.data.train.items()}
    whole, _ = advance(start(row), KEY, arrays, np.int32(5))
    state = start(row)
    for _ in range(5):
        state, _ = advance(state, KEY, arrays, np.int32(1))
    assert same(whole, state)
    scan = lambda state, step: update(row.game, state, KEY, step)
    stacked = jax.tree.map(lambda *x: jnp.stack(x), *[batches(row, step) for step in range(5)])
    scanned, _ = jax.jit(lambda state: jax.lax.scan(scan, state, stacked))(start(row))
    state, play = start(row), playing(row.game)
    for step in range(5):
        state, _ = play(state, KEY, batches(row, step))
    assert same(scanned, state)


def check_seeds_together(row: Row) -> None:
    """Gradients of three seeds in one `vmap` are those of each seed alone, to 1e-5 relative."""
    game = with_sgd(row.game)
    seeds, given = range(3), batches(row)
    keys = jnp.stack([jax.random.fold_in(KEY, seed) for seed in seeds])
    states = jax.tree.map(lambda *x: jnp.stack(x), *[start(row, seed) for seed in seeds])
    states = states._replace(opt=jax.vmap(partial(init, game))(keys).opt)
    together, _ = jax.jit(jax.vmap(partial(update, game), (0, 0, None)))(states, keys, given)
    for seed in seeds:
        before = jax.tree.map(lambda x, seed=seed: x[seed], states)
        after, _ = playing(game)(before, keys[seed], given)
        mine = jax.tree.map(lambda x, seed=seed: x[seed], together)
        assert distance(mine, after, before) < 1e-5


@cache
def with_sgd(game: Game) -> Game:
    """The game with plain gradient descent, whose step is the gradient itself."""
    players = {
        name: dataclasses.replace(player, optimizer=optax.sgd(1e-3))
        for name, player in game.players.items()
    }
    return dataclasses.replace(game, players=players)


def distance(one: State, other: State, before: State) -> float:
    """How far two steps from `before` are apart, relative to their length, network by network."""
    apart = []
    for name in (name for name, params in before.params.items() if jax.tree.leaves(params)):
        norm = lambda a, b, name=name: float(
            optax.tree.norm(jax.tree.map(jnp.subtract, a.params[name], b.params[name]))
        )
        apart.append(norm(one, other) / norm(other, before))
    return max(apart)


def check_signs(row: Row) -> None:
    """The critic learns to score real examples above fakes, and the generator to be scored so.

    A critic that is shown either for the other learns less of it, whatever it knew before.
    """
    state, drawn = taught(row, lambda batch: batch)
    misled, _ = taught(row, partial(exchanged, row))
    score = jax.jit(lambda state, inputs: row.score(bind(row.game, state), *inputs).mean())
    real, fake = (partial(judged, row, names) for names in row.judged)
    gap = lambda state: score(state, real(drawn)) - score(state, fake(drawn))
    assert gap(state) > max(0, gap(misled))
    keys, batch = jax.random.split(KEY, (2, BATCH)), one_batch(row)
    made = lambda state: fake(drawing(row.game, "critic")(state, keys[0], batch))
    before, descend = state, moving(row.game, row.opponent)
    for _ in range(30):
        state, _ = descend(state, keys[0], batch)
    assert score(before, made(state)) > score(before, made(before))


def taught(row: Row, show) -> tuple[State, dict]:
    """The state after a hundred moves of the critic, and what it drew for the last one."""
    state, batch = start(row), one_batch(row)
    for step in range(100):
        keys = jax.random.split(jax.random.fold_in(KEY, step), (2, BATCH))
        drawn = drawing(row.game, "critic")(state, keys[0], batch)
        state, _ = moving(row.game, "critic")(state, keys[1], show(drawn))
    return state, drawn


def exchanged(row: Row, drawn: dict) -> dict:
    """What the critic's player has drawn, its two halves each in the place of the other."""
    real, fake = row.judged
    return drawn | {
        name: drawn[other] for name, other in zip(real + fake, fake + real, strict=True)
    }


def judged(row: Row, names: tuple, drawn: dict) -> tuple:
    """What the critic scores, from what its player has drawn."""
    labels = ("label",) if row.conditional else ()
    return tuple(drawn[name] for name in (*names, *labels))


def check_labels(row: Row) -> None:
    """What a conditional game draws, and the losses of given fakes, hear of other labels.

    After a step: before it, the norms of all classes may be the same.
    """
    state, _ = playing(row.game)(start(row), KEY, batches(row))
    keys, draw = jax.random.split(KEY, BATCH), drawing(row.game, "critic")
    drawn = draw(state, keys, one_batch(row))
    other = {"label": (drawn["label"] + 1) % 3}
    again, names = draw(state, keys, drawn | other), sum(row.judged, ())
    assert not all(np.allclose(drawn[name], again[name]) for name in names), "generator, or prior"
    generator = row.game.networks["generator"]
    held = lambda params, stats, z, label: generator.apply(params, stats, z, drawn["label"])
    networks = {**row.game.networks, "generator": generator._replace(apply=held)}
    nets = bind(dataclasses.replace(row.game, networks=networks), state)
    for name in [name for name in ("critic", "generator") if name in row.game.players]:
        player = row.game.players[name]
        loss = jax.jit(lambda batch, player=player: player.loss(nets, keys, batch)[0])
        assert not np.allclose(loss(drawn), loss(drawn | other)), name
