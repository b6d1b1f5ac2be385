"""Saved values put back into a model: everything is checked before anything is changed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..values import value_of
from .errors import StateError

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .module import Array, Module


def load(model: "Module", values: Mapping[str, Any]) -> None:
    """See `Module.load_state_dict`."""
    if not isinstance(values, Mapping):
        raise TypeError(f"values are a mapping of names to arrays, as state_dict() gives, not {type(values).__name__}")
    parameters = dict(model.named_parameters())
    problems = [f"missing: {name} of shape {p.shape}" for name, p in parameters.items() if name not in values]
    problems += [f"unexpected: {name}" for name in values if name not in parameters]
    converted: dict[str, Array] = {}
    for name, parameter in parameters.items():
        if name in values:
            try:
                converted[name] = _fitting(values[name], parameter)
            except ValueError as error:
                problems.append(f"{name}: {error}")
    if problems:
        lines = "\n  ".join(problems)
        raise StateError(
            f"these values do not belong to this {type(model).__name__}, and none of them was loaded:\n  {lines}\n"
            "Build the model as it was when they were saved, with the same layers and sizes"
        )
    for name, parameter in parameters.items():
        parameter.value = converted[name]


def _fitting(value: Any, parameter: "Tensor") -> "Array":
    """The value as an array of the parameter's shape and precision; a ValueError says why it is none."""
    try:
        array = np.asarray(value_of(value))
    except ValueError:
        raise ValueError("rows of different lengths") from None
    if array.dtype.kind not in "fiu":
        raise ValueError(f"real numbers are needed, not {array.dtype}")
    if array.shape != parameter.shape:
        raise ValueError(f"shape {array.shape} instead of {parameter.shape}")
    with np.errstate(over="ignore"):  # too large for the precision is an infinity, reported here
        array = array.astype(parameter.dtype)
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        first = tuple(wrong[0].tolist())
        place = f" at {first}" if first else ""
        raise ValueError(f"{array[first]}{place}, the first of {len(wrong)} entries that are not finite")
    return array
