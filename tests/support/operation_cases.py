"""One table: for every operation how to call it, a formula in plain NumPy, and how to make operands.

The operands are arrays (or Python floats) away from the points at which the operation is not smooth.
Operands that are not floating-point numbers, such as the condition of `where`, are constants.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backprop import operations as ops
from backprop.operations import indexing

Problem = tuple[list[Any], dict[str, Any]]
"""Operands and parameters."""

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
FULL = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)


@dataclass(frozen=True)
class Case:
    call: Callable[..., Any]
    reference: Callable[..., Any]
    problems: st.SearchStrategy[Problem]


class Numbers:
    """Random numbers whose seed Hypothesis chooses, and which differ by at least 0.01."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def array(self, shape: tuple[int, ...], low: float = -2.0, high: float = 2.0, avoid: tuple[float, ...] = ()) -> Any:
        size = int(np.prod(shape, dtype=int))
        grid = np.linspace(low, high, max(101, 4 * size))[1:-1]
        grid = grid[np.all([np.abs(grid - kink) > 0.015 for kink in avoid], axis=0)] if avoid else grid
        value = self.rng.choice(grid, size, replace=False).reshape(shape)
        if shape == () and self.rng.random() < 0.5:
            return float(value)
        return value


numbers = st.builds(Numbers, st.integers(0, 2**32 - 1))


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


@st.composite
def reductions(draw: st.DrawFn, empty: bool = True, nonzero: bool = False, **parameters: Any) -> Problem:
    """An array and the axes to reduce: none, one or several, also counted from the end."""
    shape = draw(SHAPES if empty else FULL)
    rank = len(shape)
    one = st.integers(-rank, rank - 1) if rank else st.none()
    several = st.permutations(range(rank)).map(lambda order: tuple(order[: max(1, rank - 1)])) if rank else st.none()
    axis = draw(st.one_of(st.none(), one, several))
    x = draw(numbers).array(shape, avoid=(0.0,) if nonzero else ())
    return [x], {"axis": axis, "keepdims": draw(st.booleans()), **parameters}


