r"""The chain rule for one input, written out: symbols first, numbers after.

With few paths it is a sum over paths of products of local derivatives. With many, or with arrays, whose local
derivatives are not factors, it is the same sum taken node by node: one equation for each node between the
input and the output, which is what the backward pass computes.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..tensor import Tensor
from .formulas import Formula, Term, is_open_function, local_latex, vjp_latex
from .notation import gradient_latex, local_derivative_latex
from .numbers import format_factor, format_value, relation
from .trace import Contribution, Node, Trace, as_trace, is_scalar

MOST_PATHS = 6
LONGEST_PATH = 12
"""With more paths, or longer ones, the sum over paths would not be readable."""
MOST_EQUATIONS = 24
"""Number of equations from which the middle ones are left out."""


class Derivation(Formula):
    """See `derivation`."""

    def __init__(self, trace: Trace, node: Node, symbolic: bool) -> None:
        self.trace, self.node, self.symbolic = trace, node, symbolic

    @cached_property
    def latex(self) -> str:
        """The derivation in LaTeX: one line, or an `aligned` environment."""
        if self.node is self.trace.output or self.node not in self.trace.gradients:
            value = self.trace.gradients.get(self.node, 0.0)
            return f"{gradient_latex(self.trace, self.node)} {relation(value)} {format_value(value, 'latex')}"
        paths = self._paths()
        return self._equations() if paths is None else self._sum_over(paths)

    @cached_property
    def _edges(self) -> dict[Node, list[Contribution]]:
        """For every node between the input and the output, the edges that bring its gradient, in forward order."""
        below = {self.node}
        for node in self.trace.steps:
            if any(operand in below for operand in node.operands):
                below.add(node)
        edges: dict[Node, list[Contribution]] = {}
        for c in reversed(self.trace.contributions):
            if c.operand in below:
                edges.setdefault(c.operand, []).append(c)
        for found in edges.values():
            found.sort(key=lambda c: (c.node.index, c.position))
        return edges

    def _paths(self) -> list[list[Contribution]] | None:
        """All paths, each from the output to the input; None if they are too many or have arrays on them."""
        if any(
            c.local is None or not is_scalar(c.value) or not is_scalar(c.upstream)
            for e in self._edges.values()
            for c in e
        ):
            return None
        counts: dict[Node, int] = {self.trace.output: 1}
        for node in reversed(self.trace.nodes):
            if node in self._edges:
                counts[node] = min(MOST_PATHS + 1, sum(counts[c.node] for c in self._edges[node]))
        paths = list(self._walk()) if counts[self.node] <= MOST_PATHS else []
        return paths if paths and max(map(len, paths)) <= LONGEST_PATH else None

    def _walk(self) -> Iterator[list[Contribution]]:
        stack: list[tuple[Node, list[Contribution]]] = [(self.node, [])]
        while stack:
            node, path = stack.pop()
            if node is self.trace.output:
                yield path
            else:
                stack.extend((c.node, [c, *path]) for c in reversed(self._edges[node]))

    def _sum_over(self, paths: Sequence[Sequence[Contribution]]) -> str:
        direct = all(len(path) == 1 for path in paths)
        symbols = [gradient_latex(self.trace, self.node)]
        symbols.append(" + ".join(r"\,".join(map(self._local_symbol, path)) for path in paths))
        text = " = ".join(_without_repetition(symbols))
        constants: list[Any] = []
        known = all(local_latex(c.node, c.position) is not None for path in paths for c in path)
        if known and (self.symbolic or direct):
            products = " + ".join(_symbolic_product(path, len(paths) == 1) for path in paths)
            constants = _constants([c for path in paths for c in path], products)
            if products != symbols[-1]:
                text += f" {relation(*constants)} {products}"
            symbols.append(products)
        return text + self._numbers(paths, symbols[-1], constants)

    def _numbers(self, paths: Sequence[Sequence[Contribution]], last: str, before: list[Any]) -> str:
        """The sides in numbers, each after its sign: factors, products, and their sum; none equal to the last one."""
        alone = len(paths) == 1
        factors = [[format_factor(c.local, "latex") for c in path] for path in paths]
        values = [_value_of(path) for path in paths]
        gradient = self.trace.gradients[self.node]
        sides = [(" + ".join(_product(f, first=alone) for f in factors), [c.local for path in paths for c in path])]
        if not alone:
            sides.append((" + ".join(format_factor(value, "latex") for value in values), values))
        sides.append((format_value(gradient, "latex"), [gradient]))
        text = ""
        for side, shown in sides:
            if side != last:
                text += f" {relation(*before, *shown)} {side}"
            last, before = side, shown
        return text

    def _equations(self) -> str:
        lines = []
        for node in reversed(self.trace.nodes):
            if node in self._edges:
                terms = " + ".join(self._term(c) for c in self._edges[node])
                constants = _constants(self._edges[node], terms)
                gradient = self.trace.gradients[node]
                value = f"{relation(*constants, gradient)} {format_value(gradient, 'latex')}"
                lines.append(rf"{gradient_latex(self.trace, node)} &{relation(*constants)} {terms} {value}")
        if len(lines) > MOST_EQUATIONS:
            half = MOST_EQUATIONS // 2
            lines[half:-half] = [r"&\ldots"]
        return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"

    def _term(self, c: Contribution) -> str:
        """One edge's contribution in symbols: upstream gradient first, unless the operation has a rule of its own."""
        upstream = gradient_latex(self.trace, c.node)
        local = local_latex(c.node, c.position)
        if is_scalar(c.upstream) and is_scalar(c.value) and c.local is not None:
            if c.node is self.trace.output and local is not None:
                return local  # the upstream gradient is 1
            return rf"{upstream}\,{self._local_symbol(c)}"
        if local is None:
            rule = vjp_latex(c.node, c.position, Term(upstream))
            return rule or rf"{upstream} \cdot {self._local_symbol(c)}"
        product = upstream if local == "1" else rf"{upstream} \odot {_bracketed(local)}"
        return product if np.shape(c.value) == np.shape(c.upstream) else rf"\textstyle\sum {product}"

    def _local_symbol(self, c: Contribution) -> str:
        return local_derivative_latex(self.trace, c.node, c.position)


