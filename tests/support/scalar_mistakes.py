"""The typical mistakes on graphs of numbers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from mistakes import Mistake, Rule, at, edge, one_only

from backprop.explain.trace import Contribution, Node, Trace


def scalar_mistakes(trace: Trace) -> Iterator[Mistake]:
    """Each typical mistake at each place of a graph of numbers, and at all places at once."""
    edges = trace.contributions
    for name, rule in (("upstream forgotten", _no_upstream), ("local forgotten", _no_local)):
        yield from (at(name, [c], rule) for c in edges)
        if len(edges) > 1:
            yield at(name, edges, rule)
    yield from one_only(trace)
    yield from (at("contribution doubled", [c], _doubled) for c in edges)
    yield from _counted_twice(trace)
    products = [c for c in edges if c.node.operation is not None and c.node.operation.name == "multiply"]
    yield from (at("factors not swapped", [c], _not_swapped) for c in products)
    for c in edges:
        if _operands_that_vary(c.node) == 1:
            sources = [node for node in trace.inputs if node in _below(c.operand) and node is not c.operand]
            yield from (at(f"wrong inner argument {node.key}", [c], _inner(node.index)) for node in sources)
            yield at("wrong inner argument, its own output", [c], _inner(c.node.index))
    negative = [c for c in edges if c.local < 0]
    yield from (at("sign lost", [c], _no_sign) for c in negative)
    if len(negative) > 1:
        yield at("sign lost", negative, _no_sign)


def _no_upstream(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return c.local


def _no_local(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return upstream


def _doubled(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return 2 * upstream * c.local


def _not_swapped(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return upstream * c.operand.value


def _no_sign(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return upstream * abs(c.local)


def _inner(source: int) -> Rule:
    """The local derivative with the value of another node in place of the operand's."""

    def rule(trace: Trace, c: Contribution, upstream: Any) -> Any:
        assert c.node.operation is not None
        values = [operand.value for operand in c.node.operands]
        values[c.position] = trace.nodes[source].value
        try:
            y = c.node.operation.forward(*values)
            return upstream * float(c.node.operation.vjp(c.position, 1.0, y, tuple(values)))
        except (ArithmeticError, ValueError):
            return np.nan  # outside of the domain: nobody takes that for a result

    return rule


def _counted_twice(trace: Trace) -> Iterator[Mistake]:
    """The false rule: each edge out of a node used several times gets the total derivative of the consumer."""

    def rule(trace: Trace, c: Contribution, upstream: Any) -> Any:
        return upstream * total_derivative(trace, c.node, c.operand)

    several = [[c for c in trace.contributions if c.operand is node] for node in trace.nodes if len(node.uses) > 1]
    for out in several:
        name = f"counted twice, as the total derivative, the uses of {out[0].operand.key}"
        yield at(name, out, rule)
    if len(several) > 1:
        yield at("counted twice, as the total derivative", [c for out in several for c in out], rule)


def total_derivative(trace: Trace, target: Node, source: Node) -> float:
    """The derivative of a node with respect to another, over all paths between them, by a pass forwards."""
    local = {edge(c): c.local for c in trace.contributions}
    sums = {source.index: 1.0}
    for node in trace.nodes[source.index + 1 : target.index + 1]:
        if node.operation is not None:
            terms = [local[node.index, i] * sums[x.index] for i, x in enumerate(node.operands) if x.index in sums]
            if terms:
                sums[node.index] = sum(terms)
    return sums.get(target.index, 0.0)


def _operands_that_vary(node: Node) -> int:
    return sum(operand.kind != "constant" for operand in node.operands)


def _below(node: Node) -> set[Node]:
    """The node, and all that it is computed from."""
    found, waiting = {node}, [node]
    while waiting:
        new = set(waiting.pop().operands) - found
        found |= new
        waiting += new
    return found
