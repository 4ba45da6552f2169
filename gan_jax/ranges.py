"""What a number may be: checked where it is known, passed on where it is traced or a schedule."""

import math

import jax


def positive(name: str, value):
    """The value itself.

    Raises:
      ValueError: it is a number, and not above 0 and finite.

    >>> positive("learning rate", 0.1)
    0.1
    """
    return _checked(name, value, lambda number: number > 0, "above 0")


def not_negative(name: str, value):
    """The value itself, if it is no number below 0 and no infinite one."""
    return _checked(name, value, lambda number: number >= 0, "0 or more")


def share(name: str, value):
    """The value itself, if it is no number below 0 or above 1."""
    return within(name, value, 0, 1)


def within(name: str, value, low: float, high: float):
    """The value itself, if it is no number below `low` or above `high`."""
    return _checked(name, value, lambda number: low <= number <= high, f"from {low:g} to {high:g}")


def _checked(name: str, value, good, said: str):
    if callable(value) or isinstance(value, jax.core.Tracer):
        return value
    if not (math.isfinite(number := float(value)) and good(number)):
        raise ValueError(f"The {name} is {number:g}: it must be {said}.")
    return value
