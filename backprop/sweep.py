"""The reverse sweep: one node's backward step, and the pass over all of them, from the output to the leaves.

A sweep keeps its gradients in a mapping of its own and leaves the tensors as they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush, heappushpop
from typing import TYPE_CHECKING, Any

import numpy as np

from .engine import MANY, last_assignment
from .errors import InPlaceError
from .operations import astype, sum_to
from .operations.operation import Value

if TYPE_CHECKING:
    from .tensor import Tensor

_array = np.ndarray


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
    done, complete, leaves, gradients = _swept(root, seed, record, {})
    done += leaves
    complete += [gradients[leaf._number] for leaf in leaves]
    return zip(done, complete, strict=True)


def leaf_gradients(root: "Tensor", seed: Value, places: "Mapping[Tensor, Value]", since: int = 0) -> dict[int, Value]:
    """Gradients of `root` with respect to the leaves alone, by creation number; see `sweep`.

    Args:
        root: see `sweep`.
        seed: likewise.
        places: for leaves, an array of the leaf's shape and precision that may be overwritten. Where it is the
            gradient that is returned, the gradient was computed there; else it is an array of its own.
        since: a creation number. The values of these leaves were changed just before it, unknown to the leaves.

    Raises:
        InPlaceError: `root` depends on what was computed from one of these leaves before; and see `sweep`.

    """
    done, _, _, gradients = _swept(root, seed, False, places)
    if since > done[-1]._number:
        _refuse_kept([node for node in done if node._number < since], places)
    return gradients


def _swept(
    root: "Tensor", seed: Value, record: bool, places: "Mapping[Tensor, Value]"
) -> "tuple[list[Tensor], list[Value], list[Tensor], dict[int, Value]]":
    """The computed tensors in the order of the sweep, and their gradients; the leaves, and theirs by number."""
    kind = type(root)
    gradients: dict[int, Value] = {root._number: seed}  # so far, by creation number; taken out when complete
    take, place_of = gradients.pop, places.get
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
            operation = node.operation
            together = operation.contributions
            if together is None or record:
                contributions = None
            else:
                operands = node._first if node._second is MANY else node.inputs
                values = []
                outs = []
                for x in operands:
                    if type(x) is kind:
                        values.append(x._value)
                        out = place_of(x)
                        outs.append(None if out is None or x._number in gradients else out)
                    else:
                        values.append(x)
                        outs.append(False)
                contributions = together(g, y, values, outs)
            if contributions is None:
                operands, contributions = _contributions(node, g, record)
            for x, c in zip(operands, contributions):  # noqa: B905 (a keyword takes longer than the rest of it)
                if c is not None:
                    n = x._number
                    if n in gradients:
                        gradients[n] = gradients[n] + c
                    else:
                        gradients[n] = c
                        if x.operation is None:
                            leaves.append(x)
                        elif following is None:
                            following = x
                        else:
                            heappush(waiting, (-n, x))
        if following is not None:
            node = heappushpop(waiting, (-following._number, following))[1] if waiting else following
        elif waiting:
            node = heappop(waiting)[1]
        else:
            break
    if last_assignment() > done[-1]._number:
        _refuse_assigned(done)
    return done, complete, leaves, gradients


def pull_back(node: "Tensor", upstream: Value, record: bool = False) -> "list[tuple[int, Tensor, Value]]":
    """One node's backward step: what it contributes to the gradient of each of its operands.

    Returns:
        (position of the operand, the operand, contribution in the shape and precision of the operand), …

    """
    if node.operation is None:
        return []
    contributions = zip(*_contributions(node, upstream, record), strict=True)
    return [(position, x, c) for position, (x, c) in enumerate(contributions) if c is not None]


def _contributions(node: Any, g: Value, record: bool) -> tuple[Sequence[Any], list[Value]]:
    """The operands of a node, and what it contributes to each, None to those that get nothing."""
    kind, operation, operands = type(node), node.operation, node.inputs
    values = operands
    if not record:
        values = []
        for x in operands:
            values.append(x._value if type(x) is kind else x)
    y = node if record else node._value
    rules = operation.vjps
    contributions: list[Value] = []
    for position, x in enumerate(operands):
        c = None
        if type(x) is kind:
            if rules:
                rule = rules[position]
                if rule is not None:
                    c = rule(operation, g, y, *values)
            else:
                c = operation.vjp(position, g, y, values)
            if c is not None:
                value = x._value
                # What `_like` does costs as much as a small product: look first whether there is any to do.
                if (
                    type(c) is not _array
                    or type(value) is not _array
                    or c.dtype is not value.dtype
                    or c.shape != value.shape
                ):
                    c = _like(c, value)
        contributions.append(c)
    return operands, contributions


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


def _refuse_kept(nodes: "Iterable[Tensor]", leaves: "Mapping[Tensor, Value]") -> None:
    """Raise if one of the nodes was computed from one of these leaves, whose value is another by now."""
    for node in nodes:
        for x in node.inputs:
            if type(x) is type(node) and x in leaves:
                raise InPlaceError(
                    f"{node.label} was kept from an earlier step, and {x.label}, which it was computed from, has "
                    "changed since: the derivative would be wrong. Keep its value, h.value, and not the tensor"
                )


def _refuse_assigned(nodes: "list[Tensor]") -> None:
    """Raise if an operand is younger than a tensor computed from it: then its value is no longer the one used."""
    for node in nodes:
        for x in node.inputs:
            if type(x) is type(node) and x._number > node._number:
                raise InPlaceError(
                    f"{x.label} was given a new value after {node.label} had been computed from the old one: the "
                    "derivative would be wrong. Run the forward pass again, or call backward() before the assignment"
                )
