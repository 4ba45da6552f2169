"""Flax modules as networks of a game."""

from collections.abc import Callable

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp

from gan_jax.game import Network
from gan_jax.networks.layers import STATISTICS


def linen(module: nn.Module, *examples, mixes: bool | None = None) -> Network:
    """A `flax.linen` module as a `Network` of a game.

    There is no mode: a network in training has no statistics at all, and `settle` gives them to it.
    The module draws no random numbers; a network that draws takes keys as an input.

    Args:
      module: called as `module(*inputs)`; its variables are parameters and fixed statistics.
      *examples: an example of each input, arrays or `jax.ShapeDtypeStruct`s with a batch of 1 or 2;
        only their shapes and types are used.
      mixes: whether the output for one example depends on the others; by default, whether the
        module has statistics to fix, as `BatchNorm` and `MinibatchDeviation` have.

    Returns:
      A network whose `settle` measures the fixed statistics, or is None where there are none.

    Raises:
      ValueError: if the module does not fit its inputs, or has variables of another kind.

    >>> network = linen(nn.Dense(3), jnp.zeros((1, 2)))
    >>> params, stats = network.init(jax.random.key(0))
    >>> network.apply(params, stats, jnp.zeros((5, 2))).shape, stats, network.mixes
    ((5, 3), {}, False)
    """
    inputs = jax.eval_shape(lambda *examples: examples, *examples)

    @jax.jit  # so that nothing is computed but the parameters, and it is traced once
    def begin(key):
        return module.init(key, *jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), inputs))

    def init(key):
        return begin(key).get("params", {}), {}

    settles = STATISTICS in _collections(module, inputs, begin)

    def apply(params, stats, *given):
        try:
            return module.apply({"params": params, **stats}, *given)
        except (TypeError, flax.errors.ScopeParamShapeError) as error:
            raise ValueError(
                f"{type(module).__name__} was made for inputs ({_kinds(inputs)}) and got "
                f"({_kinds(given)}): {_reason(error)}"
            ) from error

    def settle(params, stats, *inputs):
        variables = {"params": params, **stats}
        return stats | module.apply(variables, *inputs, mutable=[STATISTICS])[1]

    mixes = settles if mixes is None else mixes
    return Network(init, apply, mixes=mixes, settle=settle if settles else None)


def zero_to_one(network: Network) -> Network:
    """The network, seeing values from 0 to 1 where given ones from -1 to 1.

    Most pixels of a drawing are black, and of -1 a perceptron learns slower than of 0.

    Args:
      network: of examples and, perhaps, labels.

    >>> network = Network(lambda key: ({}, {}), lambda params, stats, x: x)
    >>> zero_to_one(network).apply({}, {}, jnp.array([-1.0, 0.0, 1.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    given = lambda function: lambda params, stats, x, *y: function(params, stats, (x + 1) / 2, *y)
    settle = network.settle and given(network.settle)
    return network._replace(apply=given(network.apply), settle=settle)


def _collections(module: nn.Module, inputs: tuple, begin: Callable) -> frozenset[str]:
    """The module's kinds of variables, found without computing anything."""
    shapes = _shapes(module, inputs, begin, jax.random.key(0))
    others = sorted(set(shapes) - {"params", STATISTICS})
    if others:
        raise ValueError(
            f"{type(module).__name__} holds variables of the kind {', '.join(others)}: a network "
            "holds parameters and fixed statistics; for batch normalisation, use "
            "gan_jax.networks.BatchNorm instead of that of flax.linen."
        )
    _shapes(module, inputs, module.apply, {"params": shapes.get("params", {})}, *inputs)
    return frozenset(shapes)


def _shapes(module: nn.Module, inputs: tuple, function: Callable, *given):
    name = type(module).__name__
    try:
        return jax.eval_shape(function, *given)
    except flax.errors.InvalidRngError as error:
        raise ValueError(
            f"{name} draws random numbers (dropout?): a network that draws takes keys as an input."
        ) from error
    except (TypeError, ValueError, flax.errors.FlaxError) as error:
        reason = _reason(error)
        raise ValueError(f"{name} does not fit its inputs ({_kinds(inputs)}): {reason}") from error


def _kinds(inputs: tuple) -> str:
    return ", ".join(f"{x.dtype}{list(x.shape)}" for x in jax.tree.leaves(inputs)) or "none"


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
