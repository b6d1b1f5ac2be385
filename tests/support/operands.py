"""Operands for the table of operations: arrays and Python floats, of shapes that Hypothesis makes."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Problem = tuple[list[Any], dict[str, Any]]
"""Operands and parameters."""

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
FULL = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)


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


@st.composite
def yes_or_no(draw: st.DrawFn) -> Problem:
    shape, n = draw(FULL), draw(numbers)
    return [n.array(shape)], {"targets": n.rng.choice([0.0, 1.0, 0.3], shape)}


@st.composite
def regressions(draw: st.DrawFn) -> Problem:
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=1, max_side=3)).input_shapes
    n = draw(numbers)
    return [n.array(shape) for shape in shapes], {}


@st.composite
def lookups(draw: st.DrawFn) -> Problem:
    table = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    n = draw(numbers)
    indices = n.rng.integers(0, table[0], draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=4)))
    return [n.array(table), np.asarray(indices)], {}


@st.composite
def row_sums(draw: st.DrawFn) -> Problem:
    (table, indices), _ = draw(lookups())
    rows = draw(numbers).array((*indices.shape, *np.shape(table)[1:]))
    return [np.asarray(rows), indices], {"count": np.shape(table)[0]}


@st.composite
def layers(draw: st.DrawFn) -> Problem:
    inputs, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rows = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    n = draw(numbers)
    return [n.array((*rows, inputs)), n.array((inputs, outputs)), n.array((outputs,))], {}


def rectified_layers() -> "st.SearchStrategy[Problem]":
    """Layers none of whose results is near 0, where ReLU has its corner."""

    def is_clear(problem: Problem) -> bool:
        x, weight, bias = problem[0]
        return bool(np.all(np.abs(x @ weight + bias) > 0.05))

    return layers().filter(is_clear)
