"""Typical mistakes in a backward pass, made on purpose: a sweep of our own over the edges of a trace.

Numbers hide a mistake if every gradient that a reader sees is the same with it, though with other inputs one would
differ. A mistake that changes nothing whatever the inputs are, as a forgotten factor of a sum, is not hidden by them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from backprop import Tensor
from backprop.explain.trace import Contribution, Node, Trace, is_scalar
from backprop.operations import sum_to

RELATIVE = 1e-3
"""Two results differ if they differ by more than this part of the larger one."""
SETTINGS = 5
"""With how many other values of the inputs a mistake is tried that is hidden by those of the page."""
PIECEWISE = {"abs", "clip", "leaky_relu", "max", "maximum", "min", "minimum", "relu", "where"}
"""Operations with kinks: other inputs have to be on the same side of them."""

Rule = Callable[[Trace, Contribution, Any], Any]
"""What an edge contributes, of the trace, the edge and the upstream gradient."""
Keep = Callable[[Node, Sequence[Any]], Sequence[Any]]
"""Which of the contributions to a node are added."""


@dataclass(frozen=True)
class Mistake:
    """One mistake at one place of a graph."""

    name: str
    place: str
    nodes: frozenset[int]
    """Indices of the nodes whose gradients it spoils at once, and not by way of another node."""
    gradients: Callable[[Trace], dict[int, Any]]
    """The gradients with the mistake, also for the same graph with other inputs."""


@dataclass(frozen=True)
class Hidden:
    """A mistake that the numbers of a graph hide."""

    mistake: Mistake
    trace: Trace
    watched: Sequence[int]

    def __str__(self) -> str:
        right, wrong = gradients(self.trace), self.mistake.gradients(self.trace)
        output = self.trace.output.key
        watched = sorted(self.watched, key=lambda i: i not in self.mistake.nodes)[:2]
        same = ", ".join(
            f"∂{output}/∂{self.trace.nodes[i].key} = {_short(right.get(i))} (with the mistake {_short(wrong.get(i))})"
            for i in watched
        )
        inputs = ", ".join(f"{node.key} = {_short(node.value)}" for node in self.trace.inputs)
        return f"{self.mistake.name}, {self.mistake.place}, does not show at {inputs}: {same}"


def right(trace: Trace, c: Contribution, upstream: Any) -> Any:
    """Upstream times local gradient; with arrays, where there may be no such factor, the operation's own rule."""
    if is_scalar(c.node.value) and is_scalar(c.operand.value) and c.local is not None:
        return upstream * c.local
    return pulled_back(c, upstream)


def pulled_back(c: Contribution, upstream: Any) -> Any:
    """What the operation makes of an upstream gradient, with the values of the trace: its tensors may have others."""
    assert c.node.operation is not None
    upstream = np.asarray(upstream, dtype=float)[()] if c.node.shape else float(upstream)
    values = tuple(operand.value for operand in c.node.operands)
    return sum_to(c.node.operation.vjp(c.position, upstream, c.node.value, values), c.operand.shape)


def all_of_them(node: Node, contributions: Sequence[Any]) -> Sequence[Any]:
    return contributions


def gradients(trace: Trace, rule: Rule = right, keep: Keep = all_of_them) -> dict[int, Any]:
    """The gradients, by the index of the node, if edges and nodes followed these rules."""
    arrived: dict[int, list[Any]] = defaultdict(list, {trace.output.index: [trace.seed]})
    edges: dict[int, list[Contribution]] = defaultdict(list)
    for c in trace.contributions:
        edges[c.node.index].append(c)
    totals = {}
    for node in reversed(trace.nodes):
        if node.index in arrived:
            totals[node.index] = upstream = reduce(add, keep(node, arrived[node.index]))
            for c in edges[node.index]:
                arrived[c.operand.index].append(rule(trace, c, upstream))
    return totals


def edge(c: Contribution) -> tuple[int, int]:
    return c.node.index, c.position


def place(c: Contribution) -> str:
    several = sum(operand is c.operand for operand in c.node.operands) > 1
    return f"{c.node.key} → {c.operand.key}" + f" (operand {c.position + 1})" * several


def at(name: str, where: Collection[Contribution], rule: Rule) -> Mistake:
    """A mistake at these edges and no others."""
    edges, nodes = {edge(c) for c in where}, frozenset(c.operand.index for c in where)
    shown = place(next(iter(where))) if len(edges) == 1 else "everywhere"
    return Mistake(
        name, shown, nodes, lambda t: gradients(t, lambda *args: (rule if edge(args[1]) in edges else right)(*args))
    )


def one_only(trace: Trace) -> Iterator[Mistake]:
    """Of the contributions to a node, the first or the last in the order of the sweep, as if `=` stood for `+=`."""
    several = [node.index for node in trace.nodes if sum(c.operand is node for c in trace.contributions) > 1]
    for which, kept in (("first", slice(0, 1)), ("last", slice(-1, None))):
        for i in several:
            yield _keeping(f"the {which} contribution only", trace.nodes[i].key, {i}, kept)
        if len(several) > 1:
            yield _keeping(f"the {which} contribution only", "everywhere", set(several), kept)


