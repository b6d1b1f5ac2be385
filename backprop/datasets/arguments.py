"""Checks of arguments, each with a message that says which one is wrong, and what it may be."""

from math import inf, isfinite
from numbers import Real
from operator import index
from typing import Any

import numpy as np


def count_of(function: str, argument: str, value: Any, *, least: int) -> int:
    """A whole number that is not less than `least`.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is too small.

    """
    try:
        number = None if isinstance(value, bool | np.bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{function}: {argument} is a whole number, not {value!r}")
    if number < least:
        raise ValueError(f"{function}: {argument} is at least {least}, not {number}")
    return number


def number_of(
    function: str, argument: str, value: Any, *, least: float = -inf, above: float = -inf, below: float = inf
) -> float:
    """A finite number that is not less than `least`, and lies between `above` and `below`, which it is not itself.

    Raises:
        TypeError: it is no number.
        ValueError: it is not finite, or outside the range.

    """
    if isinstance(value, bool | np.bool) or not isinstance(value, Real):
        raise TypeError(f"{function}: {argument} is a number, not {value!r}")
    number = float(value)
    if isfinite(number) and number >= least and above < number < below:
        return number
    limits = [f"at least {least}"] * (least > -inf) + [f"greater than {above}"] * (above > -inf)
    limits += [f"less than {below}"] * (below < inf)
    raise ValueError(f"{function}: {argument} is finite and {' and '.join(limits)}, not {value!r}")


def generator_of(function: str, seed: Any) -> np.random.Generator:
    """The generator that was given, or a new one from a seed.

    Raises:
        TypeError: the seed is neither a whole number nor a generator nor None.
        ValueError: the seed is negative.

    """
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(count_of(function, "seed", seed, least=0))
