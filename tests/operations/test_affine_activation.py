"""Beyond the table of operations: what is computed in one call is what the VJPs give one by one."""

import numpy as np
import pytest

from backprop.operations import affine, affine_relu, affine_sigmoid, affine_tanh, relu, sigmoid, tanh

PAIRS = [(affine_tanh, tanh), (affine_relu, relu), (affine_sigmoid, sigmoid)]


def operands(rows=(5,), dtype=float):
    rng = np.random.default_rng(3)
    return [rng.normal(size=shape).astype(dtype) for shape in ((*rows, 4), (4, 3), (3,))]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("both", "activation"), PAIRS)
class TestTwoInOne:
    def test_value(self, both, activation, dtype):
        y = both(*operands(dtype=dtype))
        np.testing.assert_array_equal(y, activation(affine(*operands(dtype=dtype))))
        assert y.dtype == dtype

    @pytest.mark.parametrize("rows", [(), (5,), (2, 3)])
    def test_contributions_are_the_vjps(self, both, activation, dtype, rows):
        given = operands(rows, dtype)
        y = both(*given)
        g = np.random.default_rng(4).normal(size=y.shape).astype(dtype)
        kept = [a.copy() for a in (g, y, *given)]
        places = [None, np.empty_like(given[1]), np.empty_like(given[2])]
        found = both.contributions(g, y, given, places)
        assert (found[1] is places[1], found[2] is places[2]) == (True, True)
        for position, contribution in enumerate(found):
            expected = both.vjp(position, g, y, given)
            np.testing.assert_allclose(contribution, expected, 50 * np.finfo(dtype).eps, 10 * np.finfo(dtype).eps)
            assert (contribution.dtype, contribution.shape) == (dtype, given[position].shape)
        for before, after in zip(kept, (g, y, *given), strict=True):
            np.testing.assert_array_equal(before, after)

    def test_nothing_for_those_who_want_nothing(self, both, activation, dtype):
        given = operands(dtype=dtype)
        y = both(*given)
        assert both.contributions(y, y, given, [False, False, False]) == (None, None, None)


@pytest.mark.parametrize(("both", "activation"), PAIRS)
def test_whole_numbers(both, activation):
    given = [np.ones(shape, int) for shape in ((2, 4), (4, 3), (3,))]
    np.testing.assert_array_equal(both(*given), activation(affine(*given)))


def test_mixed_precision_is_left_to_the_vjps():
    x, weight, bias = operands()
    y = affine_tanh(x, weight.astype(np.float32), bias)
    assert affine_tanh.contributions(y, y, (x, weight.astype(np.float32), bias), (None, None, None)) is None
