import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import ShapeError
from backprop.nn import LayerNorm


@given(st.integers(2, 20), st.floats(-100, 100), st.floats(0.5, 100), st.integers(0, 2**32))
def test_every_example_has_mean_0_and_variance_1(size, mean, spread, seed):
    x = mean + spread * np.random.default_rng(seed).uniform(-1, 1, (3, size))
    y = LayerNorm(size, epsilon=1e-20)(x).value
    np.testing.assert_allclose(y.mean(-1), 0, atol=1e-9)
    np.testing.assert_allclose(y.var(-1), 1, rtol=1e-9)


def test_same_as_torch(torch):
    rng = np.random.default_rng(0)
    x, scale, shift = rng.normal(size=(4, 5, 3)), rng.normal(size=3), rng.normal(size=3)
    layer = LayerNorm(3, epsilon=1e-3)
    layer.load_state_dict({"scale": scale, "shift": shift})
    (layer(x) ** 2).sum().backward()
    scale, shift = (torch.tensor(p, requires_grad=True) for p in (scale, shift))
    expected = torch.nn.functional.layer_norm(torch.tensor(x), (3,), scale, shift, 1e-3)
    (expected**2).sum().backward()
    np.testing.assert_allclose(layer(x).value, expected.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.scale.grad, scale.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.shift.grad, shift.grad.numpy(), rtol=1e-12)


def test_equal_numbers_are_no_division_by_0():
    np.testing.assert_array_equal(LayerNorm(3)(np.full((2, 3), 7.0)).value, np.zeros((2, 3)))


@pytest.mark.parametrize("shape", [(4, 2), (4, 1), ()])
def test_inputs_of_another_size(shape):
    with pytest.raises(ShapeError, match=r"LayerNorm\(3\) takes inputs of shape \(…, 3\), not"):
        LayerNorm(3)(np.zeros(shape))


def test_epsilon():
    with pytest.raises(ValueError, match=r"epsilon is a positive number, such as 1e-5, not 0"):
        LayerNorm(3, epsilon=0)
