import numpy as np
import pytest

from backprop import ShapeError, Tensor
from backprop.nn import Linear


def test_formula():
    layer = Linear(3, 2, seed=0)
    layer.bias.value = [1.0, -1.0]
    x = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(layer(x).value, x @ layer.weight.value + [1.0, -1.0], rtol=1e-14)


def test_without_bias():
    layer = Linear(3, 2, bias=False)
    assert layer.bias is None
    assert list(layer.state_dict()) == ["weight"]


def test_starts():
    layer = Linear(3, 2, seed=0, dtype="float32")
    np.testing.assert_array_equal(layer.bias.value, np.zeros(2, "float32"))
    assert layer.bias.dtype == layer.weight.dtype == np.float32


def test_a_generator_as_seed_goes_on():
    rng = np.random.default_rng(0)
    first, second = Linear(3, 2, seed=rng), Linear(3, 2, seed=rng)
    assert not np.any(first.weight.value == second.weight.value)
    np.testing.assert_array_equal(first.weight.value, Linear(3, 2, seed=0).weight.value)


def test_without_seed_no_two_are_equal():
    assert not np.any(Linear(3, 2).weight.value == Linear(3, 2).weight.value)


@pytest.mark.parametrize("shape", [(5, 4), (3, 5), (2,)])
@pytest.mark.parametrize("kind", [np.zeros, lambda shape: Tensor(np.zeros(shape))])
def test_inputs_of_another_size(shape, kind):
    with pytest.raises(ShapeError) as caught:
        Linear(3, 2)(kind(shape))
    assert str(caught.value) == f"Linear(3, 2) takes inputs of shape (…, 3), not {shape}"


def test_same_as_torch(torch):
    layer, peer = Linear(3, 2, seed=0), torch.nn.Linear(3, 2, dtype=torch.float64)
    with torch.no_grad():
        peer.weight.copy_(torch.tensor(layer.weight.value.copy().T))
        peer.bias.copy_(torch.tensor(layer.bias.value.copy()))
    x = np.random.default_rng(0).normal(size=(5, 3))
    (layer(x) ** 2).sum().backward()
    (peer(torch.tensor(x)) ** 2).sum().backward()
    np.testing.assert_allclose(layer.weight.grad, peer.weight.grad.numpy().T, rtol=1e-12)
    np.testing.assert_allclose(layer.bias.grad, peer.bias.grad.numpy(), rtol=1e-12)