@st.composite
def spreads(draw: st.DrawFn) -> Problem:
    """For var and std: at least two entries along the axes."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=3))
    axis = draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    parameters = {"axis": axis, "keepdims": draw(st.booleans()), "ddof": draw(st.sampled_from([0, 1]))}
    return [draw(numbers).array(shape)], parameters


@st.composite
def along_axis(draw: st.DrawFn, empty: bool = False) -> Problem:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0 if empty else 1, max_side=3))
    return [draw(numbers).array(shape)], {"axis": draw(st.integers(-len(shape), len(shape) - 1))}


@st.composite
def matrix_products(draw: st.DrawFn) -> Problem:
    shapes = draw(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, min_side=0, max_side=3))
    n = draw(numbers)
    return [n.array(shape) for shape in shapes.input_shapes], {}


@st.composite
def dots(draw: st.DrawFn) -> Problem:
    n, common = draw(numbers), draw(st.integers(0, 3))
    left = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    right = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    scalar = draw(st.sampled_from([None, None, None, "left", "right"]))
    a = () if scalar == "left" else (*left, common)
    b = () if scalar == "right" else (*right[:-1], common, *right[-1:])
    return [n.array(a), n.array(b)], {}


EINSUMS = [
    "i,i",
    "ij,jk->ik",
    "ij,jk",
    "ij->ji",
    "ii",
    "ii->i",
    "ij->",
    "ij,ij->i",
    "i,j->ij",
    "...i,...i->...",
    "i...->...",
]
EINSUMS += [
    "ij,kl->il",
    "iij->j",
    "ij,j,jk->ik",
    "...ij,...jk->...ik",
    "b...,b...",
    "ba",
    "iji,j->i",
    "ij,i",
    "i,i,i->i",
]


@st.composite
def contractions(draw: st.DrawFn) -> Problem:
    subscripts, n = draw(st.sampled_from(EINSUMS)), draw(numbers)
    letters = {c: draw(st.integers(0, 3)) for c in sorted(set(subscripts)) if c.isalpha()}
    hidden = draw(hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=2, min_side=1, max_side=2)).input_shapes
    operands = []
    for term, extra in zip(subscripts.partition("->")[0].split(","), hidden, strict=False):
        before, dots, after = term.partition("...")
        operands.append(
            n.array((*(letters[c] for c in before), *(extra if dots else ()), *(letters[c] for c in after)))
        )
    return operands, {"subscripts": subscripts}


@st.composite
def reshapes(draw: st.DrawFn) -> Problem:
    shape = draw(SHAPES)
    size = int(np.prod(shape, dtype=int))
    target = draw(st.permutations(shape)) if size == 0 else draw(st.permutations([*shape, 1]))
    if size and draw(st.booleans()):
        target = [*target[:-1], -1]
    return [draw(numbers).array(shape)], {"shape": tuple(target)}


@st.composite
def transpositions(draw: st.DrawFn) -> Problem:
    shape = draw(SHAPES)
    rank = len(shape)
    order = [axis - rank * draw(st.booleans()) for axis in draw(st.permutations(range(rank)))]
    return [draw(numbers).array(shape)], {"axes": draw(st.sampled_from([None, tuple(order)]))}


@st.composite
def broadcasts(draw: st.DrawFn) -> Problem:
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3))
    return [draw(numbers).array(shapes.input_shapes[0])], {"shape": shapes.result_shape}


@st.composite
def unbroadcasts(draw: st.DrawFn) -> Problem:
    (operand,), parameters = draw(broadcasts())
    return [draw(numbers).array(parameters["shape"])], {"shape": np.shape(operand)}


@st.composite
def joins(draw: st.DrawFn, new_axis: bool) -> Problem:
    shape = draw(hnp.array_shapes(min_dims=0 if new_axis else 1, max_dims=3, min_side=0, max_side=3))
    rank = len(shape) + new_axis
    axis, n, operands = draw(st.integers(-rank, rank - 1)), draw(numbers), []
    for _ in range(draw(st.integers(1, 3))):
        one = list(shape)
        if not new_axis:
            one[axis] = draw(st.integers(0, 3))
        operands.append(n.array(tuple(one)))
    return operands, {"axis": axis}


@st.composite
def paddings(draw: st.DrawFn) -> Problem:
    shape = draw(SHAPES)
    pair = st.tuples(st.integers(0, 2), st.integers(0, 2))
    width = draw(st.one_of(st.integers(0, 2), st.tuples(*(pair for _ in shape)) if shape else st.just(0)))
    return [draw(numbers).array(shape)], {"width": width, "constant": draw(st.sampled_from([0.0, 1.5]))}


@st.composite
def selections(draw: st.DrawFn) -> Problem:
    """Slices, None, Ellipsis and integers; integer arrays with repetitions; boolean arrays."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    basic = hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)
    integers = hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, min_side=0, max_side=4))
    first = st.lists(st.integers(-shape[0], shape[0] - 1), min_size=1, max_size=4)
    mixed = st.tuples(hnp.arrays(bool, (shape[0],)), st.just(slice(None, None, -1))) if len(shape) > 1 else first
    index = draw(st.one_of(basic, integers, first, hnp.arrays(bool, shape), hnp.arrays(bool, shape[:1]), mixed))
    return [draw(numbers).array(shape)], {"index": index}


@st.composite
def scatterings(draw: st.DrawFn) -> Problem:
    (operand,), parameters = draw(selections())
    chosen = operand[parameters["index"]]
    return [draw(numbers).array(np.shape(chosen))], {**parameters, "shape": operand.shape}


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


@st.composite
def choices(draw: st.DrawFn) -> Problem:
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=3)).input_shapes
    n = draw(numbers)
    condition = n.rng.random(shapes[0]) < 0.5
    return [condition, n.array(shapes[1]), n.array(shapes[2])], {}


@st.composite
def classifications(draw: st.DrawFn) -> Problem:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    n = draw(numbers)
    if draw(st.booleans()):
        return [n.array(shape)], {"targets": n.rng.integers(0, shape[-1], shape[:-1])}
    weights = n.rng.random(shape) + 0.01
    return [n.array(shape)], {"targets": weights / weights.sum(-1, keepdims=True)}


