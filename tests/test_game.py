import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import keys as tree
from gan_jax.game import Game, Network, Player, bind, init, move, turn, update

KEY, BATCH, RATE = jax.random.key(0), 4, 0.25


def remember(params, stats, batch, metrics):
    given = {"batch": batch["x"], "loss": metrics["loss"]}
    return {"seen": params["w"], "count": stats["count"] + 1, **given}


def network(**rest):
    """One random weight, which stands beside its input; its statistics remember what they saw."""
    nothing = {"seen": jnp.zeros(()), "count": jnp.int32(0), "batch": jnp.zeros(BATCH)}
    nothing["loss"] = jnp.zeros(())
    return Network(
        lambda key: ({"w": jax.random.normal(key)}, nothing),
        lambda params, stats, x: params["w"] - x,
        refresh=remember,
        **rest,
    )


def pull(*names):
    """Pulls the weights of the networks named to the mean of the minibatch."""

    def loss(nets, keys, batch):
        distance = sum(getattr(nets, name)(batch["x"].mean()) ** 2 / 2 for name in names)
        return distance, {"x": batch["x"].mean(), "step": nets.step}

    return loss


def toy(optimizer=optax.adam, **rest):
    """Three networks, two players: the first trains a and c in two moves, the second b in one."""
    return Game(
        networks={name: network() for name in "abc"},
        players={
            "first": Player(("a", "c"), pull("a", "b", "c"), optimizer(RATE), moves=2),
            "second": Player(("b",), pull("a", "b", "c"), optimizer(RATE)),
        },
        **rest,
    )


def batches(count, seed=0):
    x = np.random.default_rng(seed).normal(1.0, 1.0, (count, BATCH))
    return {"x": jnp.asarray(x, jnp.float32)}


def same(one, two):
    """Whether two trees are equal bit for bit."""
    pairs = zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True)
    return all(np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in pairs)


@pytest.mark.parametrize(("name", "own"), [("first", ("a", "c")), ("second", ("b",))])
def test_a_move_changes_what_is_its_players_and_nothing_else(name, own):
    game = toy(average={"a": lambda step: 0.5, "b": lambda step: 0.5})
    before = init(game, KEY)
    batch = jax.tree.map(lambda x: x[0], batches(1))
    after, metrics = move(game, name, before, jax.random.split(KEY, BATCH), batch)
    for n in "abc":
        assert same(before.params[n], after.params[n]) is (n not in own)
        assert same(before.stats[n], after.stats[n]) is (n not in own)
    for n in game.players:
        assert same(before.opt[n], after.opt[n]) is (n != name)
    assert same((before.step, before.average), (after.step, after.average))
    for n in own:  # what no gradient trains follows the new weights, once
        assert after.stats[n]["count"] == 1
        assert after.stats[n]["seen"] == after.params[n]["w"] != before.params[n]["w"]
        assert same(after.stats[n]["batch"], batch["x"])
        assert after.stats[n]["loss"] == metrics["loss"]


def test_a_move_is_that_of_the_optimizer():
    game, state = toy(), init(toy(), KEY)
    optimizer, opt = optax.adam(RATE), state.opt["first"]
    weights = {n: state.params[n] for n in "ac"}
    for x in batches(2)["x"]:
        state, _ = move(game, "first", state, jax.random.split(KEY, BATCH), {"x": x})
        gradients = {n: {"w": weights[n]["w"] - x.mean()} for n in weights}
        updates, opt = optimizer.update(gradients, opt, weights)
        weights = optax.apply_updates(weights, updates)
        for n in weights:
            np.testing.assert_allclose(state.params[n]["w"], weights[n]["w"], rtol=1e-6)


def noisy(nets, keys, batch):
    noise = jax.vmap(jax.random.uniform)(keys)
    return batch | {"drawn": nets.a(batch["x"]), "noise": noise}


def test_a_turn_draws_for_every_move_and_no_gradient_comes_back():
    def loss(nets, keys, batch):
        played = jax.vmap(jax.random.uniform)(keys)
        value = nets.a(0.0) * 3 + (nets.a(1.0) * batch["drawn"]).mean()
        return value, {"drawn": batch["drawn"].mean(), "noise": batch["noise"].mean(), "p": played}

    player = Player(("a",), loss, optax.sgd(RATE), moves=3, draw=noisy)
    game = Game({"a": network()}, {"only": player})
    state, given = init(game, KEY), batches(3)
    after, metrics = jax.jit(lambda state: turn(game, "only", state, KEY, given))(state)

    weight, x = float(state.params["a"]["w"]), np.asarray(given["x"], float)
    drawn = weight - x  # all draws are made before the first move
    expected = weight
    for each in drawn:
        expected -= RATE * (3 + each.mean())
    np.testing.assert_allclose(after.params["a"]["w"], expected, rtol=1e-5)
    np.testing.assert_allclose(metrics["only/drawn"], drawn.mean(), rtol=1e-5)
    drawing, playing = tree.per_example(KEY, 2, 3, BATCH)
    uniform = jax.vmap(jax.vmap(jax.random.uniform))
    np.testing.assert_allclose(metrics["only/noise"], uniform(drawing).mean(), rtol=1e-6)
    np.testing.assert_allclose(metrics["only/p"], uniform(playing).mean(0), rtol=1e-6)
    assert np.unique(np.append(uniform(drawing), uniform(playing))).size == 2 * 3 * BATCH