def _keeping(name: str, where: str, nodes: set[int], kept: slice) -> Mistake:
    def keep(node: Node, contributions: Sequence[Any]) -> Sequence[Any]:
        return contributions[kept] if node.index in nodes else contributions

    return Mistake(name, where, frozenset(nodes), lambda t: gradients(t, keep=keep))


def differ(a: Any, b: Any) -> bool:
    """Whether a reader sees that two results are not the same; None is no gradient at all."""
    if a is None or b is None or np.shape(a) != np.shape(b):
        return a is not b
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return True
    difference = np.max(np.abs(np.subtract(a, b)), initial=0.0)
    return bool(difference > RELATIVE * np.max(np.maximum(np.abs(a), np.abs(b)), initial=0.0))


def hidden(trace: Trace, shown: Collection[int], mistakes: Sequence[Mistake]) -> Iterator[Hidden]:
    """The mistakes that the numbers of this graph hide.

    Args:
        trace: a graph and its backward pass.
        shown: indices of the nodes whose gradients a reader sees, besides those of the inputs.
        mistakes: mistakes made on this trace.

    """
    correct = gradients(trace)
    others: list[tuple[Trace, dict[int, Any]]] = []
    for mistake in mistakes:
        watched = sorted({node.index for node in trace.inputs} | (mistake.nodes & set(shown)))
        if _noticed(trace, correct, mistake, watched):
            continue
        others = others or [(other, gradients(other)) for other in settings(trace)]
        if any(_noticed(other, right_there, mistake, watched) for other, right_there in others):
            yield Hidden(mistake, trace, watched)


def _noticed(trace: Trace, correct: dict[int, Any], mistake: Mistake, watched: Sequence[int]) -> bool:
    with np.errstate(all="ignore"):
        wrong = mistake.gradients(trace)
    return any(differ(correct.get(i), wrong.get(i)) for i in watched)


def settings(trace: Trace) -> list[Trace]:
    """The same graph with other inputs of the same signs, on the same side of every kink.

    Arrays that are no tensors vary too, for they are data; a number that is no tensor belongs to the formula.
    """
    rng = np.random.default_rng(0)
    inputs = [node for node in trace.nodes if node.kind == "input"]
    data = [node for node in trace.nodes if node.kind == "constant" and np.asarray(node.value).dtype.kind == "f"]
    data = [node for node in data if node.shape]
    found: list[Trace] = []
    for nodes, near in ((inputs + data, False), (inputs, False), (inputs, True)):  # near, where a domain is narrow
        for _ in range(100):
            other = _usable(trace, {node.index: _another(node.value, near, rng) for node in nodes})
            found += [other] if other is not None else []
            if len(found) == SETTINGS:
                return found
    raise AssertionError(f"{trace.output.key}: only {len(found)} other settings of the inputs were found")


def _usable(trace: Trace, values: dict[int, Any]) -> Trace | None:
    """The graph with these values, if all are defined there, and on the same pieces of its functions."""
    with np.errstate(all="ignore"):
        try:
            other = rebuilt(trace, values)
            numbers = [*(node.value for node in other.nodes), *gradients(other).values()]
        except (ArithmeticError, ValueError):
            return None
    return other if all(np.all(np.isfinite(x)) for x in numbers) and _pieces(other) == _pieces(trace) else None


def rebuilt(trace: Trace, values: dict[int, Any]) -> Trace:
    """The same graph, computed again with other values of the inputs."""
    made: dict[int, Any] = {}
    for node in trace.nodes:
        value = values.get(node.index, node.value)
        if node.operation is not None:
            made[node.index] = node.operation(*(made[x.index] for x in node.operands))
        else:
            made[node.index] = Tensor(value) if node.kind == "input" else value
    return Trace(made[trace.output.index], trace.seed)


def _another(value: Any, near: bool, rng: np.random.Generator) -> Any:
    signs = np.where(np.equal(value, 0), rng.choice([-1.0, 1.0], np.shape(value)), np.sign(value))
    size = np.abs(value) * rng.uniform(0.7, 1.4, np.shape(value)) if near else rng.uniform(0.3, 2.5, np.shape(value))
    other = signs * size
    return other if np.ndim(value) else float(other)


def _pieces(trace: Trace) -> list[Any]:
    """On which side of its kinks each operation is: its derivatives there are constants."""
    return [
        np.asarray(pulled_back(c, np.ones(c.node.shape))).tolist()
        for c in trace.contributions
        if c.node.operation is not None and c.node.operation.name in PIECEWISE
    ]


def _short(value: Any) -> str:
    """Write a number or an array on one line."""
    if value is None:
        return "nothing"
    return (
        f"{value:.6g}"
        if np.ndim(value) == 0
        else np.array2string(np.asarray(value), precision=4, separator=", ").replace("\n", "")
    )
