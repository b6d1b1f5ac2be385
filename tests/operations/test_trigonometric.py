import math

import numpy as np
import pytest

from backprop import Tensor, cos, sin, sqrt, tanh


@pytest.mark.parametrize("f", [sin, cos])
def test_infinite_angle_is_nan_for_numbers_as_for_arrays(f):
    for x in (Tensor(math.inf), Tensor([math.inf])):
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert math.isnan(float(f(x)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tanh_is_stable(dtype):
    x = Tensor(np.array([-1e4, 1e4], dtype))
    y = tanh(x)
    y.sum().backward()
    np.testing.assert_array_equal(y.value, [-1, 1])
    np.testing.assert_array_equal(x.grad, [0, 0])


def test_tanh_of_large_number():
    assert tanh(Tensor(1e4)).value == 1.0


@pytest.mark.parametrize("value", [0.0, [0.0]])
def test_tanh_passes_an_infinite_gradient_on(value):
    x = Tensor(value)
    with np.errstate(divide="ignore"):
        sqrt(tanh(x)).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(x.shape, np.inf))
