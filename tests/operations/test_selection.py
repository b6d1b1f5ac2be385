import numpy as np
import pytest

from backprop import Tensor, clip, grad, maximum, minimum, where


@pytest.mark.parametrize("f", [maximum, minimum])
def test_tie_is_shared_equally(f):
    assert grad(f, (0, 1))(2.0, 2.0) == (0.5, 0.5)
    a, b = Tensor([1.0, 2.0, 3.0]), Tensor([1.0, 3.0, 2.0])
    f(a, b).sum().backward()
    chosen = f(a.value, b.value) == a.value
    np.testing.assert_array_equal(a.grad, [0.5, *chosen[1:]])
    np.testing.assert_array_equal(a.grad + b.grad, [1.0, 1.0, 1.0])


def test_clip_at_its_borders():
    clipped = lambda x: clip(x, -1.0, 1.0)  # noqa: E731
    assert [grad(clipped)(x) for x in (-1.0, 0.0, 1.0, 1.1, -1.1)] == [1.0, 1.0, 1.0, 0.0, 0.0]


def test_clip_on_one_side():
    x = Tensor([-2.0, 0.0, 2.0])
    np.testing.assert_array_equal(clip(x, high=1.0).value, [-2.0, 0.0, 1.0])
    np.testing.assert_array_equal(clip(x, low=-1.0).value, [-1.0, 0.0, 2.0])


def test_clip_refuses_wrong_bounds():
    x = Tensor([1.0])
    with pytest.raises(ValueError, match=r"the interval \[2, 1\] is empty"):
        clip(x, 2, 1)
    with pytest.raises(TypeError, match="bounds are numbers"):
        clip(x, np.zeros(1), np.ones(1))
    with pytest.raises(TypeError, match="low is a parameter"):
        clip(x, Tensor(0.0))


def test_where_gives_the_condition_no_gradient():
    condition, a, b = Tensor([1.0, 0.0]), Tensor([1.0, 2.0]), Tensor(3.0)
    y = where(condition, a, b)
    y.sum().backward()
    np.testing.assert_array_equal(y.value, [1.0, 3.0])
    np.testing.assert_array_equal(a.grad, [1.0, 0.0])
    assert b.grad == 1.0
    assert condition.grad is None


def test_where_of_numbers():
    a = Tensor(2.0)
    y = where(True, a, 5.0) * where(False, 7.0, a)
    y.backward()
    assert (y.value, a.grad) == (4.0, 4.0)
    assert where(True, 1.0, 2.0) == 1.0
    assert grad(grad(lambda x: where(True, x**3, x)))(2.0) == 12.0


def test_condition_changed_after_use_has_no_effect():
    condition, a = np.array([True, False]), Tensor([1.0, 2.0])
    y = where(condition, a, 0.0).sum()
    condition[:] = True
    y.backward()
    np.testing.assert_array_equal(a.grad, [1.0, 0.0])
