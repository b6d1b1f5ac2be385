import numpy as np
import pytest

from backprop import Tensor, elu, gelu, grad, leaky_relu, relu, sigmoid, softplus

LARGE = [-1e4, -100.0, 100.0, 1e4]


def slope(f, x):
    leaf = Tensor(x)
    f(leaf).sum().backward()
    return leaf.grad


@pytest.mark.parametrize(
    ("f", "at_zero"),
    [
        (relu, 0.0),
        (leaky_relu, 0.01),
        (lambda x: leaky_relu(x, 0.3), 0.3),
        (elu, 1.0),
        (lambda x: elu(x, 0.5), 0.5),
    ],
    ids=["relu", "leaky_relu", "leaky_relu 0.3", "elu", "elu 0.5"],
)
def test_derivative_at_the_kink(f, at_zero):
    assert grad(f)(0.0) == at_zero
    np.testing.assert_array_equal(slope(f, [0.0, -0.0]), [at_zero, at_zero])
    np.testing.assert_array_equal(slope(f, np.zeros(2, np.float32)), np.float32([at_zero, at_zero]))


@pytest.mark.parametrize(
    ("f", "values", "slopes"),
    [
        (sigmoid, [0, 0, 1, 1], [0, 0, 0, 0]),
        (softplus, [0, 0, 100, 1e4], [0, 0, 1, 1]),
        (relu, [0, 0, 100, 1e4], [0, 0, 1, 1]),
        (leaky_relu, [-100, -1, 100, 1e4], [0.01, 0.01, 1, 1]),
        (elu, [-1, -1, 100, 1e4], [0, 0, 1, 1]),
        (gelu, [0, 0, 100, 1e4], [0, 0, 1, 1]),
    ],
    ids=["sigmoid", "softplus", "relu", "leaky_relu", "elu", "gelu"],
)
class TestLargeNumbers:
    """No overflow, no warning: the tests turn warnings into errors."""

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_arrays(self, f, values, slopes, dtype):
        x = np.array(LARGE, dtype)
        np.testing.assert_allclose(f(Tensor(x)).value, values, rtol=1e-6, atol=1e-30)
        np.testing.assert_allclose(slope(f, x), slopes, rtol=1e-6, atol=1e-30)

    def test_floats(self, f, values, slopes):
        for x, value, expected in zip(LARGE, values, slopes, strict=True):
            assert f(Tensor(x)).value == pytest.approx(value, rel=1e-12, abs=1e-30)
            assert grad(f)(x) == pytest.approx(expected, rel=1e-12, abs=1e-30)


def test_small_tails_keep_their_digits():
    assert sigmoid(-700.0) == pytest.approx(np.exp(-700), rel=1e-12)
    assert softplus(-700.0) == pytest.approx(np.exp(-700), rel=1e-12)


def test_parameter_is_a_number():
    for f in (leaky_relu, elu):
        with pytest.raises(TypeError, match="is a parameter, to which no gradient flows"):
            f(Tensor(1.0), Tensor(0.1))
