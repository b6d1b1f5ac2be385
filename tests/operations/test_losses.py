import numpy as np
import pytest
from differences import assert_close

from backprop import ShapeError, Tensor, binary_cross_entropy, cross_entropy, log_softmax, mean_squared_error, sigmoid
from backprop.operations.losses import CrossEntropy

LARGE = np.array([[1e4, -1e4], [-1e4, 1e4]])


def slope(f, x):
    leaf = Tensor(x)
    f(leaf).backward()
    return leaf.grad


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
class TestStability:
    def test_cross_entropy(self, dtype):
        x = LARGE.astype(dtype)
        assert float(cross_entropy(Tensor(x), [0, 1])) == 0.0
        assert float(cross_entropy(Tensor(x), [1, 1])) == 1e4
        np.testing.assert_array_equal(slope(lambda x: cross_entropy(x, [1, 1]), x), [[0.5, -0.5], [0, 0]])
        assert slope(lambda x: cross_entropy(x, [1, 1]), x).dtype == dtype

    def test_binary_cross_entropy(self, dtype):
        x = np.array([-1e4, 1e4], dtype)
        assert float(binary_cross_entropy(Tensor(x), [0, 1])) == 0.0
        assert float(binary_cross_entropy(Tensor(x), [1, 1])) == 5e3
        np.testing.assert_array_equal(slope(lambda x: binary_cross_entropy(x, [1, 1]), x), [-0.5, 0])


def test_logit_of_minus_infinity_is_a_class_that_cannot_be():
    x = np.array([[-np.inf, 0.0, 0.0]])
    assert float(cross_entropy(Tensor(x), [1])) == pytest.approx(np.log(2))
    np.testing.assert_allclose(slope(lambda x: cross_entropy(x, [1]), x), [[0.0, -0.5, 0.5]])


def test_labels_and_one_hot_probabilities_agree():
    x, labels = np.random.default_rng(0).normal(size=(2, 3, 4)), np.array([[0, 1, 2], [3, 0, 1]])
    one_hot = np.eye(4)[labels]
    assert float(cross_entropy(Tensor(x), labels)) == float(cross_entropy(Tensor(x), one_hot))
    by_hand = slope(lambda x: -(log_softmax(x) * one_hot).sum() / 6, x)
    assert_close(slope(lambda x: cross_entropy(x, labels), x), by_hand, 1e-12)


def test_binary_and_softmax_agree():
    x, t = np.array([-2.0, 0.5, 3.0]), np.array([1.0, 0.0, 0.3])
    p = sigmoid(x)
    expected = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    assert float(binary_cross_entropy(Tensor(x), t)) == pytest.approx(expected, rel=1e-12)
    pairs = np.stack([np.zeros(3), x], axis=1)
    assert float(cross_entropy(pairs, np.stack([1 - t, t], axis=1))) == pytest.approx(expected, rel=1e-12)


def test_one_example():
    assert float(binary_cross_entropy(Tensor(0.0), 1)) == pytest.approx(np.log(2))
    assert slope(lambda x: binary_cross_entropy(x, 1), 0.0) == -0.5
    assert float(cross_entropy(Tensor([0.0, 0.0]), 0)) == pytest.approx(np.log(2))


def test_targets_changed_after_use_have_no_effect():
    targets = np.array([[1.0, 0.0]])
    x = Tensor([[0.0, 0.0]])
    y = cross_entropy(x, targets)
    targets[:] = [[0.0, 1.0]]
    y.backward()
    np.testing.assert_array_equal(x.grad, [[-0.5, 0.5]])


@pytest.mark.parametrize(
    ("shape", "targets", "message"),
    [
        ((2, 3), [0, 3], r"label 3 is no class; with 3 classes the labels are 0 to 2"),
        ((2, 3), [0, -1], r"label -1 is no class"),
        ((2, 3), [0], r"targets of shape \(1,\).*do not fit logits of shape \(2, 3\)"),
        ((2, 3), [0.0, 1.0], r"give whole-number labels of shape \(2,\) or probabilities of shape \(2, 3\)"),
        ((1, 2), [[0.5, 0.6]], "adding up to 1"),
        ((1, 2), [[1.5, -0.5]], "not negative"),
        ((), 0, "at least one example"),
        ((0, 2), [], "at least one example"),
    ],
)
def test_cross_entropy_refuses(shape, targets, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy(Tensor(np.zeros(shape)), targets)


@pytest.mark.parametrize(
    ("shape", "targets", "message"),
    [
        ((2,), [0, 1, 1], r"targets of shape \(3,\) do not fit logits of shape \(2,\)"),
        ((0,), [], "at least one example"),
        ((2,), [0, 2], "between 0 and 1"),
        ((2,), [0, np.nan], "between 0 and 1"),
    ],
)
def test_binary_cross_entropy_refuses(shape, targets, message):
    with pytest.raises(ValueError, match=message):
        binary_cross_entropy(Tensor(np.zeros(shape)), targets)


def test_targets_are_no_tensors():
    x = Tensor([[0.0, 0.0]])
    for loss in (cross_entropy, binary_cross_entropy):
        with pytest.raises(TypeError):
            loss(x, Tensor([[1.0, 0.0]]))


def test_mean_squared_error_of_nothing():
    with pytest.raises(ShapeError, match="mean of no entries"):
        mean_squared_error(Tensor(np.zeros(0)), np.zeros(0))


def test_no_gradient_for_logits_that_are_constant():
    targets = Tensor([[0.5, 0.5]])
    CrossEntropy()(np.array([[1.0, 2.0]]), targets).backward()
    assert targets.grad is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("apart", [0.0, 5.0, 75.0, 80.0, 100.0, 700.0, 1e4])
def test_rows_far_from_each_other(dtype, apart):
    """One shift serves all rows as long as no row's exponentials vanish."""
    x = np.array([[0.0, 1.0, -1.0], [2.0, 0.5, 0.0]])
    x[1] -= apart
    x = x.astype(dtype)
    exact = x.astype(np.longdouble)
    exact -= exact.max(-1, keepdims=True)
    expected = np.mean(np.log(np.exp(exact).sum(-1)) - exact[[0, 1], [1, 2]])
    tolerance = 100 * float(np.finfo(dtype).eps)
    assert float(cross_entropy(Tensor(x), [1, 2])) == pytest.approx(float(expected), rel=tolerance)
    p = np.exp(exact) / np.exp(exact).sum(-1, keepdims=True)
    p[[0, 1], [1, 2]] -= 1
    np.testing.assert_allclose(slope(lambda x: cross_entropy(x, [1, 2]), x), p / 2, rtol=tolerance)
