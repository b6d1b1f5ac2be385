import numpy as np
import pytest

from backprop import Tensor, log_softmax, logsumexp, softmax

LARGE = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]])


def slope(f, x):
    leaf = Tensor(x)
    f(leaf).sum().backward()
    return leaf.grad


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
class TestStability:
    def test_logsumexp(self, dtype):
        x = LARGE.astype(dtype)
        np.testing.assert_allclose(logsumexp(Tensor(x), axis=1).value, [1e4, -1e4 + np.log(3)], rtol=1e-6)
        np.testing.assert_allclose(slope(lambda x: logsumexp(x, axis=1), x), [[1, 0, 0], [1 / 3] * 3], rtol=1e-3)

    def test_softmax(self, dtype):
        x = LARGE.astype(dtype)
        np.testing.assert_allclose(softmax(Tensor(x)).value, [[1, 0, 0], [1 / 3] * 3], rtol=1e-6)
        np.testing.assert_allclose(
            slope(lambda x: softmax(x)[:, 0], x), [[0, 0, 0], [2 / 9, -1 / 9, -1 / 9]], rtol=1e-6
        )

    def test_log_softmax(self, dtype):
        x = LARGE.astype(dtype)
        np.testing.assert_allclose(log_softmax(Tensor(x)).value, [[0, -2e4, -1e4], [-np.log(3)] * 3], rtol=1e-6)
        found = slope(lambda x: log_softmax(x)[:, 0], x)
        np.testing.assert_allclose(found, [[0, 0, 0], [2 / 3, -1 / 3, -1 / 3]], rtol=1e-6)


def test_logsumexp_with_infinities():
    assert logsumexp(np.array([-np.inf, -np.inf])) == -np.inf
    assert logsumexp(np.array([-np.inf, 0.0])) == 0.0
    np.testing.assert_array_equal(slope(logsumexp, [-np.inf, 0.0]), [0.0, 1.0])
