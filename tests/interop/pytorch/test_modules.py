"""PyTorch's layers, built and filled by us, give our outputs to 1e-12 in double precision; and their gradients."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import Tensor, nn
from backprop.interop import ExportError, to_pytorch_module

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
dtypes, sizes = st.sampled_from(["float64", "float32"]), st.integers(1, 6)
LAYERS: list[tuple[nn.Module, tuple[int, ...]]] = [
    (nn.Linear(3, 4, seed=0), (5, 3)),
    (nn.Linear(3, 4, bias=False, seed=0), (5, 2, 3)),
    (nn.LayerNorm(4), (5, 4)),
    (nn.LayerNorm(4, epsilon=0.5), (5, 2, 4)),
    (nn.RecurrentCell(3, 4, seed=0), (5, 3)),
    (nn.Recurrent((3, 4), seed=0), (5, 7, 3)),
    (nn.Recurrent((3, 4), all_states=True, seed=0), (5, 7, 3)),
    (nn.Flatten(), (5, 2, 3)),
    (nn.LeakyReLU(0.3), (5, 3)),
    (nn.ELU(0.7), (5, 3)),
    (nn.Softmax(1), (5, 3, 2)),
    (nn.Dropout(0.5).eval(), (5, 3)),
    *((kind(), (5, 3)) for kind in nn.ACTIVATIONS.values()),
]


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=[repr(layer) for layer, _ in LAYERS])
def test_layer(torch, layer, shape):
    rng = np.random.default_rng(0)
    for parameter in layer.parameters():
        parameter.value = rng.standard_normal(parameter.shape)
    x = rng.standard_normal(shape) * 20 if isinstance(layer, nn.Activation) else rng.standard_normal(shape)
    ours, theirs = Tensor(x), torch.tensor(x, requires_grad=True)
    y, z = layer(ours), to_pytorch_module(layer)(theirs)
    np.testing.assert_allclose(y.value, z.detach().numpy(), rtol=1e-12, atol=1e-12)
    if y is not ours:
        weights = rng.standard_normal(y.shape)
        y.backward(weights)
        z.backward(torch.tensor(weights))
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-10, atol=1e-10)


def test_embedding(torch):
    layer = nn.Embedding(7, 3, seed=0)
    x = np.array([[0, 6], [3, 3]])
    np.testing.assert_array_equal(layer.predict(x), to_pytorch_module(layer)(torch.tensor(x)).detach().numpy())


@settings(max_examples=40)
@given(data=st.data(), dtype=dtypes)
def test_mlp(torch, data, dtype):
    widths = data.draw(st.lists(sizes, min_size=2, max_size=5))
    activation = data.draw(st.sampled_from(sorted(nn.ACTIVATIONS)))
    model = nn.MLP(widths, activation, dropout=0.5, seed=data.draw(st.integers(0, 99)), dtype=dtype).eval()
    x = np.random.default_rng(1).standard_normal((6, widths[0])).astype(dtype)
    module = to_pytorch_module(model)
    y = module(torch.tensor(x)).detach().numpy()
    assert not module.training
    assert y.dtype == model.predict(x).dtype
    scale = max(1.0, np.abs(y).max())
    np.testing.assert_allclose(model.predict(x), y, rtol=0, atol=TOLERANCE[dtype] * scale)


def test_words_to_classes(torch):
    model = nn.Sequential(
        nn.Embedding(9, 4, seed=0),
        nn.Recurrent((4, 5), all_states=True, seed=1),
        nn.LayerNorm(5),
        nn.Flatten(),
        nn.Sequential(nn.Linear(15, 3, seed=2), nn.Dropout(0.5), nn.GELU()),
    ).eval()
    x = np.random.default_rng(0).integers(0, 9, (6, 3))
    module = to_pytorch_module(model)
    assert isinstance(module, torch.nn.Sequential)
    np.testing.assert_allclose(model.predict(x), module(torch.tensor(x)).detach().numpy(), rtol=1e-12, atol=1e-12)


def test_a_layer_used_twice_is_one_layer(torch):
    layer = nn.Linear(3, 3, seed=0)
    module = to_pytorch_module(nn.Sequential(layer, nn.Tanh(), layer))
    assert module[0] is module[2]


def test_parameters_are_copies(torch):
    model = nn.MLP((2, 3, 1), seed=0)
    before = model.state_dict()
    module = to_pytorch_module(model)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_goes_along(torch, training):
    assert to_pytorch_module(nn.MLP((2, 3, 1), dropout=0.5)._set_training(training)).training is training


class Own(nn.Module):
    def forward(self, x: Any) -> Any:
        return x


class OtherLinear(nn.Linear):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * 2.0


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Own(), r"^Own has no counterpart in torch\.nn: .*to_pytorch\(model\)"),
        (nn.Sequential(nn.Tanh(), nn.Sequential(Own())), r"layer 0 of layer 1 of Sequential, Own\(\), has no"),
        (nn.Sequential(OtherLinear(2, 2)), r"layer 0 of Sequential, Linear\(2, 2\), has no counterpart"),
        (nn.Recurrent(Own()), r"Recurrent, Recurrent\(Own\(\)\), has no counterpart"),
    ],
)
def test_no_counterpart(torch, model, message):
    with pytest.raises(ExportError, match=message):
        to_pytorch_module(model)


def test_torch_is_not_installed(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ImportError, match=r'pip install "backprop-tutorial\[torch\]"'):
        to_pytorch_module(nn.MLP((2, 3, 1)))
