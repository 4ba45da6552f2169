"""Between which numbers a function's outputs stay, whatever it is given: intervals along a jaxpr.

Operation by operation: the inputs may be any numbers, parameters among them, and so may what comes
of an operation without a rule. What is found holds; what holds may go unfound.
"""

import math
from collections.abc import Callable

import jax
import numpy as np

Interval = tuple[float, float]
ANY = (-math.inf, math.inf)

KEPT = (
    *("broadcast_in_dim", "convert_element_type", "copy", "dynamic_slice", "expand_dims", "gather"),
    *("name", "reduce_max", "reduce_min", "reduce_precision", "reshape", "rev", "slice", "split"),
    *("squeeze", "stop_gradient", "transpose"),
)
"""Operations that give numbers of their first operand."""

RISING = {
    "atan": math.atan,
    "erf": math.erf,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "sign": np.sign,
    "sqrt": np.sqrt,
    "tanh": math.tanh,
}
"""Functions of one number that never fall."""

RULES: dict[str, Callable[..., Interval]] = {
    "abs": lambda x: (max(x[0], -x[1], 0.0), max(-x[0], x[1])),
    "add": lambda x, y: (x[0] + y[0], x[1] + y[1]),
    "clamp": lambda low, x, high: _least(_most(low, x), high),
    "concatenate": lambda *parts: _joined(*parts),
    "cos": lambda x: (-1.0, 1.0),
    "div": lambda x, y: _times(x, (1 / y[1], 1 / y[0])) if y[0] > 0 or y[1] < 0 else ANY,
    "gt": lambda x, y: (0.0, 1.0),
    "lt": lambda x, y: (0.0, 1.0),
    "max": lambda x, y: _most(x, y),
    "min": lambda x, y: _least(x, y),
    "mul": lambda x, y: _times(x, y),
    "neg": lambda x: (-x[1], -x[0]),
    "pad": lambda *parts: _joined(*parts),
    "select_n": lambda chosen, *cases: _joined(*cases),
    "sin": lambda x: (-1.0, 1.0),
    "square": lambda x: _powered(x, 2),
    "sub": lambda x, y: (x[0] - y[1], x[1] - y[0]),
}
"""Of the operands' intervals alone."""

SUMS: dict[str, Callable[..., int]] = {
    "dot_general": lambda shape, given: _size(shape, given["dimension_numbers"][0][0]),
    "reduce_sum": lambda shape, given: _size(shape, given["axes"]),
    "reduce_window_sum": lambda shape, given: math.prod(given["window_dimensions"]),
}
"""How many numbers, or products of two, an operation adds up at most."""

NAMED = {"hard_tanh": (-1.0, 1.0), "soft_sign": (-1.0, 1.0)}
"""Functions of `jax.nn` that have bounds which no operation of theirs shows."""


def bounds(function: Callable, *inputs) -> Interval:
    """Between what numbers all outputs are known to stay, for whatever inputs of these shapes.

    >>> bounds(lambda x: 2 * jax.nn.sigmoid(x).mean(1) - 1, jax.ShapeDtypeStruct((4, 3), float))
    (-1.0, 1.0)
    """
    jaxpr = jax.make_jaxpr(function)(*inputs).jaxpr
    with np.errstate(all="ignore"):
        return _joined(*_through(jaxpr, [ANY] * len(jaxpr.invars)))


def _through(jaxpr, given: list[Interval]) -> list[Interval]:
    known = dict.fromkeys(jaxpr.constvars, ANY) | dict(zip(jaxpr.invars, given, strict=True))
    look = lambda atom: _constant(atom.val) if hasattr(atom, "val") else known[atom]
    for equation in jaxpr.eqns:
        found = _outputs(equation, [look(atom) for atom in equation.invars])
        known |= dict(zip(equation.outvars, found, strict=True))
    return [look(atom) for atom in jaxpr.outvars]


def _outputs(equation, given: list[Interval]) -> list[Interval]:
    inner = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
    inner = getattr(inner, "jaxpr", inner)
    if equation.params.get("name") in NAMED:
        found = NAMED[equation.params["name"]]
    elif inner and equation.primitive.name != "scan" and len(inner.invars) == len(given):
        return _through(inner, given)
    else:
        found = _output(equation.primitive.name, equation, given)
    return [ANY if math.isnan(found[0]) or math.isnan(found[1]) else found] * len(equation.outvars)


def _output(name: str, equation, given: list[Interval]) -> Interval:
    if name in KEPT:
        return given[0]
    if name in RISING:
        return tuple(float(RISING[name](end)) for end in given[0])
    if name in RULES:
        return RULES[name](*given)
    if name == "integer_pow" and equation.params["y"] > 0:
        return _powered(given[0], equation.params["y"])
    if name in SUMS:
        count = SUMS[name](equation.invars[0].aval.shape, equation.params)
        return _times(_times(*given) if len(given) == 2 else given[0], (0, count))
    return ANY


def _times(x: Interval, y: Interval) -> Interval:
    ends = [a * b if a and b else 0.0 for a in x for b in y]
    return min(ends), max(ends)


def _powered(x: Interval, power: int) -> Interval:
    low, high = (float(np.power(end, power)) for end in x)
    if power % 2:
        return low, high
    return 0.0 if x[0] <= 0 <= x[1] else min(low, high), max(low, high)


def _size(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    return math.prod(shape[axis] for axis in axes)


def _constant(value) -> Interval:
    return (float(value),) * 2 if np.isrealobj(value) else ANY


def _most(x: Interval, y: Interval) -> Interval:
    return max(x[0], y[0]), max(x[1], y[1])


def _least(x: Interval, y: Interval) -> Interval:
    return min(x[0], y[0]), min(x[1], y[1])


def _joined(*parts: Interval) -> Interval:
    return min(part[0] for part in parts), max(part[1] for part in parts)
