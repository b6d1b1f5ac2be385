r"""Evaluates the general rule from the formula that a page shows, sign by sign, on a graph.

It reads $\frac{\partial L}{\partial v} = \sum_{(c, j)} \ldots$: a sum over the edges that leave v, where j is a
position among the operands of c; or $\sum_{i} \ldots$: over the consumers $c_1, c_2, \ldots$ of v, of which one that
uses v twice is there twice. The factors of a term are $\frac{\partial L}{\partial c}$, to which the rule is applied
again, $\partial_j c$, for which the other operands are held fixed, and $\frac{\partial c}{\partial v}$, for which
they are not: all that depends on v changes with it. These two are differences of values: nothing of the engine's
backward pass is used. Anything else in a formula is an error.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from differences import differences

from backprop.explain.trace import Node, Trace

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|[A-Za-z0-9]|\S")
_SPACES = {r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad", r"\cdot", r"\displaystyle", r"\limits", "~"}


class NotationError(Exception):
    """The formula has something that this evaluator does not know."""


@dataclass(frozen=True)
class Derivative:
    r"""$\frac{\partial of}{\partial by}$."""

    of: str
    by: str


@dataclass(frozen=True)
class Local:
    r"""$\partial_{position} of$."""

    of: str
    position: str


@dataclass(frozen=True)
class Rule:
    """The general rule: its left side, the index of its sum, and the factors of a term."""

    left: Derivative
    index: tuple[str, ...]
    factors: tuple[Derivative | Local, ...]


def read_rule(latex: str) -> Rule:
    """Read a formula.

    Raises:
        NotationError: something in it is unknown.

    """
    return _Reader([token for token in _TOKEN.findall(latex) if token not in _SPACES]).rule()


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def rule(self) -> Rule:
        left = self.derivative()
        self.take("=", r"\sum", "_")
        index, factors = self.index(), []
        while self.tokens and self.tokens != ["."]:
            factors.append(self.derivative() if self.tokens[0] == r"\frac" else self.local())
        if not factors:
            raise NotationError("the sum has no term")
        return Rule(left, index, tuple(factors))

    def take(self, *expected: str) -> None:
        for token in expected:
            if self.tokens[:1] != [token]:
                raise NotationError(f"{''.join(self.tokens[:8]) or 'the end'} where {token} is expected")
            del self.tokens[0]

    def letter(self) -> str:
        if not (self.tokens and re.fullmatch("[A-Za-z0-9]", self.tokens[0])):
            raise NotationError(f"{''.join(self.tokens[:8]) or 'the end'} where a letter is expected")
        return self.tokens.pop(0)

    def braced(self, read: Callable[[], Any]) -> Any:
        if self.tokens[:1] != ["{"]:
            return read()
        self.take("{")
        found = read()
        self.take("}")
        return found

    def name(self) -> str:
        name = self.letter()
        if self.tokens[:1] == ["_"]:
            self.take("_")
            name += "_" + self.braced(self.letter)
        return name

    def derivative(self) -> Derivative:
        self.take(r"\frac", "{", r"\partial")
        above = self.name()
        self.take("}", "{", r"\partial")
        below = self.name()
        self.take("}")
        return Derivative(above, below)

    def local(self) -> Local:
        self.take(r"\partial", "_")
        position = self.braced(self.letter)
        return Local(self.name(), position)

    def index(self) -> tuple[str, ...]:
        def read() -> tuple[str, ...]:
            if self.tokens[:1] != ["("]:
                return (self.letter(),)
            self.take("(")
            consumer = self.name()
            self.take(",")
            position = self.letter()
            self.take(")")
            return consumer, position

        found: tuple[str, ...] = self.braced(read)
        return found


def evaluate(rule: Rule, trace: Trace, node: Node, *, again: bool = True) -> float:
    """What the rule gives for the derivative of the output of a graph of numbers with respect to one of its nodes.

    Args:
        rule: the rule as it is stated.
        trace: the graph.
        node: with respect to what is differentiated.
        again: find the derivatives on the right side by the rule too. Else they are right, by differences.

    Raises:
        NotationError: the formula uses a name that it does not introduce.

    """

    @cache
    def gradient(v: Node) -> float:
        if v is trace.output:
            return 1.0
        total = 0.0
        for consumer, position in v.uses:
            names = {rule.left.by: v, **_bound(rule, consumer)}
            term = 1.0
            for factor in rule.factors:
                term *= value_of(factor, names, position)
            total += term
        return total

    def value_of(factor: Derivative | Local, names: Mapping[str, Node], position: int) -> float:
        if isinstance(factor, Local):
            if rule.index != (factor.of, factor.position):
                raise NotationError(f"{factor} is not about an edge of the sum over {rule.index}")
            return local_derivative(names[factor.of], position)
        if factor.by not in names or factor.of not in {rule.left.of, *names}:
            raise NotationError(f"{factor} has a name that the formula does not introduce")
        if factor.of != rule.left.of:
            return total_derivative(trace, names[factor.of], names[factor.by])
        if factor.by == rule.left.by:
            raise NotationError(f"{factor} is what the formula is to give")
        by = names[factor.by]
        return gradient(by) if again else total_derivative(trace, trace.output, by)

    return gradient(node)


def _bound(rule: Rule, consumer: Node) -> dict[str, Node]:
    """The names that the index of the sum gives to a consumer."""
    if len(rule.index) == 2:
        return {rule.index[0]: consumer}
    named = (name for f in rule.factors for name in ((f.of, f.by) if isinstance(f, Derivative) else (f.of,)))
    return {name: consumer for name in named if name.endswith("_" + rule.index[0])}


def local_derivative(node: Node, position: int) -> float:
    """The derivative with respect to one operand, the others held fixed: also where they are the same node."""
    assert node.operation is not None
    return float(differences(node.operation.forward, [x.value for x in node.operands], position))


def total_derivative(trace: Trace, target: Node, source: Node) -> float:
    """The derivative of a node with respect to another, if all that depends on that one changes with it."""

    def value(moved: float) -> Any:
        values = {source: moved}
        for node in trace.nodes:
            if node.operation is not None and node is not source:
                values[node] = node.operation.forward(*(values.get(x, x.value) for x in node.operands))
        return values[target]

    return float(differences(value, [source.value], 0))
