"""Functions that ONNX does not have, or that ONNX Runtime computes in single precision only, as formulas."""

from collections.abc import Callable

import numpy as np

from ...operations.activations import _GELU_CUBIC as GELU_CUBIC
from ...operations.activations import _GELU_SCALE as GELU_SCALE
from .graph import Graph
from .tracing import Step


def numbers(graph: Graph, step: Step) -> Callable[[float], str]:
    """Constants in the type of the result."""
    return lambda value: graph.constant(value, step.result[0].dtype)


def leaky_relu(graph: Graph, step: Step) -> str:
    """Slope x where x is negative, else x."""
    x, number = graph.operand(step, 0), numbers(graph, step)
    below = graph.node("Mul", x, number(step.operation.parameters()["slope"]))
    return graph.node("Where", graph.node("Greater", x, number(0)), x, below)


def elu(graph: Graph, step: Step) -> str:
    """Alpha (e^x - 1) where x is negative, else x."""
    x, number = graph.operand(step, 0), numbers(graph, step)
    powers = _expm1_of(graph, graph.node("Min", x, number(0)), number)
    below = graph.node("Mul", powers, number(step.operation.parameters()["alpha"]))
    return graph.node("Where", graph.node("Greater", x, number(0)), x, below)


def gelu(graph: Graph, step: Step) -> str:
    """The tanh form: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
    x, number = graph.operand(step, 0), numbers(graph, step)
    cube = graph.node("Mul", graph.node("Mul", x, x), x)
    inner = graph.node("Add", x, graph.node("Mul", cube, number(GELU_CUBIC)))
    t = graph.node("Tanh", graph.node("Mul", inner, number(GELU_SCALE)))
    return graph.node("Mul", graph.node("Mul", x, number(0.5)), graph.node("Add", t, number(1)))


def expm1(graph: Graph, step: Step) -> str:
    """e^x - 1."""
    return _expm1_of(graph, graph.operand(step, 0), numbers(graph, step))


def _expm1_of(graph: Graph, x: str, number: Callable[[float], str]) -> str:
    # e^x - 1 = 2 t / (1 - t) with t = tanh(x/2): no digits are lost for small x, for which e^x - 1 would lose them.
    t = graph.node("Tanh", graph.node("Mul", x, number(0.5)))
    small = graph.node("Div", graph.node("Add", t, t), graph.node("Sub", number(1), t))
    large = graph.node("Sub", graph.node("Exp", x), number(1))
    return graph.node("Where", graph.node("Less", graph.node("Abs", x), number(0.5)), small, large)


def log1p(graph: Graph, step: Step) -> str:
    """ln(1 + x)."""
    # ln(1 + x) = x ln u / (u - 1), u being 1 + x as rounded: the errors of both cancel (Kahan). Where u is 1, it is x.
    x, number = graph.operand(step, 0), numbers(graph, step)
    u = graph.node("Add", x, number(1))
    excess = graph.node("Sub", u, number(1))
    nothing, finite = graph.node("Equal", excess, number(0)), graph.node("Less", u, number(np.inf))
    logarithm = graph.node("Log", u)
    quotient = graph.node("Div", graph.node("Mul", x, logarithm), excess)
    return graph.node("Where", nothing, x, graph.node("Where", finite, quotient, logarithm))


def tan(graph: Graph, step: Step) -> str:
    """Tangent."""
    x = graph.operand(step, 0)
    return graph.node("Div", graph.node("Sin", x), graph.node("Cos", x))


def sinh(graph: Graph, step: Step) -> str:
    """Hyperbolic sine."""
    # (e^x - e^-x) / 2 with e^x - 1 = m: (m + m / (m + 1)) / 2. Halves are added, so that it overflows where sinh does.
    x, number = graph.operand(step, 0), numbers(graph, step)
    size = graph.node("Abs", x)
    m = _expm1_of(graph, size, number)
    small = graph.node("Add", m, graph.node("Div", m, graph.node("Add", m, number(1))))
    half = graph.node("Exp", graph.node("Mul", size, number(0.5)))
    large = graph.node("Mul", graph.node("Mul", half, number(0.5)), half)  # e^-x is nothing beside e^x
    value = graph.node("Where", graph.node("Less", size, number(20)), graph.node("Mul", small, number(0.5)), large)
    return graph.node("Mul", graph.node("Sign", x), value)


def cosh(graph: Graph, step: Step) -> str:
    """Hyperbolic cosine: (e^|x| + e^-|x|) / 2."""
    x, number = graph.operand(step, 0), numbers(graph, step)
    half = graph.node("Exp", graph.node("Mul", graph.node("Abs", x), number(0.5)))
    large = graph.node("Mul", graph.node("Mul", half, number(0.5)), half)
    return graph.node("Add", large, graph.node("Div", number(0.25), large))
