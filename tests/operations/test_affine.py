"""Beyond the table of operations."""

import pickle

import numpy as np
import pytest

from backprop import ShapeError, Tensor, affine
from backprop.operations import affine as operation


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("outputs", "biases"), [(5, 1), (1, 5), (5, 4)])
def test_the_bias_is_not_broadcast(outputs, biases, dtype):
    with pytest.raises(ShapeError, match=r"the bias \(outputs,\)"):
        affine(np.ones((4, 3)), Tensor(np.ones((3, outputs))), Tensor(np.ones(biases, dtype)))


@pytest.mark.parametrize("x", [2.0, Tensor(2.0)])
def test_a_number_has_no_inputs(x):
    with pytest.raises(ShapeError, match=r"x is \(…, inputs\)"):
        affine(x, Tensor([[1.0]]), Tensor([1.0]))
    with pytest.raises(ValueError, match=r"x is \(…, inputs\)"):
        affine(2.0, [[1.0]], [1.0])


def test_lists():
    np.testing.assert_array_equal(affine([[1, 2]], [[3.0], [4.0]], [5.0]), [[16.0]])


def test_a_precision_that_was_unpickled_is_the_same():
    """It is another object, equal to that of NumPy: a model out of a file would take half as long again."""
    x, weight, _ = operands = [pickle.loads(pickle.dumps(np.ones(shape))) for shape in ((2, 3), (3, 4), (4,))]
    assert x.dtype is not np.ones(1).dtype
    y = affine(*operands)
    _, to_weight, _ = operation.contributions(y, y, operands, [False, None, None])
    np.testing.assert_array_equal(to_weight, np.full(weight.shape, 8.0))
