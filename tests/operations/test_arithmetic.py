import math

import numpy as np
import pytest

from backprop import Tensor, absolute, divide, grad, power, sqrt


def gradients(f, *values):
    leaves = [Tensor(v) for v in values]
    f(*leaves).backward(np.ones(f(*leaves).shape))
    return [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("make", [float, lambda x: np.array([x])], ids=["float", "array"])
class TestPowerAtZero:
    def test_base_zero(self, make):
        """0^b has derivative 0 with respect to b."""
        a, b = gradients(power, make(0.0), make(2.0))
        assert (a, b) == (0.0, 0.0)

    def test_exponent_zero(self, make):
        """x^0 = 1 has derivative 0 with respect to x, at 0 as well."""
        for x in (0.0, 3.0):
            assert gradients(lambda a: a**0, make(x)) == [0.0]
            assert gradients(power, make(x), make(0.0))[0] == 0.0

    def test_exponent_one(self, make):
        assert gradients(lambda a: a**1, make(0.0)) == [1.0]
        assert gradients(power, make(0.0), make(1.0))[0] == 1.0

    def test_second_derivative_of_square(self, make):
        x = Tensor(make(0.0))
        assert grad(lambda v: grad(lambda u: (u**2).sum() if u.shape else u**2)(v).sum())(x.value) == 2.0


def test_negative_base_and_whole_exponent():
    assert gradients(lambda a: a**3, -2.0) == [12.0]
    np.testing.assert_array_equal(gradients(lambda a: a ** np.array([2, 3]), [-1.0, -2.0])[0], [-2.0, 12.0])


def test_root_of_negative_number():
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert math.isnan(power(Tensor(-8.0), 1 / 3).value)


def test_absolute_at_zero():
    assert gradients(absolute, 0.0) == [0.0]
    np.testing.assert_array_equal(gradients(absolute, [-2.0, 0.0, 3.0])[0], [-1.0, 0.0, 1.0])


@pytest.mark.parametrize(("a", "expected"), [(1.0, math.inf), (-1.0, -math.inf), (0.0, math.nan)])
def test_division_by_zero_is_that_of_numpy(a, expected):
    with pytest.warns(RuntimeWarning):
        number = divide(Tensor(a), 0.0).value
    with pytest.warns(RuntimeWarning):
        array = divide(Tensor([a]), 0.0).value[0]
    np.testing.assert_array_equal([number, array], [expected, expected])


def test_slope_of_root_at_zero_is_infinite():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert gradients(sqrt, 0.0) == [math.inf]


@pytest.mark.parametrize("f", [lambda x: x + x, lambda x: x - x, lambda x: x * x, lambda x: x / x, lambda x: x**x])
def test_both_operands_the_same_tensor(f):
    """Two edges from one tensor: both contributions count."""
    x = Tensor(1.5)
    y = f(x)
    assert len(y.inputs) == 2
    y.backward()
    h = 1e-5
    assert x.grad == pytest.approx((f(Tensor(1.5 + h)).value - f(Tensor(1.5 - h)).value) / (2 * h), abs=1e-9)
