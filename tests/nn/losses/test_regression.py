import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor, check_gradients
from backprop.nn import Huber, MeanSquaredError, TargetError

RNG = np.random.default_rng(0)
OUTPUTS, TARGETS = 3 * RNG.normal(size=(6, 2)), RNG.normal(size=(6, 2))

LOSSES = {
    "mean_squared_error": (MeanSquaredError(), lambda peer, x, t: peer.mse_loss(x, t)),
    "huber": (Huber(), lambda peer, x, t: peer.huber_loss(x, t)),
    "huber 2.5": (Huber(2.5), lambda peer, x, t: peer.huber_loss(x, t, delta=2.5)),
}
every_loss = pytest.mark.parametrize(("loss", "peer"), LOSSES.values(), ids=LOSSES)


@every_loss
def test_same_as_torch(torch, loss, peer):
    x, given = Tensor(OUTPUTS), torch.tensor(OUTPUTS, requires_grad=True)
    y, expected = loss(x, TARGETS), peer(torch.nn.functional, given, torch.tensor(TARGETS))
    y.backward()
    expected.backward()
    assert float(y) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(x.grad, given.grad.numpy(), rtol=0, atol=1e-12)


@every_loss
def test_gradients(loss, peer):
    assert check_gradients(lambda x: loss(x, TARGETS), OUTPUTS) < 1e-6


@every_loss
def test_precision(loss, peer):
    x = Tensor(OUTPUTS.astype(np.float32))
    y = loss(x, TARGETS)
    y.backward()
    assert y.dtype == x.grad.dtype == np.float32


@every_loss
@given(cut=st.integers(1, 5))
def test_weights_combine_the_means_of_parts(loss, peer, cut):
    prepared = loss.prepare(TARGETS, OUTPUTS.shape, float)
    parts = [slice(None, cut), slice(cut, None)]
    total = sum(float(loss.compute(OUTPUTS[p], prepared[p])) * loss.weight(prepared[p]) for p in parts)
    assert total / loss.weight(prepared) == pytest.approx(float(loss(OUTPUTS, TARGETS)), rel=1e-12)


@every_loss
def test_one_output_and_a_vector_are_not_broadcast(loss, peer):
    """(n, 1) - (n,) would be n × n errors, which nobody wants."""
    column, row = OUTPUTS[:, :1], TARGETS[:, 0]
    assert float(loss(column, row)) == float(loss(column, TARGETS[:, :1]))


@pytest.mark.parametrize("delta", [0, -1.0, float("nan"), float("inf")])
def test_delta(delta):
    with pytest.raises(ValueError, match="delta is the error from which on the loss is linear: positive, not"):
        Huber(delta)


@pytest.mark.parametrize(
    ("targets", "dtype", "message"),
    [
        ([[1.0], [np.inf]], "float64", "^inf in row 1, column 0 of the targets is not finite; drop the example"),
        ([[1.0], [1e300]], "float32", r"^1e\+300 in row 1, column 0 of the targets is too large for float32; scale"),
        ([[1.0, 2.0], [1.0, 2.0]], "float64", r"shape \(2, 2\) do not fit outputs of shape \(2, 1\)"),
    ],
)
@every_loss
def test_refuses(loss, peer, targets, dtype, message):
    with pytest.raises(TargetError, match=message):
        loss.prepare(targets, (2, 1), dtype)
