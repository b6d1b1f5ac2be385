import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from operands import SHAPES

from backprop import (
    ShapeError,
    Tensor,
    broadcast_to,
    concatenate,
    expand_dims,
    pad,
    reshape,
    squeeze,
    stack,
    swapaxes,
    transpose,
)
from backprop.operations import astype, sum_to
from backprop.operations.shapes import size_along


def assert_moves(call, reference, value):
    """The result is NumPy's, and the gradient of each entry is the upstream gradient of where it went."""
    x = Tensor(value)
    y = call(x)
    expected = reference(value)
    np.testing.assert_array_equal(y.value, expected)
    assert y.shape == expected.shape
    y.backward(expected)
    np.testing.assert_array_equal(x.grad, value)


@given(shape=SHAPES, data=st.data())
def test_expand_dims_and_squeeze(shape, data):
    value = np.arange(float(np.prod(shape, dtype=int))).reshape(shape)
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    assert_moves(lambda x: expand_dims(x, axis), lambda x: np.expand_dims(x, axis), value)
    assert_moves(squeeze, np.squeeze, value)
    longer = np.expand_dims(value, axis)
    assert_moves(lambda x: squeeze(x, axis), lambda x: np.squeeze(x, axis), longer)


@given(shape=SHAPES.filter(bool), data=st.data())
def test_swapaxes(shape, data):
    value = np.arange(float(np.prod(shape, dtype=int))).reshape(shape)
    first, second = (data.draw(st.integers(-len(shape), len(shape) - 1)) for _ in range(2))
    assert_moves(lambda x: swapaxes(x, first, second), lambda x: np.swapaxes(x, first, second), value)


@pytest.mark.parametrize(
    ("call", "axis"),
    [(lambda x: expand_dims(x, 3), 3), (lambda x: expand_dims(x, -4), -4), (lambda x: swapaxes(x, 0, 2), 2)],
)
def test_axis_out_of_bounds(call, axis):
    with pytest.raises(ValueError, match=f"axis {axis} is out of bounds"):
        call(Tensor(np.ones((2, 3))))


def test_squeeze_of_a_long_axis():
    with pytest.raises(ValueError, match="not equal to one"):
        squeeze(Tensor(np.ones((2, 3))), 0)


@pytest.mark.parametrize("shape", [6, (6,), [3, -1], np.array([3, 2]), np.int64(6), (np.int64(2), 3)])
def test_sizes(shape):
    value = np.arange(6.0).reshape(2, 3)
    assert_moves(lambda x: reshape(x, shape), lambda x: np.reshape(x, shape), value)
    assert broadcast_to(Tensor(1.0), shape if -1 not in np.atleast_1d(shape) else 3).value.size in (3, 6)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: reshape(x, (4, 2)), "reshape"),
        (lambda x: transpose(x, (0, 0)), "transpose"),
        (lambda x: broadcast_to(x, (3, 3)), "broadcast_to"),
        (lambda x: concatenate([x, x[0]]), "concatenate"),
        (lambda x: stack([x, x[0]]), "stack"),
        (lambda x: pad(x, -1), "pad"),
    ],
)
def test_shape_error_names_the_operation_and_the_shape(call, name):
    with pytest.raises(ShapeError, match=rf"^{name}\(.*cannot be applied to shapes? \(2, 3\)"):
        call(Tensor(np.ones((2, 3))))


def test_concatenate_flattened():
    a, b = Tensor([[1.0, 2.0]]), Tensor(3.0)
    y = concatenate([a, b], axis=None)
    y.backward([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(y.value, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(a.grad, [[1.0, 2.0]])
    assert b.grad == 3.0


def test_join_of_tensors_and_constants():
    a = Tensor(2.0)
    y = stack([1.0, a, 3])
    y.backward([5.0, 6.0, 7.0])
    np.testing.assert_array_equal(y.value, [1.0, 2.0, 3.0])
    assert a.grad == 6.0


def test_padding_is_a_number():
    with pytest.raises(TypeError, match="constant is a parameter"):
        pad(Tensor([1.0]), 1, Tensor(0.0))


def test_sum_to_its_own_shape_is_itself():
    x = Tensor([1.0, 2.0])
    assert sum_to(x, (2,)) is x


def test_astype_keeps_a_float():
    assert type(astype(2.0, np.float64)) is float
    assert astype(Tensor(2.0), np.float32).dtype == np.float32


def test_size_along():
    assert [size_along((2, 3, 4), axis) for axis in (None, 1, (0, -1), ())] == [24, 3, 8, 1]
    assert size_along((), 0) == 1
