"""Whole models: of every kind of layer, put together at random, and of one's own."""

from typing import Any

import numpy as np
import pytest
from frameworks import framework
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop
from backprop import Tensor, nn
from backprop.interop import ExportError, export_onnx
from backprop.nn import Module

dtypes = st.sampled_from(["float32", "float64"])
sizes, batches = st.integers(1, 6), st.integers(1, 9)


def agree(runtime: Any, model: Module, shape: tuple[int, ...] | None, *, rows: tuple[int, ...] = (1, 4)) -> None:
    """ONNX Runtime gives the outputs of the model, to 1e-6, for batches of several sizes."""
    compute = runtime(model, shape)
    shape = model.input_shape if shape is None else shape
    rng = np.random.default_rng(3)
    for count in rows:
        if model.table_rows is None:
            x = rng.standard_normal((count, *shape)).astype(model.dtype)
        else:
            x = rng.integers(0, model.table_rows, (count, *shape))
        expected = model.predict(x)
        found = compute(x)
        assert found.dtype == expected.dtype
        assert found.shape == expected.shape
        scale = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * scale)


@st.composite
def models(draw: st.DrawFn) -> tuple[Module, tuple[int, ...]]:
    """Layers that fit one another, and the shape of an example."""
    dtype, seed = draw(dtypes), draw(st.integers(0, 2**32 - 1))
    start = draw(st.sampled_from(["vectors", "arrays", "words", "sequences"]))
    features = draw(sizes)
    layers: list[Module] = []
    shape: tuple[int, ...]
    if start == "vectors":
        shape = (features,)
    elif start == "arrays":
        shape = (2, 3, features)
        layers.append(nn.Flatten())
        features *= 6
    elif start == "words":
        shape = (draw(st.integers(1, 5)),)
        layers.append(nn.Embedding(draw(st.integers(1, 9)), features, dtype=dtype, seed=seed))
        if draw(st.booleans()):
            layers.append(nn.Recurrent((features, 4), dtype=dtype, seed=seed))
            features = 4
        else:
            layers.append(nn.Flatten())
            features *= shape[0]
    else:
        shape = (draw(st.integers(1, 5)), features)
        layers.append(nn.Recurrent((features, 3), draw(st.booleans()), dtype=dtype, seed=seed))
        features = 3
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["linear", "norm", "activation", "dropout", "nested"]))
        if kind == "linear":
            outputs = draw(sizes)
            layers.append(nn.Linear(features, outputs, bias=draw(st.booleans()), dtype=dtype, seed=seed))
            features = outputs
        elif kind == "norm":
            # So large in single precision: dividing by a small deviation makes rounding errors as much larger.
            epsilon = 1.0 if dtype == "float32" else 1e-5
            layers.append(nn.LayerNorm(features, epsilon, dtype))
        elif kind == "dropout":
            layers.append(nn.Dropout(0.5, seed=seed))
        elif kind == "activation":
            layers.append(nn.ACTIVATIONS[draw(st.sampled_from(sorted(nn.ACTIVATIONS)))]())
        else:
            activation = draw(st.sampled_from(sorted(nn.ACTIVATIONS)))
            outputs = draw(sizes)
            layers.append(nn.MLP((features, 4, outputs), activation, draw(st.sampled_from([0.0, 0.3])), seed, dtype))
            features = outputs
    return nn.Sequential(*layers), shape


@settings(max_examples=60)
@given(model=models(), count=batches)
def test_random_architectures(runtime, model, count):
    agree(runtime, *model, rows=(1, count))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inputs_outputs_and_names(runtime, dtype):
    model = nn.MLP((3, 5, 2), seed=0, dtype=dtype)
    session = runtime(model).session
    [x], [y] = session.get_inputs(), session.get_outputs()
    assert (x.name, x.shape, y.name, y.shape) == ("input", ["batch", 3], "output", ["batch", 2])
    assert x.type == y.type == {"float32": "tensor(float)", "float64": "tensor(double)"}[dtype]


def test_parameters_and_nodes_have_the_names_of_the_layers(runtime, path):
    import onnx

    model = nn.MLP((3, 5, 2), "tanh", seed=0)
    export_onnx(model, path)
    graph = onnx.load(path).graph
    assert [i.name for i in graph.initializer] == [name for name, _ in model.named_parameters()]
    for initializer, parameter in zip(graph.initializer, model.parameters(), strict=True):
        np.testing.assert_array_equal(onnx.numpy_helper.to_array(initializer), parameter.value)
    names = [node.name for node in graph.node]
    assert names == ["layers.0/Gemm", "layers.1/Tanh", "layers.2/Gemm", "Identity"]


def test_shared_weights_are_stored_once(runtime, path):
    import onnx

    export_onnx(nn.Recurrent((3, 4), seed=0), path, (20, 3))
    assert len({i.name for i in onnx.load(path).graph.initializer if "weight" in i.name}) == 2
    assert path.stat().st_size < 20_000


