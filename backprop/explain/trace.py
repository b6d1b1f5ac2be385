"""One forward and one backward pass as data: tables, figures and derivations are views of it.

A trace is made after the fact, from the recorded graph. It repeats the backward pass by itself, one node at
a time, and leaves the gradients of the tensors as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from ..engine import history, seed_for
from ..errors import GraphError
from ..operations.operation import Operation
from ..sweep import pull_back
from ..tensor import Tensor
from .names import Name, unique_names

Kind: TypeAlias = Literal["input", "constant", "computed"]


@dataclass(eq=False, slots=True)
class Node:
    """A node of the graph: an input, a constant, or the result of an operation."""

    index: int
    """Its place in `Trace.nodes`: operands come before what is computed from them."""
    key: str
    """Its name, which no other node has; a constant has the empty name."""
    value: Any
    operation: Operation | None
    operands: tuple["Node", ...]
    kind: Kind
    step: int
    """Which step of the forward pass computes it; 0 for inputs and constants."""
    tensor: Tensor | None
    uses: list[tuple["Node", int]] = field(default_factory=list)
    """The edges out of it, in order: (the node that uses it, at which operand)."""

    @property
    def name(self) -> Name:
        """The name, taken apart for display."""
        return Name.parse(self.key)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return np.shape(self.value)

    def __repr__(self) -> str:
        return f"Node({self.key or self.value!r})"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one edge adds to a gradient during the backward pass: upstream times local gradient."""

    step: int
    """Which step of the backward pass, counted from 1; all the edges into one node are one step."""
    node: Node
    """The node whose upstream gradient is passed on."""
    position: int
    """The operand, counted from 0."""
    operand: Node
    upstream: Any
    local: Any
    """Derivative of `node` with respect to this operand alone; None where it is not a factor, as in a matrix
    product."""
    value: Any
    before: Any
    """Gradient of the operand before this contribution; None if this is the first one."""
    total: Any
    """Gradient of the operand after it."""


class Trace:
    """The forward and the backward pass that belong to an output.

    Args:
        output: a tensor that was computed from others.
        seed: upstream gradient of the output; 1 for a scalar output.

    Raises:
        GraphError: nothing was recorded for `output`.

    >>> x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    >>> trace = Trace(((x + y).named("p") * z).named("g"))
    >>> [(node.key, node.value) for node in trace.steps]
    [('p', 4.0), ('g', -12.0)]
    >>> [(c.upstream, c.local, c.value) for c in trace.contributions]
    [(1.0, -3.0, -3.0), (1.0, 4.0, 4.0), (-3.0, 1.0, -3.0), (-3.0, 1.0, -3.0)]
    >>> x.grad is None
    True

    """

    def __init__(self, output: Tensor, seed: Any = None) -> None:
        if not isinstance(output, Tensor):
            raise TypeError(f"a trace is made from the output tensor, not from {type(output).__name__}")
        if output.operation is None:
            raise GraphError(
                f"{output.label} has no graph: no recorded operation made it. "
                "Compute it from tensors, outside no_grad(), and give the result"
            )
        self._seed = seed
        self.nodes: tuple[Node, ...] = tuple(_nodes(output))
        """Every node, operands before results."""
        self._node_of = {node.tensor: node for node in self.nodes if node.tensor is not None}
        self.inputs: tuple[Node, ...] = tuple(n for n in self.nodes if n.kind == "input")
        """The leaves, in the order in which they are used."""
        self.steps: tuple[Node, ...] = tuple(n for n in self.nodes if n.kind == "computed")
        """The computed nodes, in the order of the forward pass."""
        self.output: Node = self.steps[-1]

    def node(self, tensor: Tensor) -> Node:
        """The node of a tensor.

        Raises:
            GraphError: the output does not depend on it.

        """
        try:
            return self._node_of[tensor]
        except KeyError:
            raise GraphError(f"{self.output.key} does not depend on {tensor.label}") from None

    @cached_property
    def seed(self) -> Any:
        """Upstream gradient of the output, with which the backward pass starts.

        Raises:
            GraphError: the output is not a scalar and no seed was given.

        """
        assert self.output.tensor is not None
        return seed_for(self.output.tensor, self._seed)

    @property
    def is_differentiable(self) -> bool:
        """Whether there is a backward pass: of a scalar, or with a seed."""
        return is_scalar(self.output.value) or self._seed is not None

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """Every edge of the backward pass, in order."""
        return tuple(self._sweep())

    @cached_property
    def last_contributions(self) -> dict[Node, Contribution]:
        """The contribution that completes the gradient of a node: until then there is a partial sum."""
        return {c.operand: c for c in self.contributions}

    @cached_property
    def backward_steps(self) -> int:
        """How many steps the backward pass has, after the start."""
        return max((c.step for c in self.contributions), default=0)

    @cached_property
    def gradients(self) -> dict[Node, Any]:
        """The gradient of every node that one flows to."""
        return self.gradients_after(self.backward_steps)

    def gradients_after(self, step: int) -> dict[Node, Any]:
        """The sums as they stand after a step of the backward pass; after step 0, the gradient of the output."""
        return {self.output: self.seed} | {c.operand: c.total for c in self.contributions if c.step <= step}

    @cached_property
    def bottlenecks(self) -> frozenset[Node]:
        """The nodes of which alone the output is a function: every path from the only input passes through them.

        Empty if there are several inputs. In a topological order these are the nodes that no edge jumps over.
        """
        if len(self.inputs) != 1:
            return frozenset()
        found, farthest = [], 0
        for node in self.nodes:
            if node.kind == "constant":
                continue
            if farthest <= node.index:
                found.append(node)
            farthest = max([farthest, *(user.index for user, _ in node.uses)])
        return frozenset(found)

    def _sweep(self) -> Iterator[Contribution]:
        totals = {self.output: self.seed}
        step = 0
        for node in reversed(self.steps):
            upstream = totals.get(node)
            if upstream is None:
                continue
            assert node.tensor is not None
            step += 1
            for position, tensor, value in pull_back(node.tensor, upstream):
                operand = self._node_of[tensor]
                before = totals.get(operand)
                totals[operand] = value if before is None else before + value
                local = _local_derivative(node, position)
                yield Contribution(step, node, position, operand, upstream, local, value, before, totals[operand])


