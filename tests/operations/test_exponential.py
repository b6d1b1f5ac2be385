import math

import numpy as np
import pytest

from backprop import Tensor, exp, expm1, log, log1p


@pytest.mark.parametrize("f", [expm1, log1p])
def test_exact_for_small_numbers(f):
    for x in (Tensor(1e-18), Tensor([1e-18])):
        assert float(f(x)) == 1e-18


@pytest.mark.parametrize("x", [0.0, -1.0])
def test_logarithm_outside_its_domain(x):
    with pytest.warns(RuntimeWarning):
        number = float(log(Tensor(x)))
    with pytest.warns(RuntimeWarning):
        array = float(log(Tensor([x])))
    np.testing.assert_array_equal(number, array)
    np.testing.assert_array_equal(number, -math.inf if x == 0 else math.nan)


def test_overflow_gives_infinity_for_numbers_as_for_arrays():
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert float(exp(Tensor(1000.0))) == math.inf
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert float(exp(Tensor([1000.0]))) == math.inf