class Attention(Module):
    """A layer of one's own: everything whose shape depends on the batch is in it."""

    def __init__(self, size: int, heads: int) -> None:
        self.heads, self.size = heads, size
        self.mix = nn.Linear(size, 3 * size, seed=0)
        self.start = Tensor(np.linspace(-1, 1, size))
        self.norm = nn.LayerNorm(size)

    def forward(self, x: Any) -> Any:
        count, length, size = x.shape
        first = backprop.broadcast_to(self.start, (count, 1, size))
        x = backprop.concatenate([first, x, np.zeros((count, 1, size))], axis=1)
        q, k, v = (self.split(self.mix(x)[:, :, i * size : (i + 1) * size]) for i in range(3))
        weights = backprop.softmax(q @ backprop.swapaxes(k, -1, -2) / np.sqrt(size // self.heads))
        y = backprop.transpose(weights @ v, (0, 2, 1, 3)).reshape(count * (length + 2), size)
        y = self.norm(y).reshape(count, -1, size) + x
        y = backprop.where(np.arange(size) % 2 == 0, y, backprop.maximum(y, 0.0))
        return y[:, 0] + y[:, ::-1][..., -1, :] * y.mean(axis=1) - np.var(y, axis=(1,), ddof=1)

    def split(self, x: Any) -> Any:
        count, length, size = x.shape
        return backprop.transpose(x.reshape(count, length, self.heads, size // self.heads), (0, 2, 1, 3))


def test_a_module_of_ones_own(runtime):
    agree(runtime, Attention(6, 2), (4, 6), rows=(1, 2, 3, 7))


def test_outputs_that_are_not_one_for_each_example(runtime):
    class Pairs(Module):
        def forward(self, x: Any) -> Any:
            return backprop.concatenate([x, x[:, ::-1], np.ones((1, 2))])

    compute, x = runtime(Pairs(), (2,)), np.arange(8.0).reshape(4, 2)
    np.testing.assert_array_equal(compute(x), np.concatenate([x, x[:, ::-1], np.ones((1, 2))]))
    assert compute.session.get_outputs()[0].shape[1] == 2


def test_half_precision(runtime):
    model, x = nn.MLP((3, 4, 2), "tanh", seed=0, dtype="float16"), np.linspace(-1, 1, 12).reshape(4, 3)
    found = runtime(model)(x.astype("float16"))
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, model.predict(x), atol=4e-3)


def test_statistics_over_the_batch(runtime):
    class Standardize(Module):
        def forward(self, x: Any) -> Any:
            return (x - x.mean(axis=0)) / np.std(x, axis=0, ddof=1)

    agree(runtime, Standardize(), (3,), rows=(2, 5))


def test_parameters_that_are_called_as_inputs_and_outputs_are(runtime):
    class Model(Module):
        def __init__(self) -> None:
            self.input, self.output, self.batch = Tensor([1.0, 2.0]), Tensor(3.0), Tensor([0.5, 0.5])

        def forward(self, x: Any) -> Any:
            return x * self.input + self.output - self.batch

    agree(runtime, Model(), (2,))


def test_a_model_that_does_nothing(runtime):
    agree(runtime, nn.Sequential(nn.Dropout(0.5), nn.Identity()), (3,))


def test_the_model_is_left_as_it_was(runtime, path):
    model = nn.MLP((2, 3, 1), dropout=0.5, seed=0)
    model[0].eval()
    before = [module.training for _, module in model.named_modules()]
    state = [g.bit_generator.state for _, g in model.named_generators()]
    export_onnx(model, path)
    assert [module.training for _, module in model.named_modules()] == before
    assert not any("forward" in vars(module) for _, module in model.named_modules())
    assert [g.bit_generator.state for _, g in model.named_generators()] == state


@pytest.mark.parametrize("opset", [18, 20, 21])
def test_opset(runtime, path, opset):
    import onnx

    model, x = nn.Sequential(nn.LayerNorm(2), nn.MLP((2, 3, 1), "gelu", seed=0)), np.eye(2)
    np.testing.assert_allclose(runtime(model, (2,), opset=opset)(x), model.predict(x), rtol=1e-12)
    export_onnx(model, path, (2,), opset=opset)
    assert onnx.load(path).opset_import[0].version == opset


@pytest.mark.parametrize(("opset", "message"), [(17, "opset 17 is too old"), (999, "opset 999 is newer than")])
def test_opset_out_of_range(runtime, path, opset, message):
    with pytest.raises(ValueError, match=message):
        export_onnx(nn.MLP((2, 3, 1)), path, opset=opset)


def test_the_shape_has_to_be_known(path):
    with pytest.raises(ValueError, match=r"the shape of the inputs of Embedding is not known.*input_shape=\(784,\)"):
        export_onnx(nn.Embedding(5, 3), path)


def test_a_failed_export_leaves_the_old_file(runtime, path):
    export_onnx(nn.MLP((2, 3, 1), seed=0), path)
    before = path.read_bytes()

    class Wrong(Module):
        def forward(self, x: Any) -> Any:
            return x * (x.value > 0)

    with pytest.raises(ExportError):
        export_onnx(Wrong(), path, (2,))
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_too_large_for_a_file(runtime, path, monkeypatch):
    monkeypatch.setattr("backprop.interop.onnx.export.LIMIT", 100)
    with pytest.raises(ExportError, match=r"MLP has .* GB of parameters, and an ONNX file can hold 2"):
        export_onnx(nn.MLP((2, 30, 1)), path)


def test_onnx_is_not_installed(path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(ImportError, match=r'pip install "backprop-tutorial\[onnx\]"'):
        export_onnx(nn.MLP((2, 3, 1)), path)
    assert not path.exists()


def test_arguments_in_another_order(tmp_path):
    framework("onnx")
    path = str(tmp_path / "model.onnx")
    with pytest.raises(TypeError, match=r"^export_onnx\(model, path\) takes a backprop.nn.Module first, not a str$"):
        export_onnx(path, nn.Linear(2, 2))
    with pytest.raises(TypeError, match=r"^input_shape is the shape of one example, such as \(2,\), not 2$"):
        export_onnx(nn.Linear(2, 2), path, 2)
