"""Weights in both directions: what PyTorch computed we compute, and what does not fit is listed, entry by entry."""

import re
from typing import Any

import numpy as np
import pytest

from backprop import Tensor, nn
from backprop.interop import from_pytorch, to_pytorch


def test_names_and_layouts(torch):
    model = nn.Sequential(
        nn.Embedding(9, 4),
        nn.Recurrent((4, 5)),
        nn.LayerNorm(5),
        nn.Sequential(nn.Linear(5, 3)),
        nn.RecurrentCell(3, 2),
    )
    assert {name: tuple(tensor.shape) for name, tensor in to_pytorch(model).items()} == {
        "0.weight": (9, 4),
        "1.weight_ih_l0": (5, 4),
        "1.weight_hh_l0": (5, 5),
        "1.bias_ih_l0": (5,),
        "1.bias_hh_l0": (5,),
        "2.weight": (5,),
        "2.bias": (5,),
        "3.0.weight": (3, 5),
        "3.0.bias": (3,),
        "4.weight_ih": (2, 3),
        "4.weight_hh": (2, 2),
        "4.bias_ih": (2,),
        "4.bias_hh": (2,),
    }


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_from_a_model_of_pytorch(torch, dtype):
    """A model that was written and initialised in PyTorch."""
    torch.manual_seed(0)
    words, reader = torch.nn.Embedding(9, 4), torch.nn.RNN(4, 5, batch_first=True)
    rest = torch.nn.Sequential(
        torch.nn.LayerNorm(5), torch.nn.Linear(5, 3), torch.nn.GELU("tanh"), torch.nn.Linear(3, 2)
    )
    theirs = torch.nn.ModuleList([words, reader, *rest]).to(getattr(torch, dtype))
    ours = nn.Sequential(
        nn.Embedding(9, 4, dtype=dtype),
        nn.Recurrent((4, 5), dtype=dtype),
        nn.LayerNorm(5, dtype=dtype),
        nn.Linear(5, 3, dtype=dtype),
        nn.GELU(),
        nn.Linear(3, 2, dtype=dtype),
    )
    from_pytorch(ours, theirs.state_dict())
    x = np.random.default_rng(0).integers(0, 9, (6, 3))
    expected = rest(reader(words(torch.tensor(x)))[0][:, -1]).detach().numpy()
    tolerance = {"float64": 1e-12, "float32": 1e-6}[dtype]
    found = ours.predict(x)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def test_there_and_back(torch):
    model = nn.Sequential(nn.Embedding(9, 4, seed=0), nn.Recurrent((4, 5), seed=1), nn.MLP((5, 4, 3), seed=2))
    other = nn.Sequential(nn.Embedding(9, 4), nn.Recurrent((4, 5)), nn.MLP((5, 4, 3)))
    from_pytorch(other, to_pytorch(model))
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], value)


def test_both_biases_of_a_cell_are_added(torch):
    theirs = torch.nn.RNNCell(3, 4, dtype=torch.float64)
    ours = nn.RecurrentCell(3, 4)
    from_pytorch(ours, theirs.state_dict())
    np.testing.assert_array_equal(ours.bias.value, (theirs.bias_ih + theirs.bias_hh).detach().numpy())


class Own(nn.Module):
    def __init__(self) -> None:
        self.scale = Tensor(np.arange(6.0).reshape(2, 3))
        self.blocks = [nn.Linear(3, 2, seed=0), nn.MLP((2, 2), seed=1)]
        self.parent = self

    def forward(self, x: Any) -> Any:
        return self.blocks[1](self.blocks[0](x * self.scale))


def test_a_module_of_ones_own(torch):
    class Theirs(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = torch.nn.Parameter(torch.zeros(2, 3))
            self.blocks = torch.nn.ModuleList([torch.nn.Linear(3, 2), torch.nn.Sequential(torch.nn.Linear(2, 2))])

        def forward(self, x: Any) -> Any:
            return self.blocks[1](self.blocks[0](x * self.scale))

    ours, theirs = Own(), Theirs().double()
    theirs.load_state_dict(to_pytorch(ours))
    x = np.random.default_rng(0).standard_normal((2, 3))
    np.testing.assert_allclose(ours.predict(x), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-12, atol=1e-12)


def test_a_shared_layer_has_all_its_names(torch):
    layer, other = nn.Linear(3, 3, seed=0), torch.nn.Linear(3, 3).double()
    ours, theirs = nn.Sequential(layer, nn.Tanh(), layer), torch.nn.Sequential(other, torch.nn.Tanh(), other)
    assert to_pytorch(ours).keys() == theirs.state_dict().keys()
    from_pytorch(ours, theirs.state_dict())
    x = np.eye(3)
    np.testing.assert_allclose(ours.predict(x), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-12, atol=1e-12)
    state = theirs.state_dict() | {"2.weight": torch.zeros(3, 3)}
    with pytest.raises(nn.StateError, match=r"2\.weight: differs from another entry, where this model has one"):
        from_pytorch(ours, state)


def test_tensors_are_copies(torch):
    model = nn.Linear(2, 2, seed=0)
    before = model.state_dict()["weight"]
    to_pytorch(model)["weight"].zero_()
    np.testing.assert_array_equal(model.weight.value, before)


def test_other_types_of_numbers(torch):
    """The model keeps its precision, whatever comes: also numbers that NumPy does not have."""
    model = nn.Linear(2, 2)
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        theirs = torch.nn.Linear(2, 2).to(dtype)
        from_pytorch(model, theirs.state_dict())
        assert model.dtype == np.float64
        np.testing.assert_array_equal(model.weight.value, theirs.weight.detach().double().numpy().T)


def test_arrays_will_do():
    """Weights that were saved elsewhere: PyTorch is not needed for them."""
    model = nn.Linear(2, 3)
    from_pytorch(model, {"weight": np.arange(6.0).reshape(3, 2), "bias": [1, 2, 3]})
    np.testing.assert_array_equal(model.weight.value, np.arange(6.0).reshape(3, 2).T)


def test_all_that_is_wrong_is_listed():
    model = nn.MLP((2, 3, 1), seed=0)
    before = model.state_dict()
    state = {"0.weight": np.zeros((2, 3)), "0.bias": np.zeros(3), "2.weight": np.zeros((1, 3)), "3.running_mean": 0.0}
    message = (
        "this state of PyTorch is not that of this MLP, and nothing was loaded:\n"
        "  missing: 2.bias of shape (1,)\n"
        "  unexpected: 3.running_mean\n"
        "  0.weight: shape (2, 3) instead of (3, 2)\n"
    )
    with pytest.raises(nn.StateError, match=re.escape(message)):
        from_pytorch(model, state)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_numbers_that_are_not_finite(wrong):
    model = nn.Linear(2, 1, seed=0)
    with pytest.raises(nn.StateError, match=r"weight: (nan|inf) at \(1, 0\)"):
        from_pytorch(model, {"weight": [[0.0, wrong]], "bias": [0.0]})


def test_no_mapping():
    with pytest.raises(TypeError, match="the state is a mapping, as state_dict\\(\\) gives, not list"):
        from_pytorch(nn.Linear(2, 1), [1])  # type: ignore[arg-type]


def test_torch_is_not_installed(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ImportError, match=r'pip install "backprop-tutorial\[torch\]"'):
        to_pytorch(nn.MLP((2, 3, 1)))
