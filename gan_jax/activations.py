"""Within a network: what its layers make, found by following its program, whatever its modules."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
from jax.extend import core

LAYERS = ("dot_general", "conv_general_dilated")
LOOPS = ("scan", "while", "cond")
CALLS = ("jit", "remat2", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call")
INNER = ("jaxpr", "call_jaxpr", "fun_jaxpr")
"""Where a call keeps the program that it calls."""


class Layer(NamedTuple):
    """The result of a product with weights, or of a convolution."""

    value: jax.Array
    taken: jax.Array  # what it is a product of, beside the weights
    first: bool  # whether the inputs have reached it through no other


class _Value(NamedTuple):
    value: Any
    layers: int | None  # on the way from the inputs, at most 1; None if it does not depend on them


def layers(function: Callable, *inputs: jax.Array) -> list[Layer]:
    """The layers of a function of arrays, in the order in which they are computed.

    A layer is a matrix product or a convolution of what depends on the inputs with what does not:
    not the products of attention. Those within loops, as of a recurrent network, are not seen.

    Args:
      function: of arrays to arrays, to be traced.
      *inputs: to it.

    >>> import jax.numpy as jnp
    >>> two = lambda z: jnp.tanh(z @ jnp.ones((2, 3))) @ jnp.ones((3, 5))
    >>> found = layers(two, jnp.ones((1, 2)))
    >>> [(layer.value.shape, layer.first) for layer in found]
    [((1, 3), True), ((1, 5), False)]
    """
    closed = jax.make_jaxpr(function)(*inputs)
    seen: list[Layer] = []
    _follow(closed, [_Value(x, 0) for x in jax.tree.leaves(inputs)], seen)
    return seen


def _follow(closed: Any, inputs: Sequence[_Value], seen: list[Layer]) -> list[_Value]:
    """The outputs of a program, equation by equation."""
    jaxpr = getattr(closed, "jaxpr", closed)
    consts = [_Value(const, None) for const in getattr(closed, "consts", ())]
    known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *inputs], strict=True))
    read = lambda x: _Value(x.val, None) if isinstance(x, core.Literal) else known[x]
    for equation in jaxpr.eqns:
        results = _result(equation, [read(x) for x in equation.invars], seen)
        known |= zip(equation.outvars, results, strict=True)
    return [read(x) for x in jaxpr.outvars]


def _result(equation: Any, inputs: Sequence[_Value], seen: list[Layer]) -> list[_Value]:
    name, parameters = equation.primitive.name, equation.params
    if name in CALLS:
        inner = next(parameters[key] for key in INNER if key in parameters)
        return _follow(inner, inputs, seen)
    values = [x.value for x in inputs]
    result = equation.primitive.bind(*values, **equation.primitive.get_bind_params(parameters))
    results = result if equation.primitive.multiple_results else [result]
    behind = [x.layers for x in inputs if x.layers is not None]
    depth = max(behind, default=None)
    if name in LAYERS and len(behind) == 1:
        taken = next(x.value for x in inputs if x.layers is not None)
        seen.append(Layer(result, taken, depth == 0))
    if depth is not None and (name in LOOPS or (name in LAYERS and len(behind) == 1)):
        depth = 1
    return [_Value(value, depth) for value in results]
