"""Every operation of the registry, captured: the plan gives the loss and the gradients of the eager step."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_cases import CASES, Case, Problem

from backprop import Tensor
from backprop.nn import Module
from backprop.training.eager import EagerStep
from backprop.training.flat import FlatParameters
from backprop.training.plan.capture import capture
from backprop.training.plan.symbols import CaptureError

X, Y = np.ones((2, 1)), np.ones((2, 1))


class Operands(Module):
    """A model whose parameters are the operands of one operation, and which ignores its input."""

    def __init__(self, case: Case, problem: Problem) -> None:
        self.case = case
        operands, self.parameters_of_operation = problem
        self.operands = [Tensor(x) if np.asarray(x).dtype.kind == "f" else x for x in operands]

    def forward(self, x: Any) -> Any:
        # times 1, so that the operands are computed, and the result may overwrite them
        operands = [x * 1.0 if isinstance(x, Tensor) or hasattr(x, "_apply") else x for x in self.operands]
        return self.case.call(*operands, **self.parameters_of_operation)


class WeightedSum:
    def compute(self, outputs: Any, targets: Any) -> Any:
        weights = np.random.default_rng(7).uniform(0.5, 1.5, outputs.shape)
        return (outputs * weights).sum() if outputs.shape else outputs * float(weights)


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=20)
@given(data=st.data())
def test_plan_agrees_with_eager(name: str, data: st.DataObject):
    case = CASES[name]
    model = Operands(case, data.draw(case.problems))
    if not list(model.parameters()):
        return
    flat = FlatParameters(dict(model.named_parameters()))
    if flat.values.size == 0:
        return
    eager = EagerStep(model, WeightedSum(), flat)
    loss, gradients = eager.step(X, Y), flat.gradients.copy()
    if name == "prod":  # its derivative looks for zeros among the numbers
        with pytest.raises(CaptureError, match=r"np\.all"):
            capture(model, WeightedSum(), flat, X, Y)
        return
    plan = capture(model, WeightedSum(), flat, X, Y).function()
    for _ in range(2):  # the second time, every array holds what the first has left
        flat.gradients.fill(np.nan)
        np.testing.assert_allclose(plan(X, Y), loss, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(flat.gradients, gradients, rtol=1e-10, atol=1e-12)
    flat.values += 0.001
    flat.changed()
    np.testing.assert_allclose(plan(X, Y), eager.step(X, Y), rtol=1e-12, atol=1e-12)