def test_a_step_hands_each_player_its_own_minibatches_in_order():
    game = toy(optax.sgd, average={"a": lambda step: 0.9 / (1 + step), "b": lambda step: 0.5})
    assert game.moves == 3
    step = jax.jit(lambda state, batches: update(game, state, KEY, batches))
    state = init(game, KEY)
    weights = {n: float(state.params[n]["w"]) for n in "abc"}
    average = {n: weights[n] for n in "ab"}
    for t in range(3):
        given = batches(3, seed=t)
        state, metrics = step(state, given)
        means = np.asarray(given["x"], float).mean(1)
        for n, own in (("a", means[:2]), ("c", means[:2]), ("b", means[2:])):
            for mean in own:
                weights[n] -= RATE * (weights[n] - mean)
            np.testing.assert_allclose(state.params[n]["w"], weights[n], rtol=1e-5)
        for n, decay in (("a", 0.9 / (1 + t)), ("b", 0.5)):
            average[n] = decay * average[n] + (1 - decay) * weights[n]
            np.testing.assert_allclose(state.average[n]["w"], average[n], rtol=1e-5)
        assert state.average.keys() == {"a", "b"}
        assert state.step == t + 1
        assert metrics["first/step"] == metrics["second/step"] == t
        np.testing.assert_allclose(metrics["first/x"], means[:2].mean(), rtol=1e-5)
        np.testing.assert_allclose(metrics["second/x"], means[2], rtol=1e-5)


@pytest.mark.parametrize("count", [2, 4])
def test_a_step_wants_one_minibatch_for_each_move(count):
    game = toy(optax.sgd)
    with pytest.raises(ValueError, match=f"3 moves .* has {count}"):
        update(game, init(game, KEY), KEY, batches(count))


def test_a_player_sees_what_those_before_it_have_done():
    """The loss of the second counts the weights that the first has just moved."""
    game, given = toy(optax.sgd), batches(3)
    state, metrics = jax.jit(lambda state: update(game, state, KEY, given))(init(game, KEY))
    start, mean = init(game, KEY).params["b"]["w"], given["x"][2].mean()
    others = sum((state.params[n]["w"] - mean) ** 2 for n in "ac")
    np.testing.assert_allclose(
        metrics["second/loss"], (others + (start - mean) ** 2) / 2, rtol=1e-5
    )


def test_no_two_steps_players_moves_or_examples_share_a_key():
    def loss(nets, keys, batch):
        played = jax.vmap(jax.random.uniform)(keys)
        return nets.a(0.0), {"drawn": batch["noise"], "played": played}

    players = {n: Player(("a",), loss, optax.sgd(RATE), draw=noisy) for n in ("first", "second")}
    game = Game({"a": network()}, players)
    state, seen = init(game, KEY), []
    step = jax.jit(lambda state: update(game, state, KEY, batches(2)))
    for _ in range(2):
        state, metrics = step(state)
        seen += [metrics[f"{n}/{what}"] for n in players for what in ("drawn", "played")]
    assert np.unique(seen).size == 2 * 2 * 2 * BATCH


def test_bind_gives_the_networks_and_the_step():
    game = toy()
    state = init(game, KEY)._replace(step=jnp.asarray(7))
    nets = bind(game, state)
    assert nets.step == 7
    for n in "abc":
        assert getattr(nets, n)(2.0) == state.params[n]["w"] - 2.0
    assert not hasattr(nets, "d")


def test_losses_see_averaged_weights_and_do_not_move_them():
    game = toy(optax.sgd, average={"b": lambda step: 0.9})

    def loss(nets, keys, batch):
        return nets.a(nets.average.b(1.0)), {"late": nets.average.b(0.0)}

    player = Player(("a", "c"), loss, optax.sgd(RATE), moves=2)
    game = dataclasses.replace(game, players=game.players | {"first": player})
    state = init(game, KEY)._replace(average={"b": {"w": jnp.float32(5.0)}})
    assert bind(game, state).average.b(1.0) == 4.0
    assert not hasattr(bind(game, state).average, "a")
    after, metrics = move(
        game, "first", state, jax.random.split(KEY, BATCH), {"x": batches(1)["x"][0]}
    )
    assert metrics["late"] == 5.0 and same(after.average, state.average)


def test_a_network_begins_with_its_key_and_its_name_alone():
    game = toy()
    more = Game({"z": network(), **game.networks}, game.players, frozen=("z",))
    turned = Game(dict(reversed(game.networks.items())), dict(reversed(game.players.items())))
    first = init(game, KEY)
    for other in (init(more, KEY), init(turned, KEY)):
        assert all(same(first.params[n], other.params[n]) for n in "abc")
    assert len({float(first.params[n]["w"]) for n in "abc"}) == 3
    assert not any(same(first.params[n], init(game, jax.random.key(1)).params[n]) for n in "abc")


def test_the_first_state_is_at_rest():
    state = init(toy(average={"c": lambda step: 0.5}), KEY)
    assert (state.step, state.step.dtype) == (0, jnp.int32)
    assert state.average == {"c": state.params["c"]}
    assert state.average["c"]["w"] is not state.params["c"]["w"]  # either may be donated
    assert set(state.opt) == {"first", "second"}
