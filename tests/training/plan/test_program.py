"""Programs: NumPy calls on values become instructions, each once, in the cheapest form."""

import numpy as np
import pytest

from backprop.training.plan.instructions import Copy, Product, Reduce, Ufunc, View
from backprop.training.plan.program import Program


def names(program: Program) -> list[str]:
    return [type(value.instruction).__name__ for value in program.values]


def test_equal_instructions_are_added_once():
    program = Program()
    x = program.argument("x", (3, 2), float)
    assert np.tanh(x) is np.tanh(x)
    assert x * 2 is x * 2
    assert x * 2 is not x * 2.0
    assert np.sum(x, axis=0) is np.sum(x, axis=(0,))
    assert x[1:] is x[1:]
    assert x[1:] is not x[:1]


def test_arrays_are_told_apart_by_their_place():
    """Two parameters that are equal now will differ after an update."""
    program = Program()
    for shape in [(), (1,), (2, 3)]:
        a, b = np.ones(shape), np.ones(shape)
        assert program.constant(a) is program.constant(a)
        assert program.constant(a) is not program.constant(b)


def test_numbers_are_told_apart_by_their_kind():
    program = Program()
    found = [program.constant(n) for n in (1, 1.0, True, np.float32(1), 0.0, -0.0)]
    assert len(set(found)) == len(found)
    assert program.constant(0.1) is program.constant(0.1)


def test_sums_are_products_with_ones():
    program = Program()
    x = program.argument("x", (5, 40), float)
    for axis, shape in [(0, (40,)), (1, (5,)), (None, ())]:
        assert np.sum(x, axis=axis).shape == shape
    assert {type(v.instruction) for v in program.values} == {Product, View}


@pytest.mark.parametrize("size", [8, 200])
def test_only_short_rows_are_transposed(size: int):
    program = Program()
    x = program.argument("x", (5, size), float)
    assert np.max(x, axis=1, keepdims=True).shape == (5, 1)
    assert ("Copy" in names(program)) == (size == 8)


@pytest.mark.parametrize(("exponent", "function"), [(2, np.square), (0.5, np.sqrt), (-1, np.reciprocal), (3, np.power)])
def test_powers(exponent: float, function: np.ufunc):
    x = Program().argument("x", (3,), float)
    assert (x**exponent).instruction == Ufunc(function)


def test_masks_have_the_precision_of_what_is_compared():
    program = Program()
    for dtype in ("float32", "float64"):
        x = program.argument("x", (3,), dtype)
        assert (x > 0).dtype == dtype
        assert ((x > 0) * x).dtype == dtype
    assert (program.argument("y", (3,), int) == 1).dtype == bool


def test_precision_is_that_of_numpy():
    program = Program()
    x = program.argument("x", (3,), "float32")
    assert (x * 0.5).dtype == "float32"
    assert (x * np.float64(0.5)).dtype == "float64"
    assert (x + np.ones(3)).dtype == "float64"
    assert np.sum(program.argument("y", (3,), "int8")).dtype == int


def test_forget():
    program = Program()
    x = program.argument("x", (3,), float)
    kept = np.exp(x)
    taken_back = np.sin(x)
    program.forget(1)
    assert program.values == [kept]
    assert np.exp(x) is kept
    assert np.sin(x) is not taken_back
    assert len(program.values) == 2


def test_views_that_change_nothing_are_the_array():
    program = Program()
    x = program.argument("x", (3, 2), float)
    assert np.reshape(x, (3, 2)) is x
    assert np.broadcast_to(x, (3, 2)) is x
    twice = np.reshape(np.reshape(x, (6,)), (2, 3))
    assert twice.inputs == (x,)
    assert program.copy(x).instruction == Copy(np.dtype(float))


def test_what_there_is_no_instruction_for():
    x = Program().argument("x", (3, 0), float)
    for call in (bool, np.cumsum, np.mean, lambda v: np.add(v, 1, out=np.ones((3, 0))), np.modf):
        with pytest.raises(NotImplementedError):
            call(x)


def test_reductions_of_whole_numbers_are_reductions():
    x = Program().argument("x", (5, 4), int)
    assert np.sum(x, axis=1).instruction == Reduce(np.add, 1, False)
