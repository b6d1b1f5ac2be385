"""Symbols: shapes and precisions as NumPy would have them, and a clear word where the numbers are asked for."""

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import backprop
from backprop import Tensor
from backprop.nn import Module
from backprop.nn.dropout import KeepMask
from backprop.training.plan.symbols import CaptureError, Symbol, parameters_as


@pytest.mark.parametrize(
    "formula",
    [
        lambda x, n: x + 1,
        lambda x, n: 2.0 / x - n,
        lambda x, n: x @ x.T,
        lambda x, n: np.tanh(x).mean(axis=1),
        lambda x, n: x[1:, None] * (x > n[0]),
        lambda x, n: np.where(x < 0, x, n),
        lambda x, n: np.concatenate([x, n[None]]),
        lambda x, n: (x > 0) & ~(x > 1) | (x == 2),
        lambda x, n: True ^ np.isfinite(x),
        lambda x, n: np.sum(x > 0, axis=0),
        lambda x, n: x[0] * [1, 2, 3],
        lambda x, n: np.sign(x) * np.maximum(x, n),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shape_and_precision(formula: Any, dtype: str):
    n = np.ones(3, dtype)
    result = formula(Symbol((4, 3), dtype), n)
    expected = formula(np.ones((4, 3), dtype), n)
    assert (result.shape, result.dtype) == (expected.shape, expected.dtype)


def test_constants_have_the_precision_that_tensors_give_them():
    """np.float64 is a Python float, and does not turn single precision into double; an array does."""
    for constant in (np.float64(0.5), 0.5, np.float32(0.5), np.ones(3), [1.0, 2.0, 3.0]):
        eager = Tensor(np.ones(3, "float32")) * constant
        assert (Symbol((3,), "float32") * constant).dtype == eager.dtype


def test_constants_are_kept_as_they_are_now():
    array = np.ones(3)
    product = Symbol((3,), float) * array
    array[:] = 2
    np.testing.assert_array_equal(product.inputs[1], np.ones(3))


@pytest.mark.parametrize(
    "ask", [bool, float, int, np.asarray, lambda x: x.value, lambda x: [0, 1][x], lambda x: max(x[0], x[1])]
)
def test_the_numbers_are_not_known(ask: Any):
    with pytest.raises(CaptureError, match="looks at the numbers"):
        ask(Symbol((2,), float))


def test_assignment():
    with pytest.raises(CaptureError, match="assigns"):
        Symbol((2,), float)[0] = 1.0


def test_one_bool_is_not_negated():
    """~True is -2 for Python, and eagerly the comparison of two numbers is a Python bool."""
    with pytest.raises(CaptureError, match="array of bools"):
        ~(Symbol((), float) > 0)
    with pytest.raises(CaptureError, match="array of bools"):
        ~Symbol((3,), int)


def test_tensors_that_are_no_parameters():
    with pytest.raises(CaptureError, match=r"w of shape .* none of its parameters"):
        Symbol((2,), float) * Tensor(np.ones(2), "w")


def test_masks_are_not_drawn():
    generator = np.random.default_rng(0)
    state = generator.bit_generator.state
    mask = KeepMask(0.5, generator)(Symbol((2, 3), "float32"))
    assert (mask.shape, mask.dtype) == ((2, 3), np.float32)
    assert generator.bit_generator.state == state


def test_no_memory_is_taken():
    assert not any(Symbol((1000, 1000), float)._value.strides)


Pair = namedtuple("Pair", "a b")


def test_parameters_are_replaced_wherever_they_are_and_put_back():
    class Model(Module):
        def __init__(self) -> None:
            self.one = Tensor(1.0)
            self.several = [Tensor(2.0), (Tensor(3.0), "x")]
            self.named = {"a": Tensor(4.0), "b": [self.one]}
            self.pair = Pair(self.one, 5)
            self.inner = [Inner()]

    class Inner(Module):
        def __init__(self) -> None:
            self.weight = Tensor(6.0)

    model = Model()
    before = dict(vars(model))
    symbols = {t: Symbol((), float, n) for n, t in model.named_parameters()}
    assert len(symbols) == 5
    with parameters_as(symbols, model):
        found = [model.one, model.several[0], model.several[1][0], model.named["a"], model.inner[0].weight]
        assert all(x is s for x, s in zip(found, symbols.values(), strict=True))
        assert model.named["b"][0] is model.one is model.pair.a
        assert model.pair.b == 5
    assert all(vars(model)[name] is value for name, value in before.items())
    assert isinstance(model.inner[0].weight, Tensor)


def test_derivatives_are_found_by_the_same_rules():
    x = Symbol((2, 3), float, "x")
    y = backprop.relu(x).sum()
    assert y.shape == ()
    assert y.inputs[0].operation.name == "relu"