def derivation(output: Trace | Tensor, tensor: Tensor, *, symbolic: bool = False) -> Derivation:
    r"""Write out the chain rule for one tensor that the output depends on.

    Args:
        output: a trace or an output tensor.
        tensor: with respect to what is differentiated: an input, or any node between.
        symbolic: also write the local derivatives in symbols, between the derivatives and the numbers.

    >>> x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    >>> g = ((x + y).named("p") * z).named("g")
    >>> derivation(g, x)
    ∂g/∂x = ∂g/∂p · ∂p/∂x = (−3) · 1 = −3
    >>> print(derivation(g, z))
    \frac{\partial g}{\partial z} = p = 4

    Raises:
        GraphError: the output does not depend on the tensor, or is not a scalar.

    """
    trace = as_trace(output)
    if is_scalar(trace.seed) and trace.seed != 1 and trace.output.tensor is not None:
        trace = Trace(trace.output.tensor)  # a derivative is that of the output itself, not of a multiple of it
    return Derivation(trace, trace.node(tensor), symbolic)


def _product(factors: Sequence[str], first: bool = False) -> str:
    """Factors joined; a single one, at the beginning, needs no brackets."""
    if len(factors) == 1 and first:
        return factors[0].removeprefix("(").removesuffix(")")
    return r" \cdot ".join(factors)


def _symbolic_product(path: Sequence[Contribution], alone: bool) -> str:
    local = [local_latex(c.node, c.position) or "" for c in path]
    if alone and len(path) == 1:
        return local[0]
    factors = [_bracketed(factor) for factor in local]
    return _product([f"({f})" if is_open_function(f) else f for f in factors[:-1]] + factors[-1:])


def _bracketed(latex: str) -> str:
    """A symbolic factor: in brackets if it is a sum or has a sign."""
    depth, compound = 0, latex.startswith("-")
    for character in latex:
        depth += (character in "{([") - (character in "})]")
        compound = compound or (depth == 0 and character in "+-")
    return f"({latex})" if compound else latex


def _constants(edges: Sequence[Contribution], latex: str) -> list[Any]:
    """The values of the constants that a formula of these edges is written with."""
    operands = [operand for c in edges for operand in c.node.operands if operand.kind == "constant"]
    return [operand.value for operand in operands if format_value(operand.value, "latex") in latex]


def _value_of(path: Sequence[Contribution]) -> Any:
    value = path[0].local
    for c in path[1:]:
        value = value * c.local
    return value


def _without_repetition(sides: Sequence[str]) -> list[str]:
    """The sides of an equation, each different from the one before."""
    return [side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1]]
