import numpy as np
import pytest

from backprop import ShapeError, Tensor, tanh
from backprop.nn import Linear, Module, Recurrent, RecurrentCell

X = np.random.default_rng(0).normal(size=(4, 6, 3))


def test_formula():
    cell = RecurrentCell(3, 2, seed=0)
    x, h = X[:, 0], np.random.default_rng(1).normal(size=(4, 2))
    u, w, b = (p.value for p in cell.parameters())
    np.testing.assert_allclose(cell(x, h).value, np.tanh(x @ u + h @ w + b), rtol=1e-13)
    np.testing.assert_allclose(cell(x).value, cell(x, np.zeros((4, 2))).value, rtol=1e-13)


def test_starts():
    cell = RecurrentCell(3, 5, seed=0, dtype="float32")
    assert [name for name, _ in cell.named_parameters()] == ["input_weight", "hidden_weight", "bias"]
    assert {p.dtype for p in cell.parameters()} == {np.dtype("float32")}
    w = cell.hidden_weight.value
    np.testing.assert_allclose(w.T @ w, np.eye(5), atol=1e-6)


@pytest.mark.parametrize("all_states", [False, True])
def test_same_as_torch(torch, all_states):
    layer = Recurrent((3, 5), all_states, seed=0)
    layer.cell.bias.value = np.random.default_rng(2).normal(size=5)
    peer = torch.nn.RNN(3, 5, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        peer.weight_ih_l0.copy_(torch.tensor(layer.cell.input_weight.value.copy().T))
        peer.weight_hh_l0.copy_(torch.tensor(layer.cell.hidden_weight.value.copy().T))
        peer.bias_ih_l0.copy_(torch.tensor(layer.cell.bias.value.copy()))
        peer.bias_hh_l0.zero_()
    x, given = Tensor(X), torch.tensor(X, requires_grad=True)
    y = layer(x)
    states, _ = peer(given)
    expected = states if all_states else states[:, -1]
    np.testing.assert_allclose(y.value, expected.detach().numpy(), rtol=1e-12)
    (y**2).sum().backward()
    (expected**2).sum().backward()
    pairs = [
        (layer.cell.input_weight.grad, peer.weight_ih_l0.grad.T),
        (layer.cell.hidden_weight.grad, peer.weight_hh_l0.grad.T),
        (layer.cell.bias.grad, peer.bias_ih_l0.grad),
        (x.grad, given.grad),
    ]
    for found, wanted in pairs:
        np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-10, atol=1e-13)


def test_gradients_of_all_steps_add_up():
    """Weight sharing: as if every step had a cell of its own, with the gradients added."""
    layer = Recurrent((3, 2), seed=0)
    (layer(X) ** 2).sum().backward()
    cells = [RecurrentCell(3, 2) for _ in range(X.shape[1])]
    state = None
    for t, cell in enumerate(cells):
        cell.load_state_dict(layer.cell.state_dict())
        state = cell(X[:, t], state)
    (state**2).sum().backward()
    for name, p in layer.cell.named_parameters():
        parts = [getattr(cell, name).grad for cell in cells]
        np.testing.assert_allclose(p.grad, sum(g for g in parts if g is not None), rtol=1e-10)


def test_a_cell_that_was_made_elsewhere():
    cell = RecurrentCell(3, 2, seed=0)
    assert Recurrent(cell).cell is cell


def test_a_cell_of_ones_own():
    class Gate(Module):
        def __init__(self):
            self.new = Linear(3, 2, seed=0)

        def forward(self, x, state):
            new = tanh(self.new(x))
            return new if state is None else 0.5 * state + 0.5 * new

    layer = Recurrent(Gate(), all_states=True)
    assert layer(X).shape == (4, 6, 2)
    assert [name for name, _ in layer.named_parameters()] == ["cell.new.weight", "cell.new.bias"]


def test_one_step_does_not_reach_the_hidden_weight():
    layer = Recurrent((3, 2), seed=0)
    layer(X[:, :1]).sum().backward()
    assert layer.cell.hidden_weight.grad is None


@pytest.mark.parametrize("shape", [(4, 3), (4, 0, 3), (4,)])
def test_inputs_without_time(shape):
    with pytest.raises(ShapeError, match=r"\(batch, time, features\) with time ≥ 1, not"):
        Recurrent((3, 2))(np.zeros(shape))


def test_inputs_of_another_size():
    with pytest.raises(ShapeError, match=r"RecurrentCell\(3, 2\) takes inputs of shape \(…, 3\) .* not \(4, 5\)"):
        Recurrent((3, 2))(np.zeros((4, 6, 5)))
    with pytest.raises(ShapeError, match=r"not \(4, 3\) with a state of shape \(4, 3\)"):
        RecurrentCell(3, 2)(np.zeros((4, 3)), np.zeros((4, 3)))
    with pytest.raises(ShapeError, match=r"with a state of shape \(5, 2\)"):
        RecurrentCell(3, 2)(np.zeros((4, 3)), np.zeros((5, 2)))


@pytest.mark.parametrize("cell", [3, (3,), (3, 4, 5), "RecurrentCell", None])
def test_refuses_a_cell_that_is_none(cell):
    with pytest.raises(TypeError, match=r"^the cell is a module, or \(inputs, size\) of one, such as \(3, 16\), not "):
        Recurrent(cell, 16)
