"""Reverse-mode differentiation of a recorded graph: order, one node's backward step, and the sweep over all.

Every tensor has a creation number, so sorting by it is a topological order: no recursion, whatever the depth.
A sweep keeps its gradients in a mapping of its own and leaves the tensors as they are.
"""

from collections.abc import Iterator
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from itertools import count
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import GraphError, InPlaceError
from .operations import astype, sum_to
from .operations.operation import Value

if TYPE_CHECKING:
    from .tensor import Tensor

next_number = count(1).__next__
"""Creation number of the next tensor; a new value given to a leaf gets a new number too."""

_recording: ContextVar[bool] = ContextVar("recording", default=True)
is_recording = _recording.get
_creation_number = attrgetter("_number")
_last_assignment = 0


class recording(ContextDecorator):  # noqa: N801 (used like a function)
    """Context manager and decorator: whether operations on tensors are recorded, in this thread and task."""

    def __init__(self, active: bool = True) -> None:
        self._active = active
        self._tokens: list[Token[bool]] = []

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
    _last_assignment = next_number()
    return _last_assignment


def history(root: "Tensor") -> "list[Tensor]":
    """All computed tensors that `root` depends on, and `root` itself: oldest first, a topological order."""
    nodes, _ = _reachable(root)
    nodes.reverse()
    return nodes


def _reachable(root: "Tensor") -> "tuple[list[Tensor], dict[Tensor, Value]]":
    """The computed tensors under `root`, newest first, and a gradient of nothing for them and for the leaves."""
    kind = type(root)
    gradients: dict[Tensor, Value] = {root: None}
    stack = [root] if root.operation is not None else []
    nodes: list[Tensor] = []
    while stack:
        node = stack.pop()
        nodes.append(node)
        for x in (node._first, node._second, *node._rest) if node._rest else (node._first, node._second):
            if type(x) is kind and x not in gradients:
                gradients[x] = 0.0 if type(x._value) is float else None
                if x.operation is not None:
                    stack.append(x)
    nodes.sort(key=_creation_number, reverse=True)
    return nodes, gradients


def sweep(root: "Tensor", seed: Value, record: bool = False) -> "dict[Tensor, Value]":
    """Gradients of `root` with respect to everything it depends on: one backward pass.

    Args:
        root: the output.
        seed: upstream gradient of the output, of its shape.
        record: give the gradients as tensors, which can be differentiated again.

    Returns:
        A mapping from each tensor to its gradient; None where no gradient flows.

    Raises:
        InPlaceError: a leaf was given a new value after it was used.

    """
    nodes, gradients = _reachable(root)
    if nodes and _last_assignment > nodes[-1]._number:
        _refuse_assigned(nodes)
    gradients[root] = seed
    kind = type(root)
    operation: Any
    for node in nodes:
        g, operation = gradients[node], node.operation
        if type(node._value) is float and not record and not node._rest:
            # Scalar graphs: the same as `pull_back`, without what only arrays need.
            y, a, b, rules = node._value, node._first, node._second, operation.vjps
            if b is None:
                gradients[a] += rules[0](operation, g, y, a._value)
            elif type(b) is not kind:
                gradients[a] += rules[0](operation, g, y, a._value, b)
            elif type(a) is not kind:
                gradients[b] += rules[1](operation, g, y, a, b._value)
            else:
                gradients[a] += rules[0](operation, g, y, a._value, b._value)
                gradients[b] += rules[1](operation, g, y, a._value, b._value)
        elif g is not None:
            for _, x, contribution in pull_back(node, g, record):
                sum_so_far = gradients[x]
                fresh = sum_so_far is None or (record and type(sum_so_far) is float)
                gradients[x] = contribution if fresh else sum_so_far + contribution
    return gradients


def pull_back(node: "Tensor", upstream: Value, record: bool = False) -> "Iterator[tuple[int, Tensor, Value]]":
    """One node's backward step: what it contributes to the gradient of each of its operands.

    Yields:
        (position of the operand, the operand, contribution in the shape and precision of the operand).

    """
    kind, operation, operands = type(node), node.operation, node.inputs
    if operation is None:
        return
    if record:
        values, y = operands, node
    else:
        values, y = tuple(x._value if type(x) is kind else x for x in operands), node._value
    for position, x in enumerate(operands):
        if type(x) is kind:
            contribution = operation.vjp(position, upstream, y, values)
            if contribution is not None:
                yield position, x, _like(contribution, x._value)


def _like(gradient: Value, value: Value) -> Value:
    """Undo broadcasting and promotion: the gradient in the shape and precision of the value it belongs to."""
    if type(value) is float:
        if type(gradient) is float:
            return gradient
        total = sum_to(gradient, ())
        return total if hasattr(total, "_apply") else float(total)
    if np.shape(gradient) != value.shape:
        gradient = sum_to(gradient, value.shape)
    if getattr(gradient, "dtype", None) != value.dtype:
        gradient = astype(gradient, value.dtype)
    return gradient


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


def _refuse_assigned(nodes: "list[Tensor]") -> None:
    """Raise if an operand is younger than a tensor computed from it: then its value is no longer the one used."""
    for node in nodes:
        for x in node.inputs:
            if type(x) is type(node) and x._number > node._number:
                raise InPlaceError(
                    f"{x.label} was given a new value after {node.label} had been computed from the old one: the "
                    "derivative would be wrong. Run the forward pass again, or call backward() before changing the value"
                )
