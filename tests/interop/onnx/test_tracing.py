"""What cannot be exported is refused, with the name of the layer, and never exported wrongly."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop
from backprop import Tensor, nn
from backprop.interop import ExportError, export_onnx
from backprop.interop.onnx.tracing import same
from backprop.nn import Module
from backprop.operations.operation import Operation

pytestmark = pytest.mark.usefixtures("runtime")


class Layer(Module):
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x)


class Twice(Operation, registered=False):
    name = symbol = "twice"
    latex = "2 <x>"

    def forward(self, x: Any) -> Any:
        return 2 * x


RNG = np.random.default_rng(0)
FUNCTIONS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("a mask of values", lambda x: x * (x > 0), r"multiply in layer layers\.1 \(Layer\): an operand is a constant.*"),
    ("values", lambda x: x + x.value, r"add in layer layers\.1 \(Layer\): an operand is a constant.*backprop\.maximum"),
    ("a leaf of values", lambda x: x + Tensor(x.value * 1.0), r"layers\.1 \(Layer\): an operand is a constant"),
    ("a condition", lambda x: backprop.where(x > 0, x, 0.0), r"where in layer layers\.1 \(Layer\): an operand"),
    ("noise", lambda x: x + RNG.standard_normal(3), r"add in layer layers\.1 \(Layer\): .*It is random"),
    ("a row for each", lambda x: x * np.arange(len(x))[:, None], r"layers\.1 \(Layer\): an operand is a constant"),
    ("an operation of one's own", Twice(), r"twice in layer layers\.1 \(Layer\) cannot be exported: .*this package"),
    ("a loss", lambda x: backprop.cross_entropy(x, np.zeros(len(x), int)), r"cross_entropy in layer layers\.1 .*loss"),
    ("a mask", lambda x: x * nn.dropout.KeepMask(0.5, RNG)(x), r"keep_mask in layer layers\.1 .*self\.training"),
    ("the last of the batch", lambda x: x[: len(x) - 1], r"getitem in layer layers\.1 .*Count from the end"),
    ("several arrays", lambda x: x[[0, 1], [1, 0]], r"getitem in layer layers\.1 .*Index one axis at a time"),
    ("as many as rows", lambda x: backprop.clip(x, -len(x), 1), r"clip\(low=-2, high=1\)|clip in layer layers\.1 "),
    ("other operations", lambda x: x.sum() if len(x) == 2 else x.mean(), r"sum in layer layers\.1 .*the operations"),
    ("more operations", lambda x: x if len(x) == 2 else x + 1, r"the operations differ from one batch to another"),
    ("no tensor", lambda x: (x, x), r"Sequential returns tuple: forward\(\) has to return one tensor"),
    ("a leaf", lambda x: Tensor(1.0), r"the output of Sequential does not depend on its input"),
]


@pytest.mark.parametrize(("function", "message"), [f[1:] for f in FUNCTIONS], ids=[f[0] for f in FUNCTIONS])
def test_refused(path, function, message):
    model = nn.Sequential(nn.Linear(3, 3, seed=0), Layer(function))
    with pytest.raises(ExportError, match=message):
        export_onnx(model, path)
    assert not path.exists()
    assert "forward" not in vars(model[1])
    assert model.training


def test_what_two_runs_do_not_show_a_third_does(path):
    """The square of the batch size is a straight line through two points, but not through three."""
    model = Layer(lambda x: backprop.broadcast_to(x.sum(), (len(x) ** 2,)))
    with pytest.raises(ExportError, match="on another batch, of 5 examples, the graph does not compute"):
        export_onnx(model, path, (3,))


def test_an_error_of_the_model_is_its_own(path):
    with pytest.raises(backprop.ShapeError):
        export_onnx(nn.MLP((2, 3)), path, (7,))
    model = nn.Sequential(Layer(lambda x: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        export_onnx(model, path, (7,))
    assert "forward" not in vars(model[0])


def test_a_forward_of_ones_own_is_put_back(path):
    model = nn.Linear(2, 2)
    model.forward = own = lambda x: x * 2.0  # type: ignore[method-assign]
    export_onnx(model, path)
    assert model.forward is own


def test_a_precision_that_onnx_does_not_have(path):
    if np.dtype(np.longdouble) == np.float64:
        pytest.skip("long double is double here")
    with pytest.raises(ExportError, match=r"float128.*use float32 or float64|longdouble.*use float32 or float64"):
        export_onnx(nn.Linear(2, 2, dtype=np.longdouble), path)


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1, 1.0, False),
        (float("nan"), float("nan"), True),
        (np.float32(1), np.float64(1), False),
        (np.array([np.nan]), np.array([np.nan]), True),
        (np.zeros((1, 2)), np.zeros((2, 1)), False),
        (slice(1, None), slice(1, None), True),
        (slice(1, None), slice(2, None), False),
        ((1, [2, None]), (1, [2, None]), True),
        ((1,), (1, 2), False),
        ({"axis": (0, np.arange(2))}, {"axis": (0, np.arange(2))}, True),
        ({"axis": 0}, {"shape": 0}, False),
        (None, None, True),
    ],
)
def test_same(a, b, equal):
    assert same(a, b) is equal
