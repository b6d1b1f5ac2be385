"""Numbers that a caller gives to be drawn."""

from typing import Any, TypeAlias

import numpy as np

from ..values import value_of

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


def real_numbers(values: Any, what: str) -> Array:
    """A new array of a tensor, an array, or a sequence of numbers, tensors or sequences; `what` is for the message.

    What is masked is NaN.

    >>> real_numbers([1, True], "the curve")
    array([1., 1.])

    Raises:
        TypeError: these are not real numbers.
        ValueError: parts of a sequence have different lengths.

    """
    values = value_of(values)
    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "fiub":
        return np.ma.filled(values.astype(np.float64), np.nan)
    try:
        array = np.asarray([value_of(value) for value in values] if isinstance(values, list | tuple) else values)
    except ValueError as error:
        raise ValueError(f"{what}: the parts have different lengths") from error
    if array.dtype.kind not in "fiub":
        kind = array.dtype if array.ndim else type(values).__name__
        raise TypeError(f"{what}: only real numbers can be drawn, not {kind}; give a sequence, an array or a tensor")
    return array.astype(np.float64)
