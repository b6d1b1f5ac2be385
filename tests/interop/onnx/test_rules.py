"""Every operation of the registry, in both precisions, by the table of operations: ONNX Runtime gives our values."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_cases import CASES, Case

import backprop
from backprop import Tensor, operations
from backprop.interop import ExportError
from backprop.interop.onnx.rules import REFUSED, RULES
from backprop.nn import Module
from backprop.operations import REGISTRY

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
EXPORTED = {name: case for name, case in CASES.items() if REGISTRY[name] in RULES}


class Applied(Module):
    """An operation on parameters. The inputs are only put beside it, so that the output depends on them."""

    def __init__(self, case: Case, operands: list[Any], parameters: dict[str, Any], dtype: str) -> None:
        self.parts = [np.asarray(x) for x in operands]
        self.parts = [Tensor(x.astype(dtype)) if x.dtype.kind == "f" else x for x in self.parts]
        self.case, self.options = case, parameters

    def forward(self, x: Any) -> Any:
        return self.case.call(*self.parts, **self.options) + 0.0 * operations.sum_(x)


def test_every_operation_has_a_rule_or_a_reason():
    own = {operation for operation in REGISTRY.values() if operation.__module__.startswith("backprop.operations.")}
    assert own <= set(RULES) | set(REFUSED)
    assert not set(RULES) & set(REFUSED)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", EXPORTED)
@settings(max_examples=15)
@given(data=st.data())
def test_value(runtime, name, dtype, data):
    case = CASES[name]
    operands, parameters = data.draw(case.problems)
    if name == "astype":
        parameters = {"dtype": np.dtype({"float32": "float64", "float64": "float32"}[dtype])}
    model = Applied(case, operands, parameters, dtype)
    x = np.ones((4, 2), dtype)
    expected = np.asarray(model(Tensor(x)).value)
    if 0 in (expected.size, *(np.size(part) for part in operands)):
        return  # ONNX Runtime 1.31 divides by zero when it folds constants without entries, and the process ends
    if name == "getitem" and refused(parameters["index"]):
        with pytest.raises(ExportError, match=r"Index one axis at a time|backprop\.where"):
            runtime(model, (2,))
        return
    found = runtime(model, (2,))(x)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def refused(index: Any) -> bool:
    """Whether an index is of several arrays, or of booleans for several axes."""
    arrays = [np.asarray(part) for part in (index if isinstance(index, tuple) else (index,)) if np.ndim(part)]
    return len(arrays) > 1 or any(a.dtype == bool and a.ndim > 1 for a in arrays)


FAR = np.array([1e-12, 1e-5, 0.1, 0.4999, 0.5001, 1.0, 15.0, 19.9, 20.1, 60.0, 80.0])
"""Where formulas lose their digits, and where they change over."""


class Function(Module):
    """A function of the package as a model, of the precision that is asked for."""

    def __init__(self, name: str, dtype: str) -> None:
        self.function, self.precision = getattr(backprop, name), np.dtype(dtype)

    def forward(self, x: Any) -> Any:
        return self.function(x)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.precision


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(
    ("name", "written_out"),
    [("expm1", True), ("log1p", True), ("sinh", True), ("cosh", True), ("tan", True)]
    + [(name, False) for name in ("gelu", "sigmoid", "softplus", "elu", "leaky_relu", "tanh", "log_softmax")],
)
def test_small_and_large_numbers(runtime, name, written_out, dtype):
    """Formulas that are written out keep all digits; of ONNX Runtime's own operations we ask for the absolute error."""
    x = np.concatenate([FAR, [0.0], [] if name == "log1p" else -FAR]).astype(dtype)[:, None]
    expected = np.asarray(getattr(backprop, name)(x))
    digits = 20 * np.finfo(dtype).eps
    found = runtime(Function(name, dtype), (1,))(x)
    np.testing.assert_allclose(found, expected, rtol=digits, atol=np.finfo(dtype).tiny if written_out else digits)


def test_numbers_that_single_precision_would_round(runtime):
    """The attributes of Elu and LeakyRelu are of single precision."""
    from backprop.nn import ELU, LeakyReLU, Sequential

    x = np.linspace(-3, 3, 14).reshape(7, 2)
    for model in (Sequential(LeakyReLU(0.1)), Sequential(ELU(0.3)), Sequential(LeakyReLU(0.25)), Sequential(ELU(1.5))):
        np.testing.assert_allclose(runtime(model, (2,))(x), model.predict(x), rtol=1e-14, atol=1e-15)
