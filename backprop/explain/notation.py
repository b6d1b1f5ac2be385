r"""How derivatives are written, in one place: what is differentiated above, with respect to what below.

Convention: `d` for a function of one variable, `\partial` for one of several. The output is a function of one
variable if it depends on one input; a node inside, if it depends on that input through one operand alone.
Where an operand reaches a node in more than one way, as in v = x · x or in v = x + sin x, the derivative of v with
respect to x is more than a local derivative; that one is written `\partial_1 v`: with respect to the first operand
alone.
"""

from .trace import Node, Trace


def gradient_latex(trace: Trace, node: Node) -> str:
    r"""The derivative of the output with respect to a node, such as \frac{\partial g}{\partial x}."""
    return derivative_latex(trace.output.name.latex, node.name.latex, one_variable=node in trace.bottlenecks)


def local_derivative_latex(trace: Trace, node: Node, position: int) -> str:
    r"""The derivative of a node with respect to one of its operands, such as \frac{\partial p}{\partial x}."""
    operand = node.operands[position]
    if is_ambiguous(node, position):
        return rf"\partial_{{{position + 1}}} {node.name.latex}"
    variables = sum(x.kind != "constant" for x in node.operands)
    one_variable = variables == len(trace.inputs) == 1
    return derivative_latex(node.name.latex, operand.name.latex, one_variable=one_variable)


def is_ambiguous(node: Node, position: int) -> bool:
    """Whether the operand at `position` reaches the node in another way as well."""
    operand = node.operands[position]
    if len(operand.uses) < 2:
        return False
    others = [x for i, x in enumerate(node.operands) if i != position]
    seen: set[Node] = set()
    while others:
        other = others.pop()
        if other is operand:
            return True
        if other not in seen and other.index > operand.index:
            seen.add(other)
            others.extend(other.operands)
    return False


def derivative_latex(above: str, below: str, one_variable: bool) -> str:
    r"""The derivative of what is above with respect to what is below, such as \frac{dy}{dx}."""
    d = "d" if one_variable else r"\partial "
    return rf"\frac{{{d}{above}}}{{{d}{below}}}"
