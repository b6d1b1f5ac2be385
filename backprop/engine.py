"""Reverse-mode differentiation of a recorded graph: order, one node's backward step, and the sweep over all.

Every tensor has a creation number, so sorting by it is a topological order: no recursion, whatever the depth.
A sweep keeps its gradients in a mapping of its own and leaves the tensors as they are.
"""

from collections.abc import Iterator
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from heapq import heappop, heappush, heappushpop
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
    _last_assignment = next_number()
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


def sweep(root: "Tensor", seed: Value, record: bool = False) -> "Iterator[tuple[Tensor, Value]]":
    """Gradients of `root` with respect to everything it depends on: one backward pass.

    The youngest tensor that waits comes next: whatever uses it is younger, so its gradient is complete.

    Args:
        root: the output, a computed tensor.
        seed: upstream gradient of the output, of its shape.
        record: give the gradients as tensors, which can be differentiated again.

    Returns:
        Each tensor that a gradient flows to, with its gradient: `root` first, the leaves last.

    Raises:
        InPlaceError: a leaf was given a new value after it was used.

    """
    kind = type(root)
    gradients: dict[int, Value] = {root._number: seed}  # so far, by creation number; taken out when complete
    take = gradients.pop
    waiting: list[tuple[int, Tensor]] = []  # a heap
    done: list[Tensor] = []
    complete: list[Value] = []  # the gradients of those done
    leaves: list[Tensor] = []
    node: Any = root
    while True:  # with a condition here, CPython 3.11 would not specialise a loop that runs once
        g = take(node._number)
        done.append(node)
        complete.append(g)
        y = node._value
        following = None  # of what this node makes ready, one does without the heap
        if type(y) is float and not record:
            # Scalar graphs: the same as below, written out for one operand or two.
            a = node._first
            b = node._second
            operation = node.operation
            if type(b) is kind:
                n = b._number
                c = operation.vjps[1](operation, g, y, a._value if type(a) is kind else a, b._value)
                if n in gradients:
                    gradients[n] += c
                else:
                    gradients[n] = c
                    if b.operation is None:
                        leaves.append(b)
                    else:
                        following = b
            if type(a) is kind:
                n = a._number
                if b is None:
                    c = operation.vjps[0](operation, g, y, a._value)
                else:
                    c = operation.vjps[0](operation, g, y, a._value, b._value if type(b) is kind else b)
                if n in gradients:
                    gradients[n] += c
                else:
                    gradients[n] = c
                    if a.operation is None:
                        leaves.append(a)
                    elif following is None:
                        following = a
                    else:
                        heappush(waiting, (-n, a))
        else:
            for _, x, c in pull_back(node, g, record):
                n = x._number
                if n in gradients:
                    gradients[n] = gradients[n] + c
                else:
                    gradients[n] = c
                    if x.operation is None:
                        leaves.append(x)
                    else:
                        heappush(waiting, (-n, x))
        if following is not None:
            node = heappushpop(waiting, (-following._number, following))[1] if waiting else following
        elif waiting:
            node = heappop(waiting)[1]
        else:
            break
    if _last_assignment > done[-1]._number:
        _refuse_assigned(done)
    done += leaves
    complete += [gradients[leaf._number] for leaf in leaves]
    return zip(done, complete, strict=True)


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
        if not hasattr(total, "_apply"):
            return float(total)
        return total if total.dtype == float else astype(total, float)
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
        if type(value) is float:
            return 1.0
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
                    "derivative would be wrong. Run the forward pass again, or call backward() before the assignment"
                )
