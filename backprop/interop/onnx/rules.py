"""How each operation is written in ONNX: one rule a class. A rule adds nodes, and returns the name of the result.

ONNX's own operation is used where there is one that ONNX Runtime computes in both precisions; else the formula is
written out, with the care for large and small numbers that the operation takes.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from ...nn.dropout import KeepMask
from ...operations import (
    activations,
    arithmetic,
    exponential,
    indexing,
    losses,
    products,
    reductions,
    selection,
    shapes,
    trigonometric,
)
from ...operations.affine import Affine
from ...operations.affine_activation import AffineReLU, AffineSigmoid, AffineTanh
from ...operations.lookup import AddRows, Lookup
from ...operations.operation import Operation
from ...operations.softmax import LogSoftmax, LogSumExp, Softmax
from ..errors import ExportError
from . import formulas
from .graph import Graph
from .indexing import getitem
from .tracing import Step

Rule: TypeAlias = Callable[[Graph, Step], str]


def operation(name: str) -> Rule:
    """The operation that ONNX has under this name, with the same operands, in the type of the result."""
    return lambda graph, step: graph.node(name, *(graph.operand(step, i) for i in range(len(step.operands))))


def _with_slope(name: str, parameter: str, formula: Rule) -> Rule:
    """ONNX's operation, whose attribute is of single precision; the formula for a number that it would round."""

    def rule(graph: Graph, step: Step) -> str:
        value = getattr(step.operation, parameter)
        if step.result[0].dtype == np.float64 and float(np.float32(value)) != value:
            return formula(graph, step)
        return graph.node(name, graph.operand(step, 0), alpha=float(value))

    return rule


def _reduction(name: str) -> Rule:
    def rule(graph: Graph, step: Step) -> str:
        return _reduce(graph, step, name, graph.operand(step, 0), step.operation.parameters()["keepdims"])

    return rule


def _reduce(graph: Graph, step: Step, name: str, x: str, keepdims: bool) -> str:
    axis = step.operation.parameters()["axis"]
    if axis == () or np.ndim(step.operands[0][0]) == 0:
        return graph.node("Identity", x)
    axes = () if axis is None else (graph.integers(*(axis if isinstance(axis, tuple) else (axis,))),)
    return graph.node(name, x, *axes, keepdims=int(keepdims))


def _variance(graph: Graph, step: Step) -> str:
    x, parameters = graph.operand(step, 0), step.operation.parameters()
    deviation = graph.node("Sub", x, _reduce(graph, step, "ReduceMean", x, keepdims=True))
    squares = graph.node("Mul", deviation, deviation)
    if parameters["ddof"] == 0:
        return _reduce(graph, step, "ReduceMean", squares, parameters["keepdims"])
    total = _reduce(graph, step, "ReduceSum", squares, parameters["keepdims"])
    counts = [shapes.size_along(np.shape(run), parameters["axis"]) - parameters["ddof"] for run in step.operands[0]]
    freedom = graph.cast(graph.sizes(counts[:1], counts[1:]), np.int64, step.result[0].dtype)
    return graph.node("Div", total, graph.node("Squeeze", freedom))


def _standard_deviation(graph: Graph, step: Step) -> str:
    return graph.node("Sqrt", _variance(graph, step))


def _cumsum(graph: Graph, step: Step) -> str:
    return graph.node("CumSum", graph.operand(step, 0), graph.constant(step.operation.parameters()["axis"], np.int64))


def _along_axis(name: str) -> Rule:
    return lambda graph, step: graph.node(name, graph.operand(step, 0), axis=step.operation.parameters()["axis"])


def _clip(graph: Graph, step: Step) -> str:
    parameters, dtype = step.operation.parameters(), step.result[0].dtype
    bounds = ["" if parameters[b] is None else graph.constant(parameters[b], dtype) for b in ("low", "high")]
    return graph.node("Clip", graph.operand(step, 0), *bounds)


def _where(graph: Graph, step: Step) -> str:
    return graph.node("Where", graph.operand(step, 0, bool), graph.operand(step, 1), graph.operand(step, 2))


def _affine(graph: Graph, step: Step) -> str:
    x, weight, bias = (graph.operand(step, i) for i in range(3))
    if np.ndim(step.operands[0][0]) == 2:
        return graph.node("Gemm", x, weight, bias)
    return graph.node("Add", graph.node("MatMul", x, weight), bias)


def _affine_and(name: str) -> Rule:
    return lambda graph, step: graph.node(name, _affine(graph, step))