def as_trace(output: Trace | Tensor) -> Trace:
    """A trace as it is; that of an output tensor."""
    return output if isinstance(output, Trace) else Trace(output)


def is_scalar(value: Any) -> bool:
    """Whether a value is one number and not an array."""
    return np.ndim(value) == 0


def _nodes(output: Tensor) -> Iterator[Node]:
    """The graph under `output` as nodes, each leaf just before its first use."""
    found: dict[Tensor, None] = {}
    for tensor in history(output):
        found.update(dict.fromkeys(x for x in tensor.inputs if isinstance(x, Tensor)))
        found[tensor] = None
    names = dict(zip(found, unique_names(t.name for t in found), strict=True))
    nodes: dict[Tensor, Node] = {}
    count = steps = 0
    for tensor in found:
        operands = []
        for x in tensor.inputs:
            if isinstance(x, Tensor):
                operands.append(nodes[x])
            else:
                operands.append(Node(count, "", x, None, (), "constant", 0, None))
                count += 1
        computed = tensor.operation is not None
        steps += computed
        kind: Kind = "computed" if computed else "input"
        step = steps if computed else 0
        node = Node(count, names[tensor], tensor.value, tensor.operation, tuple(operands), kind, step, tensor)
        for position, operand in enumerate(operands):
            operand.uses.append((node, position))
        nodes[tensor] = node
        yield from (operand for operand in operands if operand.kind == "constant")
        yield node
        count += 1


def _local_derivative(node: Node, position: int) -> Any:
    """Derivative of a node with respect to one operand, where it is a factor: elementwise, or between numbers."""
    assert node.operation is not None
    values = tuple(operand.value for operand in node.operands)
    if not node.operation.elementwise and not all(map(is_scalar, (node.value, *values))):
        return None
    one = 1.0 if isinstance(node.value, float) else np.ones_like(node.value)
    with np.errstate(all="ignore"):  # whoever computed the value has been warned
        return node.operation.vjp(position, one, node.value, values)
