"""Every layer, by one table: gradients, precision, shapes, single examples, and what messages and tables call it."""

import copy
import inspect
import pickle

import numpy as np
import pytest

from backprop import Tensor, nn
from backprop.nn import Activation, Module

RNG = np.random.default_rng(2)
FLOATS, PICTURES, SEQUENCES = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 2, 3)), RNG.normal(size=(4, 5, 3))
INDICES = RNG.integers(0, 6, (4, 2))

LAYERS = {
    "Linear(3, 2)": (lambda d: nn.Linear(3, 2, dtype=d, seed=0), FLOATS, (2,)),
    "Linear(3, 2, bias=False)": (lambda d: nn.Linear(3, 2, bias=False, dtype=d, seed=0), PICTURES, (2, 2)),
    "Identity()": (lambda d: nn.Identity(), FLOATS, (3,)),
    "ReLU()": (lambda d: nn.ReLU(), FLOATS, (3,)),
    "LeakyReLU(0.1)": (lambda d: nn.LeakyReLU(0.1), FLOATS, (3,)),
    "ELU(0.5)": (lambda d: nn.ELU(0.5), FLOATS, (3,)),
    "GELU()": (lambda d: nn.GELU(), FLOATS, (3,)),
    "Sigmoid()": (lambda d: nn.Sigmoid(), FLOATS, (3,)),
    "Softplus()": (lambda d: nn.Softplus(), FLOATS, (3,)),
    "Tanh()": (lambda d: nn.Tanh(), FLOATS, (3,)),
    "Softmax(-1)": (lambda d: nn.Softmax(), FLOATS, (3,)),
    "Softmax(1)": (lambda d: nn.Softmax(1), PICTURES, (2, 3)),
    "Dropout(0.5)": (lambda d: nn.Dropout(0.5, seed=0).eval(), FLOATS, (3,)),
    "LayerNorm(3)": (lambda d: nn.LayerNorm(3, dtype=d), PICTURES, (2, 3)),
    "LayerNorm(3, epsilon=0.1)": (lambda d: nn.LayerNorm(3, epsilon=0.1, dtype=d), FLOATS, (3,)),
    "Embedding(6, 3)": (lambda d: nn.Embedding(6, 3, dtype=d, seed=0), INDICES, (2, 3)),
    "Flatten()": (lambda d: nn.Flatten(), PICTURES, (6,)),
    "RecurrentCell(3, 2)": (lambda d: nn.RecurrentCell(3, 2, dtype=d, seed=0), FLOATS, (2,)),
    "Recurrent(RecurrentCell(3, 2))": (lambda d: nn.Recurrent((3, 2), dtype=d, seed=0), SEQUENCES, (2,)),
    "Recurrent(RecurrentCell(3, 2), all_states=True)": (
        lambda d: nn.Recurrent((3, 2), all_states=True, dtype=d, seed=0),
        SEQUENCES,
        (5, 2),
    ),
    "Sequential(Linear(3, 2), Tanh(), LayerNorm(2))": (
        lambda d: nn.Sequential(nn.Linear(3, 2, dtype=d, seed=0), nn.Tanh(), nn.LayerNorm(2, dtype=d)),
        FLOATS,
        (2,),
    ),
    "MLP((3, 4, 2), activation='gelu')": (lambda d: nn.MLP((3, 4, 2), "gelu", dtype=d, seed=0), FLOATS, (2,)),
}

every_layer = pytest.mark.parametrize(("text", "make", "x", "shape"), [(t, *v) for t, v in LAYERS.items()], ids=LAYERS)


def test_table_has_every_layer():
    public = [getattr(nn, name) for name in nn.__all__]
    classes = {c for c in public if inspect.isclass(c) and issubclass(c, Module)} - {Module, Activation}
    made = {type(make("float64")) for make, _, _ in LAYERS.values()}
    assert made == classes


@every_layer
def test_gradients(text, make, x, shape, check_module):
    layer = make("float64")
    if layer.parameters() or layer(Tensor(x)).operation is not None:  # else the outputs are the inputs
        check_module(layer, x)


@every_layer
def test_shape(text, make, x, shape):
    layer = make("float64")
    assert layer(x).shape == (4, *shape)
    if layer.keeps_shape:
        assert layer(x).shape == x.shape


@every_layer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision(text, make, x, shape, dtype):
    """float32 stays float32 from inputs to outputs, and back to all gradients."""
    layer = make(dtype)
    inputs = x if x.dtype.kind == "i" else Tensor(x.astype(dtype))
    y = layer(inputs)
    assert y.dtype == dtype
    if layer.parameters() or layer(Tensor(x)).operation is not None:
        (y * y).sum().backward()
        gradients = [p.grad for p in layer.parameters()] + ([inputs.grad] if isinstance(inputs, Tensor) else [])
        assert {g.dtype for g in gradients if g is not None} == {np.dtype(dtype)}


@every_layer
def test_examples_do_not_see_each_other(text, make, x, shape):
    layer = make("float64")
    together = np.asarray(_value(layer(x)))
    apart = np.concatenate([_value(layer(x[i : i + 1])) for i in range(len(x))])
    np.testing.assert_allclose(together, apart, rtol=1e-12, atol=1e-15)


def _value(y):
    return y.value if isinstance(y, Tensor) else y


@every_layer
def test_text(text, make, x, shape):
    assert repr(make("float64")) == text


@every_layer
def test_duplicates(text, make, x, shape):
    layer = make("float64")
    expected = _value(layer(x))
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(_value(twin(x)), expected)
        assert twin.training == layer.training


@every_layer
def test_summary(text, make, x, shape):
    layer = make("float64")
    text = layer.summary(x.shape[1:])
    assert ", ".join(["(n", *map(str, shape)]) + ")" in text
    assert f"{sum(p.size for p in layer.parameters())} parameters" in text


@every_layer
def test_seed(text, make, x, shape):
    first, same = make("float64").state_dict(), make("float64").state_dict()
    for name, value in first.items():
        np.testing.assert_array_equal(value, same[name])
