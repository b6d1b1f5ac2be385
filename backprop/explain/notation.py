r"""How derivatives are written, in one place: what is differentiated above, with respect to what below.

Convention: `d` for a function of one variable, `\partial` for one of several. The output is a function of one
variable if it depends on one input; a node inside, if it depends on that input through one operand alone.
Where a node uses the same operand twice, as in x · x, the two local derivatives are `\partial_1 v` and
`\partial_2 v`, with respect to the first and the second operand.
"""

from .trace import Node, Trace


def gradient_latex(trace: Trace, node: Node) -> str:
    r"""The derivative of the output with respect to a node, such as \frac{\partial g}{\partial x}."""
    return _fraction(trace.output, node, "d" if node in trace.bottlenecks else r"\partial")


def local_derivative_latex(trace: Trace, node: Node, position: int) -> str:
    r"""The derivative of a node with respect to one of its operands, such as \frac{\partial p}{\partial x}."""
    operand = node.operands[position]
    if is_repeated(node, operand):
        return rf"\partial_{{{position + 1}}} {node.name.latex}"
    variables = sum(x.kind != "constant" for x in node.operands)
    return _fraction(node, operand, "d" if variables == len(trace.inputs) == 1 else r"\partial")


def is_repeated(node: Node, operand: Node) -> bool:
    """Whether the node uses this operand more than once."""
    return node.operands.count(operand) > 1


def _fraction(above: Node, below: Node, symbol: str) -> str:
    space = "" if symbol == "d" else " "
    return rf"\frac{{{symbol}{space}{above.name.latex}}}{{{symbol}{space}{below.name.latex}}}"
