"""One table: for every operation how to call it, a formula in plain NumPy, and how to make operands.

The operands are arrays (or Python floats) away from the points at which the operation is not smooth.
Operands that are not floating-point numbers, such as the condition of `where`, are constants.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import operands as make
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from operands import SHAPES, Numbers, Problem, numbers

from backprop import operations as ops
from backprop.operations.indexing import Scatter
from backprop.operations.lookup import AddRows


@dataclass(frozen=True)
class Case:
    call: Callable[..., Any]
    reference: Callable[..., Any]
    problems: st.SearchStrategy[Problem]


def unary(call: Any, reference: Any, low: float = -2.0, high: float = 2.0, avoid: tuple[float, ...] = ()) -> Case:
    problems = st.builds(lambda n, shape: ([n.array(shape, low, high, avoid)], {}), numbers, SHAPES)
    return Case(call, reference, problems)


def binary(call: Any, reference: Any, low: float = -2.0, high: float = 2.0, apart: bool = False) -> Case:
    """Two operands that broadcast; `apart`: no entry of one equals an entry of the other."""

    def make(n: Numbers, shapes: Any) -> Problem:
        a, b = (n.array(shape, low, high) for shape in shapes.input_shapes)
        return [a, b + 0.005 if apart else b], {}

    pairs = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3)
    return Case(call, reference, st.builds(make, numbers, pairs))


def with_parameters(case: Case, **choices: list[Any]) -> Case:
    """Draw a value for each of the parameters as well."""
    chosen = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in choices.items()})
    return Case(case.call, case.reference, st.builds(lambda p, more: (p[0], {**p[1], **more}), case.problems, chosen))


def scatter_reference(x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    zeros = np.zeros(shape, np.result_type(x))
    np.add.at(zeros, index, x)
    return zeros


def sum_to_reference(x: Any, shape: tuple[int, ...]) -> Any:
    """Entry by entry: every number is added to the one that it was a copy of."""
    total = np.zeros(shape, np.result_type(x))
    source = np.broadcast_to(np.arange(total.size).reshape(shape), np.shape(x))
    np.add.at(total.reshape(-1), source.reshape(-1), np.reshape(x, -1))
    return total


def cross_entropy_reference(x: Any, targets: Any) -> Any:
    p = targets if np.shape(targets) == np.shape(x) else np.eye(np.shape(x)[-1])[targets]
    rows = np.sum(p * np.log(np.exp(x) / np.sum(np.exp(x), -1, keepdims=True)), -1)
    return -np.mean(rows, dtype=np.result_type(x))


def binary_cross_entropy_reference(x: Any, targets: Any) -> Any:
    p = 1 / (1 + np.exp(-x))
    return np.mean(-targets * np.log(p) - (1 - targets) * np.log(1 - p))


def huber_reference(a: Any, b: Any, delta: float) -> Any:
    e = np.abs(a - b)
    return np.mean(np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)))


def add_rows_reference(rows: Any, indices: Any, count: int) -> Any:
    table = np.zeros((count, *rows.shape[indices.ndim :]))
    for place in np.ndindex(indices.shape):
        table[indices[place]] += rows[place]
    return table


def lse(x: Any, axis: Any, keepdims: bool) -> Any:
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def soft(x: Any, axis: int) -> Any:
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


def gelu_reference(x: Any) -> Any:
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


CASES: dict[str, Case] = {
    "add": binary(ops.add, np.add),
    "subtract": binary(ops.subtract, np.subtract),
    "multiply": binary(ops.multiply, np.multiply),
    "divide": binary(ops.divide, np.divide, low=0.4),
    "negative": unary(ops.negative, np.negative),
    "power": binary(ops.power, np.power, low=0.4),
    "sqrt": unary(ops.sqrt, np.sqrt, low=0.4),
    "abs": unary(ops.absolute, np.abs, avoid=(0.0,)),
    "exp": unary(ops.exp, np.exp),
    "expm1": unary(ops.expm1, np.expm1),
    "log": unary(ops.log, np.log, low=0.4),
    "log1p": unary(ops.log1p, np.log1p, low=-0.6),
    "reciprocal": unary(ops.reciprocal, np.reciprocal, low=0.4),
    "sin": unary(ops.sin, np.sin),
    "cos": unary(ops.cos, np.cos),
    "tan": unary(ops.tan, np.tan, low=-1.0, high=1.0),
    "sinh": unary(ops.sinh, np.sinh),
    "cosh": unary(ops.cosh, np.cosh),
    "tanh": unary(ops.tanh, np.tanh),
    "sigmoid": unary(ops.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
    "softplus": unary(ops.softplus, lambda x: np.log(1 + np.exp(x))),
    "relu": unary(ops.relu, lambda x: np.maximum(x, 0), avoid=(0.0,)),
    "leaky_relu": with_parameters(
        unary(ops.leaky_relu, lambda x, slope=0.01: np.where(x > 0, x, slope * x), avoid=(0.0,)), slope=[0.01, 0.3]
    ),
    "elu": with_parameters(
        unary(ops.elu, lambda x, alpha=1.0: np.where(x > 0, x, alpha * (np.exp(x) - 1)), avoid=(0.0,)), alpha=[1.0, 0.5]
    ),
    "gelu": unary(ops.gelu, gelu_reference),
    "maximum": binary(ops.maximum, np.maximum, apart=True),
    "minimum": binary(ops.minimum, np.minimum, apart=True),
    "clip": with_parameters(
        unary(ops.clip, lambda x, low, high: np.clip(x, low, high), avoid=(-1.0, 0.5)), low=[-1.0, None], high=[0.5]
    ),
    "where": Case(ops.where, np.where, make.choices()),
    "sum": Case(ops.sum_, np.sum, make.reductions()),
    "mean": Case(ops.mean, np.mean, make.reductions(empty=False)),
    "prod": Case(ops.prod, np.prod, make.reductions()),
    "max": Case(ops.max_, np.max, make.reductions(empty=False)),
    "min": Case(ops.min_, np.min, make.reductions(empty=False)),
    "var": Case(ops.var, np.var, make.spreads()),
    "std": Case(ops.std, np.std, make.spreads()),
    "logsumexp": Case(ops.logsumexp, lse, make.reductions(empty=False)),
    "softmax": Case(ops.softmax, soft, make.along_axis()),
    "log_softmax": Case(ops.log_softmax, lambda x, axis: np.log(soft(x, axis)), make.along_axis()),
    "cumsum": Case(ops.cumsum, np.cumsum, make.along_axis(empty=True)),
    "matmul": Case(ops.matmul, np.matmul, make.matrix_products()),
    "affine": Case(ops.affine, lambda x, w, b: np.matmul(x, w) + b, make.layers()),
    "affine_relu": Case(ops.affine_relu, lambda x, w, b: np.maximum(np.matmul(x, w) + b, 0), make.rectified_layers()),
    "affine_sigmoid": Case(ops.affine_sigmoid, lambda x, w, b: 1 / (1 + np.exp(-np.matmul(x, w) - b)), make.layers()),
    "affine_tanh": Case(ops.affine_tanh, lambda x, w, b: np.tanh(np.matmul(x, w) + b), make.layers()),
    "dot": Case(ops.dot, np.dot, make.dots()),
    "outer": binary(ops.outer, np.outer),
    "einsum": Case(
        lambda *xs, subscripts: ops.einsum(subscripts, *xs),
        lambda *xs, subscripts: np.einsum(subscripts, *xs),
        make.contractions(),
    ),
    "reshape": Case(ops.reshape, np.reshape, make.reshapes()),
    "transpose": Case(ops.transpose, np.transpose, make.transpositions()),
    "broadcast_to": Case(ops.broadcast_to, np.broadcast_to, make.broadcasts()),
    "sum_to": Case(lambda x, shape: ops.shapes.SumTo(shape)(x), sum_to_reference, make.unbroadcasts()),
    "astype": with_parameters(unary(ops.astype, lambda x, dtype: np.asarray(x, dtype)), dtype=[np.float64]),
    "concatenate": Case(
        lambda *xs, axis: ops.concatenate(xs, axis), lambda *xs, axis: np.concatenate(xs, axis), make.joins(False)
    ),
    "stack": Case(lambda *xs, axis: ops.stack(xs, axis), lambda *xs, axis: np.stack(xs, axis), make.joins(True)),
    "pad": Case(
        ops.pad,
        lambda x, width, constant: np.pad(x, width, constant_values=constant) if np.ndim(x) else x,
        make.paddings(),
    ),
    "getitem": Case(ops.getitem, lambda x, index: x[index], make.selections()),
    "scatter": Case(lambda x, **p: Scatter(**p)(x), scatter_reference, make.scatterings()),
    "cross_entropy": Case(ops.cross_entropy, cross_entropy_reference, make.classifications()),
    "binary_cross_entropy": Case(ops.binary_cross_entropy, binary_cross_entropy_reference, make.yes_or_no()),
    "mean_squared_error": Case(ops.mean_squared_error, lambda a, b: np.mean((a - b) ** 2), make.regressions()),
    "huber": with_parameters(Case(ops.huber, huber_reference, make.regressions()), delta=[1.0041, 0.5043]),
    "lookup": Case(ops.lookup, lambda table, indices: table[indices], make.lookups()),
    "add_rows": Case(lambda rows, indices, count: AddRows(count)(rows, indices), add_rows_reference, make.row_sums()),
}