def cross_entropy_reference(x: Any, targets: Any) -> Any:
    p = targets if np.shape(targets) == np.shape(x) else np.eye(np.shape(x)[-1])[targets]
    rows = np.sum(p * np.log(np.exp(x) / np.sum(np.exp(x), -1, keepdims=True)), -1)
    return -np.mean(rows, dtype=np.result_type(x))


@st.composite
def yes_or_no(draw: st.DrawFn) -> Problem:
    shape, n = draw(FULL), draw(numbers)
    return [n.array(shape)], {"targets": n.rng.choice([0.0, 1.0, 0.3], shape)}


def binary_cross_entropy_reference(x: Any, targets: Any) -> Any:
    p = 1 / (1 + np.exp(-x))
    return np.mean(-targets * np.log(p) - (1 - targets) * np.log(1 - p))


@st.composite
def regressions(draw: st.DrawFn) -> Problem:
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=1, max_side=3)).input_shapes
    n = draw(numbers)
    return [n.array(shape) for shape in shapes], {}


def with_parameters(case: Case, **choices: list[Any]) -> Case:
    """Draw a value for each of the parameters as well."""
    chosen = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in choices.items()})
    return Case(case.call, case.reference, st.builds(lambda p, more: (p[0], {**p[1], **more}), case.problems, chosen))


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
    "where": Case(ops.where, np.where, choices()),
    "sum": Case(ops.sum_, np.sum, reductions()),
    "mean": Case(ops.mean, np.mean, reductions(empty=False)),
    "prod": Case(ops.prod, np.prod, reductions()),
    "max": Case(ops.max_, np.max, reductions(empty=False)),
    "min": Case(ops.min_, np.min, reductions(empty=False)),
    "var": Case(ops.var, np.var, spreads()),
    "std": Case(ops.std, np.std, spreads()),
    "logsumexp": Case(ops.logsumexp, lse, reductions(empty=False)),
    "softmax": Case(ops.softmax, soft, along_axis()),
    "log_softmax": Case(ops.log_softmax, lambda x, axis: np.log(soft(x, axis)), along_axis()),
    "cumsum": Case(ops.cumsum, np.cumsum, along_axis(empty=True)),
    "matmul": Case(ops.matmul, np.matmul, matrix_products()),
    "dot": Case(ops.dot, np.dot, dots()),
    "outer": binary(ops.outer, np.outer),
    "einsum": Case(
        lambda *xs, subscripts: ops.einsum(subscripts, *xs),
        lambda *xs, subscripts: np.einsum(subscripts, *xs),
        contractions(),
    ),
    "reshape": Case(ops.reshape, np.reshape, reshapes()),
    "transpose": Case(ops.transpose, np.transpose, transpositions()),
    "broadcast_to": Case(ops.broadcast_to, np.broadcast_to, broadcasts()),
    "sum_to": Case(lambda x, shape: ops.shapes.SumTo(shape)(x), sum_to_reference, unbroadcasts()),
    "astype": with_parameters(unary(ops.astype, lambda x, dtype: np.asarray(x, dtype)), dtype=[np.float64]),
    "concatenate": Case(
        lambda *xs, axis: ops.concatenate(xs, axis), lambda *xs, axis: np.concatenate(xs, axis), joins(False)
    ),
    "stack": Case(lambda *xs, axis: ops.stack(xs, axis), lambda *xs, axis: np.stack(xs, axis), joins(True)),
    "pad": Case(
        ops.pad, lambda x, width, constant: np.pad(x, width, constant_values=constant) if np.ndim(x) else x, paddings()
    ),
    "getitem": Case(ops.getitem, lambda x, index: x[index], selections()),
    "scatter": Case(lambda x, **p: indexing.Scatter(**p)(x), scatter_reference, scatterings()),
    "cross_entropy": Case(ops.cross_entropy, cross_entropy_reference, classifications()),
    "binary_cross_entropy": Case(ops.binary_cross_entropy, binary_cross_entropy_reference, yes_or_no()),
    "mean_squared_error": Case(ops.mean_squared_error, lambda a, b: np.mean((a - b) ** 2), regressions()),
}
