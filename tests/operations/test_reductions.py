import numpy as np
import pytest
from differences import assert_close

from backprop import ShapeError, Tensor, cumsum, grad, log_softmax, logsumexp, mean, prod, softmax, std, var
from backprop.operations import max_, min_, sum_


def slope(f, x):
    leaf = Tensor(x)
    f(leaf).sum().backward()
    return leaf.grad


class TestTies:
    def test_share_equally(self):
        np.testing.assert_array_equal(slope(max_, [1.0, 3.0, 3.0]), [0.0, 0.5, 0.5])
        np.testing.assert_array_equal(slope(min_, [[1.0, 1.0], [1.0, 1.0]]), np.full((2, 2), 0.25))

    def test_along_an_axis(self):
        x = [[1.0, 2.0, 2.0], [5.0, 4.0, 3.0]]
        np.testing.assert_array_equal(slope(lambda x: max_(x, axis=1), x), [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]])
        np.testing.assert_array_equal(slope(lambda x: min_(x, axis=(0, 1)), x), [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("value", [0.1, 0.0, -7.3, 1e10 / 3])
def test_spread_of_equal_entries_is_flat(value):
    """Also where the rounded mean differs from the entries, and the deviation is not 0."""
    np.testing.assert_array_equal(slope(std, [value] * 3), [0.0] * 3)
    np.testing.assert_allclose(slope(var, [value] * 3), [0.0] * 3, atol=1e-5)


def test_spread_with_one_flat_row():
    x = np.array([[0.1, 0.1, 0.1], [1.0, 2.0, 4.0]])
    found = slope(lambda x: std(x, axis=1), x)
    np.testing.assert_array_equal(found[0], [0.0, 0.0, 0.0])
    assert_close(found[1], (x[1] - x[1].mean()) / (3 * x[1].std()))


def test_product_of_others_with_zeros():
    np.testing.assert_array_equal(slope(prod, [2.0, 0.0, 3.0]), [0.0, 6.0, 0.0])
    np.testing.assert_array_equal(slope(prod, [0.0, 0.0, 3.0]), [0.0, 0.0, 0.0])
    x = np.array([[[2.0, 0.0], [3.0, 4.0]], [[0.0, 5.0], [0.0, 1.0]]])
    others = [[[0.0, 24.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]
    np.testing.assert_array_equal(slope(lambda x: prod(x, axis=(1, -1)), x), others)
    np.testing.assert_array_equal(slope(lambda x: prod(x, axis=0, keepdims=True), x)[:, 1, 0], [0.0, 3.0])


def test_second_derivative_of_product_with_a_zero():
    hessian = [grad(lambda x, i=i: grad(prod)(x)[i])(np.array([2.0, 0.0, 3.0])) for i in range(3)]
    np.testing.assert_array_equal(hessian, [[0.0, 3.0, 0.0], [3.0, 0.0, 2.0], [0.0, 2.0, 0.0]])


@pytest.mark.parametrize("f", [sum_, prod, max_, min_, softmax, log_softmax, logsumexp, cumsum])
def test_axis_of_one_number(f):
    """NumPy lets a single number have the axis 0."""
    leaf = Tensor(2.0)
    f(leaf, axis=0).backward()
    assert leaf.grad == (0.0 if f in (softmax, log_softmax) else 1.0)


def test_axis_may_be_a_numpy_integer_or_a_list():
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(slope(lambda x: sum_(x, np.int64(0)), x), np.ones((2, 3)))
    np.testing.assert_array_equal(slope(lambda x: mean(x, [0, np.int64(-1)]), x), np.full((2, 3), 1 / 6))


@pytest.mark.parametrize("f", [max_, min_, logsumexp])
def test_no_entries(f):
    with pytest.raises(ShapeError, match=r"cannot be applied to shape \(0,\)"):
        f(Tensor(np.zeros(0)))


@pytest.mark.parametrize("f", [mean, var, std])
def test_mean_of_no_entries_is_nan_with_an_empty_gradient(f):
    x = Tensor(np.zeros((0, 2)))
    with pytest.warns(RuntimeWarning):
        y = f(x, axis=0)
    assert np.isnan(y.value).all()
    y.sum().backward()
    assert x.grad.shape == (0, 2)


def test_too_few_entries_for_ddof():
    x = Tensor([1.0])
    with pytest.warns(RuntimeWarning):
        y = var(x, ddof=1)
    y.backward()
    assert np.isnan(x.grad).all()


def test_cumsum_of_all():
    np.testing.assert_array_equal(cumsum(Tensor([[1.0, 2.0], [3.0, 4.0]])).value, [1.0, 3.0, 6.0, 10.0])


def test_wrong_axis_is_named():
    with pytest.raises(ShapeError, match=r"sum\(axis=2, keepdims=False\) cannot be applied to shape \(2, 3\)"):
        sum_(Tensor(np.ones((2, 3))), axis=2)