def _dot(graph: Graph, step: Step) -> str:
    a, b = (np.ndim(pair[0]) for pair in step.operands)
    if a == 0 or b == 0:
        return operation("Mul")(graph, step)
    if b <= 2:
        return operation("MatMul")(graph, step)
    left, right = "abcdefghijklm"[: a - 1], "nopqrstuvwxyz"[: b - 1]
    equation = f"{left}Z,{right[:-1]}Z{right[-1]}->{left}{right}"
    return graph.node("Einsum", graph.operand(step, 0), graph.operand(step, 1), equation=equation)


def _outer(graph: Graph, step: Step) -> str:
    column, row = graph.integers(-1, 1), graph.integers(1, -1)
    a = graph.node("Reshape", graph.operand(step, 0), column)
    return graph.node("Mul", a, graph.node("Reshape", graph.operand(step, 1), row))


def _einsum(graph: Graph, step: Step) -> str:
    equation = step.operation.parameters()["subscripts"].replace(" ", "")
    operands = [graph.operand(step, i) for i in range(len(step.operands))]
    terms = equation.partition("->")[0].split(",")
    # What an ellipsis stands for may differ in rank with NumPy, but not with ONNX: axes of size 1 make it up.
    hidden = [np.ndim(x) - len(t.replace("...", "")) for (x, _), t in zip(step.operands, terms, strict=True)]
    for i, term in enumerate(terms):
        before, ellipsis, _ = term.partition("...")
        missing = max(hidden) - hidden[i]
        if ellipsis and missing:
            places = range(len(before), len(before) + missing)
            operands[i] = graph.node("Unsqueeze", operands[i], graph.integers(*places))
    return graph.node("Einsum", *operands, equation=equation)


def _reshape(graph: Graph, step: Step) -> str:
    return _reshaped(graph, step, graph.operand(step, 0))


def _reshaped(graph: Graph, step: Step, x: str) -> str:
    first, second = (y.shape for y in step.result)
    changing = [n != m for n, m in zip(first, second, strict=True)]
    if sum(changing) == 1 and 0 not in first:  # one size can be left to ONNX, which says more than a computed one
        return graph.node("Reshape", x, graph.integers(*(-1 if c else n for c, n in zip(changing, first, strict=True))))
    return graph.node("Reshape", x, graph.sizes(first, second), allowzero=1)


def _sum_to(graph: Graph, step: Step) -> str:
    x, target = np.shape(step.operands[0][0]), step.result[0].shape
    excess = len(x) - len(target)
    axes = [i for i, n in enumerate(x) if i < excess or (target[i - excess] == 1 != n)]
    summed = graph.node("ReduceSum", graph.operand(step, 0), graph.integers(*axes)) if axes else graph.operand(step, 0)
    return _reshaped(graph, step, summed)


def _broadcast_to(graph: Graph, step: Step) -> str:
    first, second = step.result
    return graph.node("Expand", graph.operand(step, 0), graph.sizes(first.shape, second.shape))


def _transpose(graph: Graph, step: Step) -> str:
    rank = np.ndim(step.operands[0][0])
    axes = step.operation.parameters()["axes"]
    if rank < 2:
        return graph.node("Identity", graph.operand(step, 0))
    order = range(rank)[::-1] if axes is None else [axis % rank for axis in axes]
    return graph.node("Transpose", graph.operand(step, 0), perm=list(order))


def _astype(graph: Graph, step: Step) -> str:
    return graph.node("Identity", graph.operand(step, 0))  # the operand is given in the type of the result


def _concatenate(graph: Graph, step: Step) -> str:
    operands = [graph.operand(step, i) for i in range(len(step.operands))]
    return graph.node("Concat", *operands, axis=step.operation.parameters()["axis"])


def _stack(graph: Graph, step: Step) -> str:
    axis = step.operation.parameters()["axis"] % np.ndim(step.result[0])
    place = graph.integers(axis)
    rows = [graph.node("Unsqueeze", graph.operand(step, i), place) for i in range(len(step.operands))]
    return graph.node("Concat", *rows, axis=axis)


def _pad(graph: Graph, step: Step) -> str:
    width, constant = (step.operation.parameters()[name] for name in ("width", "constant"))
    if not width:
        return graph.node("Identity", graph.operand(step, 0))
    before, after = zip(*width, strict=True)
    value = graph.constant(constant, step.result[0].dtype)
    return graph.node("Pad", graph.operand(step, 0), graph.integers(*before, *after), value)


def _lookup(graph: Graph, step: Step) -> str:
    return graph.node("Gather", graph.operand(step, 0), graph.operand(step, 1, np.int64), axis=0)


