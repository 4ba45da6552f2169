"""What families share: whether networks fit one another and their data, penalties, averages."""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
import optax

from gan_jax.game import Game, Network
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial
from gan_jax.losses.penalties import Penalty
from gan_jax.optimizers import Clipped, by_network, scheduled
from gan_jax.priors import Prior

SHAPING = ("reshape", "squeeze", "slice", "broadcast_in_dim", "convert_element_type", "transpose")
"""Operations of JAX that leave numbers what they are."""


def drawn(prior: Prior, *labels: jax.ShapeDtypeStruct) -> jax.ShapeDtypeStruct:
    """Shape and type of two latents of a prior."""
    return jax.eval_shape(lambda *y: prior(jax.random.split(jax.random.key(0), 2), *y), *labels)


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


def check_clipping(critic: Network, optimizer: optax.GradientTransformation) -> None:
    """Refuses to clip the weights of a critic that divides them by their spectral norm."""
    params, stats = jax.eval_shape(critic.init, jax.random.key(0))
    if "spectral" not in stats:
        return
    clips = lambda state: isinstance(state, Clipped)
    states = jax.eval_shape(optimizer.init, {"critic": params})
    if any(map(clips, jax.tree.leaves(states, is_leaf=clips))):
        raise ValueError(
            "A critic with spectral normalisation is bounded already, whatever the size of its "
            "weights: clip those of a plain one, or leave out clip_weights."
        )


def check_unbounded(score: Callable, x: jax.Array) -> None:
    """Refuses a critic, bound to its parameters, that ends in a sigmoid or a tanh."""
    jaxpr = jax.make_jaxpr(score)(x).jaxpr
    if (last := _made_by(jaxpr, jaxpr.outvars[0])) in ("logistic", "tanh"):
        raise ValueError(
            f"The critic ends in the operation {last}, which bounds its scores; a Wasserstein "
            "critic gives raw ones, whose slope alone is bounded: leave it out."
        )


def _made_by(jaxpr, variable) -> str:
    """The last operation on the way to a variable that changes more than shape and type."""
    for equation in reversed(jaxpr.eqns):
        if variable in equation.outvars:
            inner = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
            if inner is not None:
                inner = getattr(inner, "jaxpr", inner)
                return _made_by(inner, inner.outvars[equation.outvars.index(variable)])
            if equation.primitive.name not in SHAPING:
                return equation.primitive.name
            variable = equation.invars[0]
    return ""


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


def numbers(*names: str) -> Network:
    """Numbers, 0 at first, as a network: saved, restored and shared like any other."""
    return Network(
        lambda key: ({name: jnp.zeros(()) for name in names}, {}), lambda params, stats: params
    )


def led(follower, goal) -> jax.Array:
    """A term of a loss without a value; to descend on it at a rate r is x <- x + r (goal - x)."""
    apart = jax.tree.map(lambda x, y: x - jax.lax.stop_gradient(y), follower, goal)
    term = optax.tree.norm(apart, squared=True) / 2
    return term - jax.lax.stop_gradient(term)


def beside_critic(game: Game, name: str, network: Network, rate: float | jax.Array = 1.0) -> Game:
    """The game with `numbers` that the critic's player trains too, at a rate of their own."""
    player = game.players["critic"]
    optimizer = by_network(**{"critic": player.optimizer, name: optax.sgd(rate)})
    player = replace(player, trains=("critic", name), optimizer=optimizer)
    networks = {**game.networks, name: network}
    return replace(game, networks=networks, players={**game.players, "critic": player})
