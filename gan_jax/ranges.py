"""What a number may be: checked where it is known, passed on where it is traced.

Of a schedule, step -> number, the number at step 0 is checked, whenever it is played first.
"""

import math

import jax
import jax.numpy as jnp


def positive(name: str, value):
    """The value itself.

    Raises:
      ValueError: it is a number, and not above 0 and finite; or a schedule that at step 0 is below
        0 or not finite.

    >>> positive("learning rate", 0.1)
    0.1
    """
    if callable(value):  # a rate may grow from 0
        return not_negative(name, value)
    return _checked(name, value, lambda number: number > 0, "above 0")


def not_negative(name: str, value):
    """The value itself, if it is no number below 0 and no infinite one."""
    return _checked(name, value, lambda number: number >= 0, "0 or more")


def share(name: str, value):
    """The value itself, if it is no number below 0 or above 1."""
    return within(name, value, 0, 1)


def decay(name: str, value):
    """The value itself, if it is no number below 0, nor 1 or more."""
    return _checked(name, value, lambda number: 0 <= number < 1, "0 or more, and below 1")


def within(name: str, value, low: float, high: float):
    """The value itself, if it is no number below `low` or above `high`."""
    return _checked(name, value, lambda number: low <= number <= high, f"from {low:g} to {high:g}")


def _checked(name: str, value, good, said: str):
    number = value
    if callable(value):
        with jax.ensure_compile_time_eval():
            name, number = f"{name} at step 0", jax.jit(lambda step: value(step))(jnp.int32(0))
    if isinstance(number, jax.core.Tracer):
        return value
    if not (math.isfinite(number := float(number)) and good(number)):
        raise ValueError(f"The {name} is {number:g}: it must be {said}.")
    return value
