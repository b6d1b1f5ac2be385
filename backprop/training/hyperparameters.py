"""Checks of the numbers and functions that a user chooses, each with a message that names what is wrong."""

import inspect
import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any


def number(name: str, value: Any) -> float:
    """The value as a float.

    Raises:
        TypeError: it is not a real number.
        ValueError: it is NaN or infinite.

    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r:.80}; it must be a number")
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}; it must be finite")
    return float(value)


def not_negative(name: str, value: Any) -> float:
    """The value as a float, if it is at least 0; errors as in `number`.

    >>> not_negative("learning_rate", -1)
    Traceback (most recent call last):
        ...
    ValueError: learning_rate is -1; it must be at least 0

    """
    if number(name, value) < 0:
        raise ValueError(f"{name} is {value}; it must be at least 0")
    return float(value)


def positive(name: str, value: Any) -> float:
    """The value as a float, if it is above 0; errors as in `number`."""
    if number(name, value) <= 0:
        raise ValueError(f"{name} is {value}; it must be above 0")
    return float(value)


def fraction(name: str, value: Any) -> float:
    """The value as a float, if it is from 0 to below 1; errors as in `number`."""
    if not 0 <= number(name, value) < 1:
        raise ValueError(f"{name} is {value}; it must be at least 0 and below 1")
    return float(value)


def whole(name: str, value: Any, least: int = 0) -> int:
    """The value as an int, if it is a whole number of at least `least`.

    Raises:
        TypeError: it is not a whole number.
        ValueError: it is below `least`.

    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r:.80}; it must be a whole number")
    if value < least:
        raise ValueError(f"{name} is {value}; it must be at least {least}")
    return int(value)


def called_with(what: str, function: Callable[..., Any], *names: str) -> None:
    """Check that a function can be called with as many arguments, before a training calls it an hour later.

    Raises:
        TypeError: it cannot.

    >>> called_with("the metric", lambda outputs: 0.0, "outputs", "targets")
    Traceback (most recent call last):
        ...
    TypeError: the metric is called with (outputs, targets), and <lambda>(outputs) does not take that

    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a function in C need not have one
        return
    try:
        signature.bind(*names)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        wanted = ", ".join(names)
        raise TypeError(f"{what} is called with ({wanted}), and {name}{signature} does not take that") from None
