import numpy as np
import pytest

from backprop import Tensor

INDICES = [
    0,
    -1,
    np.int64(2),
    slice(1, 3),
    slice(None, None, -1),
    slice(3, 0, -2),
    slice(2, 2),
    None,
    ...,
    (..., 0),
    (None, 1, ..., None),
    (slice(None, None, 2), slice(None, None, -1)),
    [0, 0, 3],
    np.array([[1, 1], [-1, 0]]),
    (np.array([0, 0, 1]), np.array([2, 2, -1])),
    (np.array([[0], [1]]), np.array([[0, 2]])),
    (slice(None), [0, 0, 1]),
    ([1, 1], slice(None, None, -1)),
    (np.array([1, 1]), None, slice(0, 2)),
    np.array([True, False, True, True]),
    np.zeros(4, bool),
    (slice(None), np.array([True, False, True])),
    (np.array([True, False, True, False]), np.array([0, 0])),
    np.arange(12).reshape(4, 3) % 2 == 0,
    np.array([], int),
    True,
    False,
    (),
]


@pytest.mark.parametrize("index", INDICES, ids=[str(i) for i in range(len(INDICES))])
def test_every_kind_of_index(index):
    """An entry that is selected n times gets n contributions, each at its own place."""
    value = np.arange(12.0).reshape(4, 3)
    x = Tensor(value)
    y = x[index]
    expected = np.asarray(value[index])
    np.testing.assert_array_equal(y.value, expected)
    assert y.shape == expected.shape
    seed = np.arange(1.0, expected.size + 1).reshape(expected.shape)
    y.backward(seed)
    gradient = np.zeros((4, 3))
    for entry, upstream in zip(expected.ravel(), seed.ravel(), strict=True):
        gradient[divmod(int(entry), 3)] += upstream
    np.testing.assert_array_equal(x.grad, gradient)


def test_index_changed_after_use_has_no_effect():
    for index in (np.array([0, 0]), [0, 0]):
        x = Tensor([1.0, 2.0])
        y = x[index].sum()
        index[0] = 1
        y.backward()
        np.testing.assert_array_equal(x.grad, [2.0, 0.0])


def test_tensor_is_no_index():
    x = Tensor([1.0, 2.0])
    for index in (x, (None, x)):
        with pytest.raises(TypeError, match="a tensor cannot be an index"):
            x[index]


@pytest.mark.parametrize("index", [5, (0, 0), 0.5])
def test_index_outside(index):
    with pytest.raises(IndexError):
        Tensor([1.0, 2.0])[index]


def test_index_of_a_number():
    x = Tensor(3.0)
    y = x[None] * [1.0, 2.0]
    y.sum().backward()
    assert x.grad == 3.0
    with pytest.raises(IndexError):
        x[0]
