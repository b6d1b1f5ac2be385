"""What a tensor holds: Python floats, and arrays that nobody changes."""

from typing import Any

import numpy as np

from .frozen import freeze, unchangeable
from .operations.operation import Operation

_array = np.ndarray


def value_of(x: Any) -> Any:
    """The value of a tensor; anything else as it is."""
    return x._value if hasattr(x, "_apply") else x


def constant(x: Any, operation: Operation) -> Any:
    """A constant operand: a number as it is, an array as it is now, whatever is done to it later."""
    if type(x) is _array and x.dtype.kind == "f" and x.ndim:
        return x if unchangeable(x) else freeze(x)
    if isinstance(x, (float, int)):  # a tuple is twice as fast as a union
        return x if type(x) is int else float(x)
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{operation.name} takes tensors and real numbers, not {type(x).__name__} {x!r}")
    return freeze(array) if array.ndim else array[()]


def real(value: Any) -> Any:
    """A Python float, or a read-only array of floating-point numbers."""
    if isinstance(value, float | int) or (isinstance(value, np.generic) and value.dtype.kind in "iub"):
        return float(value)
    if hasattr(value, "_apply"):
        raise TypeError("the value is a tensor already; use it as it is, or its .value for a new leaf")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"the rows of {value!r} differ in length: an array needs rows of one length") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a tensor holds real numbers, not {type(value).__name__} of {array.dtype}: {value!r:.80}")
    array = array.astype(array.dtype if array.dtype.kind == "f" else float)
    array.flags.writeable = False
    return array


def as_type(value: Any, old: Any) -> Any:
    """A new value in the precision of the old one."""
    return float(value) if type(old) is float else freeze(np.asarray(value, old.dtype))


def own(gradient: Any, seen: set[int]) -> Any:
    """A gradient that shares no memory with those seen before: changing one changes no other."""
    if isinstance(gradient, np.ndarray):
        if gradient.base is not None or not gradient.flags.writeable or id(gradient) in seen:
            gradient = gradient.copy()
        seen.add(id(gradient))
    return gradient