RULES: Mapping[type[Operation], Rule] = {
    Affine: _affine,
    AffineReLU: _affine_and("Relu"),
    AffineSigmoid: _affine_and("Sigmoid"),
    AffineTanh: _affine_and("Tanh"),
    arithmetic.Absolute: operation("Abs"),
    arithmetic.Add: operation("Add"),
    arithmetic.Divide: operation("Div"),
    arithmetic.Multiply: operation("Mul"),
    arithmetic.Negative: operation("Neg"),
    arithmetic.Power: operation("Pow"),
    arithmetic.SquareRoot: operation("Sqrt"),
    arithmetic.Subtract: operation("Sub"),
    activations.ELU: _with_slope("Elu", "alpha", formulas.elu),
    activations.GELU: formulas.gelu,
    activations.LeakyReLU: _with_slope("LeakyRelu", "slope", formulas.leaky_relu),
    activations.ReLU: operation("Relu"),
    activations.Sigmoid: operation("Sigmoid"),
    activations.Softplus: operation("Softplus"),
    exponential.Expm1: formulas.expm1,
    exponential.Exponential: operation("Exp"),
    exponential.Log1p: formulas.log1p,
    exponential.Logarithm: operation("Log"),
    exponential.Reciprocal: operation("Reciprocal"),
    indexing.GetItem: getitem,
    Lookup: _lookup,
    products.Dot: _dot,
    products.Einsum: _einsum,
    products.MatMul: operation("MatMul"),
    products.Outer: _outer,
    reductions.CumulativeSum: _cumsum,
    reductions.Max: _reduction("ReduceMax"),
    reductions.Mean: _reduction("ReduceMean"),
    reductions.Min: _reduction("ReduceMin"),
    reductions.Product: _reduction("ReduceProd"),
    reductions.StandardDeviation: _standard_deviation,
    reductions.Sum: _reduction("ReduceSum"),
    reductions.Variance: _variance,
    selection.Clip: _clip,
    selection.Maximum: operation("Max"),
    selection.Minimum: operation("Min"),
    selection.Where: _where,
    shapes.AsType: _astype,
    shapes.BroadcastTo: _broadcast_to,
    shapes.Concatenate: _concatenate,
    shapes.Pad: _pad,
    shapes.Reshape: _reshape,
    shapes.Stack: _stack,
    shapes.SumTo: _sum_to,
    shapes.Transpose: _transpose,
    LogSoftmax: _along_axis("LogSoftmax"),
    LogSumExp: _reduction("ReduceLogSumExp"),
    Softmax: _along_axis("Softmax"),
    trigonometric.Cosine: operation("Cos"),
    trigonometric.HyperbolicCosine: formulas.cosh,
    trigonometric.HyperbolicSine: formulas.sinh,
    trigonometric.HyperbolicTangent: operation("Tanh"),
    trigonometric.Sine: operation("Sin"),
    trigonometric.Tangent: formulas.tan,
}

_LOSS = "a loss compares outputs with targets, which the exported model does not get: leave it out of forward()"
_DERIVATIVE = "it is part of a derivative: ONNX gets the model, not its gradients, which stay out of forward()"

REFUSED: Mapping[type[Operation], str] = {
    losses.BinaryCrossEntropy: _LOSS,
    losses.CrossEntropy: _LOSS,
    losses.Huber: _LOSS,
    losses.MeanSquaredError: _LOSS,
    indexing.Scatter: _DERIVATIVE,
    AddRows: _DERIVATIVE,
    KeepMask: "it is random: let forward() leave it out unless self.training",
}
"""Operations that have no place in an exported model, and why."""

SHAPED = (indexing.GetItem, shapes.BroadcastTo, shapes.Reshape, shapes.SumTo)
"""Operations whose rules know that their parameters may depend on the size of the batch."""


def write(graph: Graph, step: Step) -> str:
    """Add the nodes of one operation.

    Raises:
        ExportError: there is no rule for it, or a parameter depends on the size of the batch.

    """
    kind = type(step.operation)
    if kind not in RULES:
        instead = REFUSED.get(kind, "ONNX export knows the operations of this package: write it with those")
        raise ExportError(f"{step.where} cannot be exported: {instead}")
    if step.parameters_differ and kind not in SHAPED:
        raise ExportError(
            f"{step.where} was called as {step.operation!r}, and otherwise for a batch of another size. "
            "Let its parameters not depend on the batch"
        )
    return RULES[kind](graph, step)
