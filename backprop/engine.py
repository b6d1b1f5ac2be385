"""What is recorded of a computation: whether, in which order, and where a backward pass starts.

Every tensor has a creation number, so sorting by it is a topological order: no recursion, whatever the depth.
"""

from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from itertools import count
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import GraphError
from .operations.operation import Value

if TYPE_CHECKING:
    from .tensor import Tensor

next_number = count(1).__next__
"""Creation number of the next tensor; a new value given to a leaf gets a new number too."""

MANY = object()
"""Stands in the slot of a tensor's second operand when there are more than two: the first slot has them all."""

_recording: ContextVar[bool] = ContextVar("recording", default=True)
is_recording = _recording.get
_creation_number = attrgetter("_number")
_last_assignment = 0


class recording(ContextDecorator):  # noqa: N801 (used like a function)
    """Context manager and decorator: whether operations on tensors are recorded, in this thread and task."""

    def __init__(self, active: bool = True) -> None:
        self._active = active
        self._tokens: list[Token[bool]] = []

    def _recreate_cm(self) -> "recording":  # for each call of a decorated function: threads share the decorator
        return recording(self._active)

    def __enter__(self) -> None:
        self._tokens.append(_recording.set(self._active))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _recording.reset(self._tokens.pop())


def no_grad() -> recording:
    """Context manager and decorator: operations give values only, and nothing is kept for a backward pass.

    >>> from backprop import Tensor
    >>> with no_grad():
    ...     y = Tensor(2.0) * 3.0
    >>> y.operation is None
    True
    """
    return recording(False)


def number_of_assignment() -> int:
    """Creation number for a leaf that is given a new value: it is now younger than what used the old one."""
    global _last_assignment
    number = next_number()
    if number > _last_assignment:  # else another thread was faster
        _last_assignment = number
    return number


def last_assignment() -> int:
    """The youngest creation number that an assignment gave; 0 before the first."""
    return _last_assignment


def history(root: "Tensor") -> "list[Tensor]":
    """All computed tensors that `root` depends on, and `root` itself: oldest first, a topological order."""
    kind, found, stack = type(root), {root}, [root]
    while stack:
        for x in stack.pop().inputs:
            if type(x) is kind and x not in found and x.operation is not None:
                found.add(x)
                stack.append(x)
    return sorted(found, key=_creation_number)


_UNITS: dict[type[Any], Any] = {kind: kind(1) for kind in (float, np.float16, np.float32, np.float64)}
"""The upstream gradient of a number of each type."""


def seed_for(root: "Tensor", seed: Any = None) -> Value:
    """Upstream gradient to start a backward pass from `root` with: 1, or the seed in its shape and precision.

    Raises:
        GraphError: `root` is a constant, or is not a scalar and no seed is given.
        ValueError: the seed has another shape.

    """
    if root.operation is None:
        raise GraphError(
            f"{root.label} is a constant: no recorded operation made it, so there is nothing to differentiate. "
            "Compute it from tensors, outside no_grad()"
        )
    value = root._value
    if seed is None:
        unit = _UNITS.get(type(value))
        if unit is not None:
            return unit
        if np.size(value) != 1:
            raise GraphError(
                f"{root.label} is not a scalar, and only a scalar has a gradient: "
                "reduce it first, as in y.sum().backward(), or give the upstream gradient, y.backward(seed)"
            )
        seed = 1.0
    elif hasattr(seed, "_apply"):
        seed = seed._value
    if np.shape(seed) not in ((), root.shape):
        raise ValueError(f"the seed has shape {np.shape(seed)}; the output it belongs to has shape {root.shape}")
    return float(seed) if type(value) is float else np.full(root.shape, seed, root.dtype)[()]
