import numpy as np
import pytest

from backprop.nn import Embedding


def test_rows_of_the_table():
    layer = Embedding(5, 3, seed=0)
    x = np.array([[0, 4], [4, 4]])
    np.testing.assert_array_equal(layer(x).value, layer.weight.value[x])


def test_a_row_that_is_used_twice_gets_both_gradients():
    layer = Embedding(4, 2, seed=0)
    layer([1, 3, 1]).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_same_as_torch(torch):
    layer, x = Embedding(5, 3, seed=0), np.array([[0, 4], [4, 1]])
    weight = torch.tensor(layer.weight.value.copy(), requires_grad=True)
    (layer(x) ** 2).sum().backward()
    (torch.nn.functional.embedding(torch.tensor(x), weight) ** 2).sum().backward()
    np.testing.assert_allclose(layer.weight.grad, weight.grad.numpy(), rtol=1e-12)


def test_what_is_no_row():
    with pytest.raises(IndexError, match="index 5 is no row of a table of 5 rows"):
        Embedding(5, 3)([5])
    with pytest.raises(IndexError, match="index -1"):
        Embedding(5, 3)([-1])
    with pytest.raises(TypeError, match="whole numbers"):
        Embedding(5, 3)([1.0])
