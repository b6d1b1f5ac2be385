"""Arguments of layers, checked where they are given: a wrong one would show itself far away, in a later step."""

from operator import index
from typing import Any, TypeAlias

import numpy as np

# As text: NumPy loads `numpy.random` when it is first asked for, and not because this is imported.
Generator: TypeAlias = "np.random.Generator"
Seed: TypeAlias = "int | Generator | None"
"""What `numpy.random.default_rng` takes."""
Precision: TypeAlias = "str | type[Any] | np.dtype[Any]"
"""What `numpy.dtype` takes."""


def positive(name: str, value: int) -> int:
    """Return a size as a Python int; a ValueError if it is not positive, a TypeError if it is not whole."""
    try:
        size = index(value)
    except TypeError:
        raise TypeError(f"{name} is a whole number, not {value!r}") from None
    if size < 1:
        raise ValueError(f"{name} is at least 1, not {size}")
    return size


def precision(dtype: Precision) -> np.dtype[Any]:
    """Return a precision as NumPy's; a ValueError if it is not one of floating-point numbers."""
    found = np.dtype(dtype)
    if found.kind != "f":
        raise ValueError(f"parameters are floating-point numbers, float32 or float64, not {found}")
    return found


def example_shape(shape: Any) -> tuple[int, ...]:
    """Return the shape of one example as a tuple of Python ints; a TypeError if it is not made of whole numbers."""
    try:
        return tuple(map(index, shape))
    except TypeError:
        hint = f"({shape},)" if isinstance(shape, int) else "(784,)"
        raise TypeError(f"input_shape is the shape of one example, such as {hint}, not {shape!s:.80}") from None


def between(name: str, value: float, low: float, high: float) -> float:
    """Return a number as a Python float; a ValueError if it is not in [low, high)."""
    if not low <= value < high:
        raise ValueError(f"{name} is at least {low:g} and less than {high:g}, not {value!r}")
    return float(value)
