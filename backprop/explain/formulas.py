r"""Formulas of a trace: what a node is, in LaTeX, from the notation that its operation states.

`definition(g)` is `g = p \cdot z`, in terms of named nodes; `expression(g)` is `(x + y) \cdot z`, in terms of
the inputs. Brackets are put where precedence asks for them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..operations.operation import Operation
from ..tensor import Tensor
from .display import View
from .labels import label, resolve_language
from .mathml import to_mathml
from .mathtext import to_text
from .numbers import format_value
from .trace import Node, Trace, as_trace

LARGEST_EXPRESSION = 500
"""Number of operations from which an expression in terms of the inputs is no longer readable."""

LARGEST_CONSTANT = 4
"""Number of entries up to which a constant array is written out."""

_FUNCTIONS = "sin|cos|tan|sinh|cosh|tanh|ln|max|min"
_SUM, _PRODUCT, _PREFIX, _ATOM, _LETTER = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Term:
    """LaTeX, and how strongly it holds together: 1 sums, 2 products, 3 powers and signs, 4 atoms, 5 letters."""

    latex: str
    strength: int = _LETTER


class Formula(View):
    """A formula that is LaTeX for a page, Unicode in a terminal and MathML in a notebook.

    `str(formula)` and `formula.latex` are LaTeX; `formula.latex_in("es")` writes functions as in Spanish.
    """

    @cached_property
    def latex(self) -> str:
        """The formula in LaTeX, without dollar signs, in the notation of English."""
        raise NotImplementedError

    def latex_in(self, language: str | None = None) -> str:
        """The formula in LaTeX, with the names of functions as they are written in a language."""
        return localise(self.latex, language)

    def text(self, language: str | None = None) -> str:
        """The formula in Unicode."""
        return to_text(self.latex_in(language))

    def html(self, language: str | None = None) -> str:
        """The formula in MathML, on a line of its own."""
        return (
            f'<div class="bp-formula" style="overflow-x:auto">{to_mathml(self.latex_in(language), display=True)}</div>'
        )

    def __str__(self) -> str:
        return self.latex

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex_in()}$"


class Definition(Formula):
    """See `definition` and `expression`."""

    def __init__(self, trace: Trace, node: Node, named: bool) -> None:
        self.trace, self.node, self.named = trace, node, named

    @cached_property
    def latex(self) -> str:
        """The formula in LaTeX."""
        term = _expand(self.node, self.named).latex
        return f"{self.node.name.latex} = {term}" if self.named else term


def definition(output: Trace | Tensor, tensor: Tensor | None = None) -> Definition:
    r"""What a node is, in terms of inputs and of the other nodes that have been named.

    Args:
        output: a trace or an output tensor.
        tensor: the node to be defined; the output itself if it is None.

    >>> x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    >>> print(definition(((x + y).named("p") * z).named("g")))
    g = p \cdot z

    Raises:
        ValueError: it is too long to be read, or `tensor` is an input.

    """
    trace = as_trace(output)
    return Definition(trace, _computed(trace, tensor), named=True)


def expression(output: Trace | Tensor, tensor: Tensor | None = None) -> Definition:
    r"""A node in terms of the inputs alone.

    >>> from backprop import exp, sin
    >>> x = Tensor(1.0, "x")
    >>> print(expression(exp(sin(x**2))))
    e^{\sin(x^{2})}

    Raises:
        ValueError: it is too long to be read, or `tensor` is an input.

    """
    trace = as_trace(output)
    return Definition(trace, _computed(trace, tensor), named=False)


def localise(latex: str, language: str | None = None) -> str:
    """LaTeX with the names of functions as they are written in a language: sen for sin in Spanish."""
    language = resolve_language(language)
    for function in ("sin", "sinh"):
        written = label(f"symbol.{function}", language)
        if written != function:
            latex = re.sub(rf"\\{function}(?![a-zA-Z])", rf"\\operatorname{{{written}}}", latex)
    return latex


def operation_latex(node: Node, operands: Sequence[Term] | None = None) -> Term:
    """The operation of a node applied to its operands, by their names unless terms are given."""
    operation = node.operation
    assert operation is not None
    operands = operands or [term_of(operand) for operand in node.operands]
    strength = operation.precedence
    template = operation.latex
    if r"\ldots" in template and not operation.arguments:  # any number of operands: show them
        template = template.replace(r"\ldots", ", ".join(f"<x{i}>" for i in range(len(operands))))
    if strength == _ATOM and not re.search(r"(\)|\]|\\right\|)$|^\\sqrt|^<\w+>$", template):
        strength = _SUM if "sum" in template or "prod" in template else _PREFIX
    return Term(_fill(template, _names(operation, operands), strength), strength)


def local_latex(node: Node, position: int) -> str | None:
    """The local derivative with respect to one operand, in symbols; None where it is not a factor."""
    operation = node.operation
    assert operation is not None
    argument = operation.argument_names(len(node.operands))[position]
    template = operation.local_latex.get(argument)
    if template is None:
        return None
    names = _names(operation, [term_of(x) for x in node.operands]) | {"y": term_of(node)}
    return _simplify_power(_fill(template, names, _PRODUCT))


def vjp_latex(node: Node, position: int, upstream: Term) -> str | None:
    """The contribution of one edge in symbols, for operations whose local derivative is not a factor."""
    operation = node.operation
    assert operation is not None
    arguments = operation.argument_names(len(node.operands))
    template = operation.vjp_latex.get(arguments[position]) or operation.vjp_latex.get("x")
    if template is None:
        return None
    own = {"x": term_of(node.operands[position])} if not operation.arguments else {}
    names = own | _names(operation, [term_of(x) for x in node.operands]) | {"y": term_of(node), "g": upstream}
    return _fill(template, names, _PRODUCT)


def term_of(node: Node) -> Term:
    """A node by its name; a constant by its value, or by its shape if it is a large array."""
    if node.kind != "constant":
        name = node.name
        return Term(name.latex, _ATOM if name.above else _LETTER)
    if np.size(node.value) > LARGEST_CONSTANT:
        return Term(r"\mathrm{const}_{" + r"\times".join(map(str, node.shape)) + "}")
    latex = format_value(node.value, "latex")
    return Term(latex, _PREFIX if latex.startswith("-") else _SUM if r"\cdot" in latex else _LETTER)


def _names(operation: Operation, operands: Sequence[Term]) -> dict[str, Term]:
    parameters = {name: Term(_parameter(value)) for name, value in operation.parameters().items()}
    arguments = operation.argument_names(len(operands))
    return parameters | dict(zip(arguments, operands, strict=True))


def _parameter(value: object) -> str:
    return (
        format_value(value, "latex") if isinstance(value, float | int) else "t" if hasattr(value, "shape") else r"\cdot"
    )


def _fill(template: str, terms: Mapping[str, Term], strength: int) -> str:
    """Fill in a template, with brackets where a term is weaker than its place asks for."""

    def write(match: "re.Match[str]") -> str:
        term = terms[match[1]]
        before, after = template[: match.start()].rstrip(), template[match.end() :].lstrip()
        needed = _needed(before, after, strength)
        signed = term.latex.startswith("-") and bool(before) and needed > 0
        swallows = strength == _PRODUCT and bool(after) and is_open_function(term.latex)
        if term.strength >= needed and not signed and not swallows:
            return term.latex
        return rf"\left({term.latex}\right)" if r"\frac" in term.latex else f"({term.latex})"

    # A function needs no space before a bracket: \sin(x + y), not \sin (x + y).
    filled = re.sub(r"<(\w+)>", write, template)
    return re.sub(rf"(\\(?:{_FUNCTIONS})) (\(|\\left\()", r"\1\2", filled)


def is_open_function(latex: str) -> bool:
    r"""Whether it is a function without brackets, such as \sin x, that a factor after it would seem to belong to."""
    return bool(re.match(rf"-?\\({_FUNCTIONS}) [^(]", latex))


def _needed(before: str, after: str, strength: int) -> int:
    """How strongly a term must hold together between what stands before and after its placeholder."""
    if after.startswith("^"):
        return _LETTER
    if after.startswith(("_", "[", "'")):
        return _ATOM
    if re.search(r"[{(\[|]$|(?<!\\),$", before) and (not after or after.startswith(("}", ")", "]", ",", r"\right"))):
        return 0
    if re.search(rf"\\({_FUNCTIONS}|sum|prod|operatorname\{{\w+\}})$", before):
        return _ATOM
    if re.search(r"(^|\D)-$", before) and strength == _SUM:
        return _PRODUCT  # a - (b + c)
    if strength == _PREFIX:
        return _PRODUCT if before.endswith("-") else _ATOM
    return strength if before or after else 0


def _simplify_power(latex: str) -> str:
    """x^{2 - 1} as x, x^{3 - 1} as x^{2}: the exponent that the power rule leaves."""

    def lower(match: "re.Match[str]") -> str:
        exponent = format_value(float(match[1]) - 1, "latex")
        return "" if exponent == "1" else f"^{{{exponent}}}"

    return re.sub(r"\^\{\(?(-?\d+(?:\.\d+)?)\)? - 1\}", lower, latex)


def _computed(trace: Trace, tensor: Tensor | None) -> Node:
    node = trace.output if tensor is None else trace.node(tensor)
    if node.operation is None:
        raise ValueError(f"{node.key} is an input: no operation defines it")
    return node


def _expand(root: Node, named: bool) -> Term:
    """The term of `root` with the nodes below it written out, down to inputs or to named nodes. No recursion."""
    terms: dict[Node, Term] = {}
    sizes: dict[Node, int] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        opaque = node.operation is None or (named and node is not root and node.tensor is not None and node.tensor.name)
        if opaque:
            terms[node], sizes[node] = term_of(node), 0
        missing = [] if opaque else [x for x in node.operands if x not in terms]
        stack.extend(missing)
        if missing:
            continue
        stack.pop()
        if not opaque:
            sizes[node] = 1 + sum(sizes[x] for x in node.operands)
            if sizes[node] > LARGEST_EXPRESSION:
                raise ValueError(
                    f"{root.key} written out has more than {LARGEST_EXPRESSION} operations; "
                    "name intermediate results with .named() and use definition()"
                )
            terms[node] = operation_latex(node, [terms[x] for x in node.operands])
    return terms[root]
