"""What families share: whether networks fit one another and their data, penalties, averages."""

import math
from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp

from gan_jax.families.bounds import Interval, bounds
from gan_jax.game import Game, Network
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial, wasserstein
from gan_jax.losses.penalties import Penalty
from gan_jax.optimizers import scheduled
from gan_jax.priors import Prior

COUNTS = (2, 2520)
"""Of examples to try a critic on: with the second there are whole packs of any size up to 10."""


def drawn(prior: Prior, *labels: jax.ShapeDtypeStruct, count: int = 2) -> jax.ShapeDtypeStruct:
    """Shape and type of so many latents of a prior."""
    keys = lambda: jax.random.split(jax.random.key(0), count)
    return jax.eval_shape(lambda *y: prior(keys(), *y), *labels)


def output(network: Network, *inputs: jax.ShapeDtypeStruct) -> jax.ShapeDtypeStruct:
    """Shape and type of what a network makes of such inputs; nothing is computed.

    Raises:
      ValueError: the network was made for other inputs.
    """
    variables = jax.eval_shape(network.init, jax.random.key(0))
    return jax.eval_shape(network.apply, *variables, *inputs)


def check_outputs(
    name: str, made: jax.ShapeDtypeStruct, expected: tuple[int, ...], reason: str
) -> None:
    """Refuses a network whose outputs for two examples are not of the expected shape."""
    if made.shape != expected:
        raise ValueError(
            f"The {name} gives outputs of shape {made.shape[1:]} where {expected[1:]} is needed, "
            f"{reason}: make it with that many outputs."
        )


def check_alike(fake: jax.Array, real: jax.Array) -> None:
    """Refuses a generator whose examples are not of the shape of the data."""
    if fake.shape != real.shape:
        raise ValueError(
            f"The generator makes examples of shape {fake.shape[1:]}; those of the data have "
            f"{real.shape[1:]}: make it for the shape of the data."
        )


def check_loss(loss: Adversarial) -> None:
    """Refuses what is no pair of losses."""
    if not isinstance(loss, Adversarial):
        raise ValueError(f"`loss` is a pair such as gan_jax.losses.hinge; given: {loss!r}.")


def check_penalty(penalty: Penalty | None) -> None:
    """Refuses what is no penalty."""
    if not (penalty is None or isinstance(penalty, Penalty)):
        raise ValueError(
            f"`penalty` is made by such as gan_jax.losses.gradient_penalty; given: {penalty!r}."
        )


def check_scores(loss: Adversarial | Callable, critic: Network, inputs: Callable) -> None:
    """Refuses a critic of bounded scores under a loss of others, as far as is known without data.

    Args:
      loss: a pair; what gives one to the networks of a move is left to `check_unbounded` there.
      critic: as it is given to the family.
      inputs: from a number of examples to the inputs of the critic, as for `output`.
    """
    if callable(loss) or not _raw(loss):
        return
    variables = jax.eval_shape(critic.init, jax.random.key(0))
    for count in COUNTS:
        try:
            found = bounds(critic.apply, *variables, *inputs(count))
        except (TypeError, ValueError):
            continue  # what does not fit says so in a move, which knows its examples
        return _refuse(found)


def check_unbounded(loss: Adversarial, score: Callable, x: jax.Array) -> None:
    """Refuses a critic, bound to its parameters, of bounded scores under a loss of others."""
    if _raw(loss):
        _refuse(bounds(score, x))


def _raw(loss: Adversarial) -> bool:
    return loss.unbounded or loss.critic is wasserstein.critic  # in a pair made by hand


def _refuse(found: Interval) -> None:
    low, high = found
    if -math.inf < low < high < math.inf:
        raise ValueError(
            f"The critic bounds its scores, from {low:g} to {high:g} (a sigmoid or a tanh at its "
            "end?); those of a Wasserstein critic are raw, and their slope alone is bounded: "
            "leave out what bounds them."
        )


def with_drawn(penalty: Penalty | None, keys: jax.Array, batch) -> tuple[jax.Array, dict]:
    """Keys for all else, and the minibatch with what the penalty draws, if there is one."""
    if penalty is None:
        return keys, batch
    keys, own = apart(keys)
    return keys, batch | {"drawn": penalty.draw(own, batch["real"])}


def penalised(penalty: Penalty | None, score: Callable, batch, step) -> tuple[jax.Array, dict]:
    """A critic's weighted penalty on a minibatch `with_drawn`, and its metric; 0 without one."""
    if penalty is None:
        return 0.0, {}
    term = penalty.value(score, batch["drawn"], batch["real"], batch["fake"], step)
    return scheduled(penalty.weight, step) * term, {"penalty": term}


def means(real: jax.Array, fake: jax.Array, which: str = "") -> dict[str, jax.Array]:
    """What every critic logs of its scores; `which`, as `class_`, tells one of several apart."""
    found = {"real": real.mean(), "fake": fake.mean(), "gap": real.mean() - fake.mean()}
    return {which + name: value for name, value in found.items()}


def averages(average: Callable | None, *names: str) -> dict[str, Callable]:
    """The networks whose weights are averaged, under this decay if there is one."""
    return {} if average is None else dict.fromkeys(names, average)


def labels_of(batch, wanted: bool) -> tuple[jax.Array, ...]:
    """The labels of a minibatch as inputs of a network that wants them; none otherwise."""
    if wanted and "label" not in batch:
        few = " but for a few (labelled=N)" if "labelled" in batch else ""
        raise ValueError(f"The game is conditional, and its data have no labels{few}: give all.")
    return (batch["label"],) if wanted else ()


def beside_critic(game: Game, name: str, follow: Callable, *numbers: str) -> Game:
    """The game with numbers, 0 at first, which each move of the critic's player moves on.

    They follow what a move has found, by no gradient: so they have no learning rate.

    Args:
      game: with a player `critic`.
      name: of the network that gives them, `nets.name() -> {number: value}`.
      follow: `(numbers, batch, metrics) -> numbers` of a move.
      *numbers: their names.
    """

    def refresh(params, stats, batch, metrics):
        keep = lambda before, after: after.astype(before.dtype)
        return jax.tree.map(keep, stats, follow(stats, batch, metrics))

    init = lambda key: ({}, {number: jnp.zeros(()) for number in numbers})
    network = Network(init, lambda params, stats: stats, refresh=refresh)
    player = replace(game.players["critic"], trains=("critic", name))
    networks = {**game.networks, name: network}
    return replace(game, networks=networks, players={**game.players, "critic": player})
