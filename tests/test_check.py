from types import MappingProxyType

import numpy as np
import pytest

from backprop import (
    GradientError,
    GraphError,
    Tensor,
    check_gradients,
    exp,
    first_nonfinite,
    log,
    matmul,
    relu,
    sin,
    sqrt,
    stack,
    where,
)
from backprop.check import check_operation
from backprop.operations import REGISTRY, Operation


@pytest.fixture
def wrong():
    """Two operations with a mistake in one VJP each; the registry is as before afterwards."""
    before = dict(REGISTRY)

    class Cube(Operation):
        """y = x³, with the derivative of x²."""

        name, symbol = "cube", "³"
        latex = "<x>^3"
        local_latex = MappingProxyType({"x": "2 <x>"})

        def forward(self, x):
            return x * x * x

        def vjp_x(self, g, y, x):
            return g * (2 * x)

    class Blend(Operation):
        """y = 3a + 2b, with the derivative of b where the third entry is concerned wrong."""

        name, symbol = "blend", "~"
        latex = "3 <a> + 2 <b>"
        vjp_latex = MappingProxyType({"a": "3 <g>", "b": "2 <g>"})

        def forward(self, a, b):
            return 3 * a + 2 * b

        def vjp_a(self, g, y, a, b):
            return 3 * g

        def vjp_b(self, g, y, a, b):
            return g * np.array([2.0, 2.0, 2.1])

    yield Cube(), Blend()
    REGISTRY.clear()
    REGISTRY.update(before)


class TestCheckGradients:
    def test_right_gradients_pass(self):
        x, w = np.array([0.3, -0.7, 1.1]), np.random.default_rng(0).normal(size=(2, 3))
        error = check_gradients(lambda w, x: exp(sin(matmul(w, x))) * 2, w, x)
        assert 0 <= error < 1e-8

    @pytest.mark.parametrize("arguments", [(2, 3), (2.0, 3.0), ([2.0], [3.0]), (Tensor(2.0), Tensor(3.0))])
    def test_kinds_of_arguments(self, arguments):
        assert check_gradients(lambda x, y: x * y, *arguments) < 1e-8

    def test_single_precision_is_checked_in_double(self):
        assert check_gradients(lambda x: x * x, np.float32([1, 2])) < 1e-8

    def test_argument_that_does_not_matter(self):
        assert check_gradients(lambda x, y: x * 2, 1.0, 5.0) < 1e-8

    def test_operation_at_fault_is_named(self, wrong):
        cube, _ = wrong
        with pytest.raises(GradientError) as error:
            check_gradients(lambda x: sin(cube(x * 2.0)) + x, 0.4)
        message = str(error.value)
        assert "the VJP of cube for its operand x is wrong at the result of multiply = 0.8" in message
        assert "with respect to argument 0, entry ()" in message

    def test_operand_at_fault_and_entry_are_named(self, wrong):
        _, blend = wrong
        with pytest.raises(GradientError) as error:
            check_gradients(lambda a, b: blend(exp(a), b * 1.0).sum(), np.ones(3), np.zeros(3))
        message = str(error.value)
        assert "the VJP of blend for its operand b is wrong" in message
        assert "with respect to argument 1, entry (2,), is 2.1, but central differences give 2 " in message

    def test_constant_operands_are_not_at_fault(self, wrong):
        _, blend = wrong
        assert check_gradients(lambda a: blend(a, np.ones(3)), np.ones(3)) < 1e-8

    def test_kink(self):
        with pytest.raises(GradientError, match="relu"):
            check_gradients(lambda x: relu(x) * 2, 0.0)

    def test_function_of_values_is_refused(self):
        with pytest.raises(GraphError, match="does not depend on its arguments through recorded operations"):
            check_gradients(lambda x: x.value, 1.0)
        with pytest.raises(GraphError, match="does not depend"):
            check_gradients(lambda x: Tensor(1.0), 1.0)

    def test_hidden_dependence_is_found(self):
        """A part of the function that was computed outside the graph."""
        with pytest.raises(GradientError, match="every operation by itself is right"):
            check_gradients(lambda x: x * x.value, 3.0)

    def test_nan_is_an_error(self):
        with pytest.raises(GradientError, match="nan"):
            check_gradients(lambda x: x * np.nan, 1.0)

    def test_operation_whose_gradient_is_nan_is_named(self, monkeypatch):
        monkeypatch.setattr(type(sin), "vjps", (lambda self, g, y, x: g * np.nan,))
        with pytest.raises(GradientError, match=r"is nan, but central differences give .* the VJP of sin for its"):
            check_gradients(lambda x: exp(sin(x)), 1.0)

    def test_tolerance(self, wrong):
        cube, _ = wrong
        assert check_gradients(cube, 0.66, tolerance=0.1) > 1e-3


class TestCheckOperation:
    def test_right(self):
        assert check_operation(REGISTRY["multiply"](), np.ones((2, 1)), np.ones(3)).error < 1e-8
        assert check_operation(REGISTRY["where"](), np.array([True, False]), 1.0, np.ones(2)).error < 1e-8
        assert check_operation(REGISTRY["stack"](), np.ones(2), np.float32([1, 2]), 1 * np.ones(2)).error < 1e-8

    def test_wrong(self, wrong):
        mismatch = check_operation(wrong[1], np.ones(3), np.ones(3))
        assert (mismatch.position, mismatch.index) == (1, (2,))
        assert mismatch.error > 0.01


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
class TestFirstNonfinite:
    def test_none(self):
        x = Tensor([1.0, 2.0])
        assert first_nonfinite((x * x).sum()) is None
        assert first_nonfinite((x * x).sum(), gradients=True) is None
        assert first_nonfinite(x) is None

    def test_first_operation_is_named(self):
        x = Tensor([1.0, 0.0, 2.0], "x")
        y = exp(log(x) * 2).sum() - 1.0
        assert first_nonfinite(y) == ("log made -inf at index (1,) (1 of 3 entries) from x of shape (3,)")

    def test_oldest_of_two(self):
        x = Tensor(-1.0, "x")
        late = x * 2
        first = sqrt(x)
        assert first_nonfinite(log(late) + first) == "sqrt made nan from x = -1.0"

    @pytest.mark.parametrize("leaf", [True, False])
    def test_input_that_is_not_finite(self, leaf):
        bad = np.array([1.0, np.inf])
        y = (Tensor(bad, "data") * 2).sum() if leaf else (Tensor([1.0, 1.0]) * bad).sum()
        message = first_nonfinite(y)
        assert "is not finite before any operation: inf at index (1,)" in message
        assert message.startswith("data" if leaf else "a constant of shape (2,)")

    def test_output_that_is_a_leaf(self):
        assert first_nonfinite(Tensor(np.inf, "x")) == "x is not finite: inf"

    def test_operation_with_many_operands(self):
        x = Tensor(np.inf, "x")
        assert first_nonfinite(stack([Tensor(1.0), x, 2.0]).sum()) == "x = inf is not finite before any operation: inf"

    def test_backward_pass(self):
        """The value is finite, the derivative is not."""
        x = Tensor(0.0, "x")
        y = sqrt(x) * 3
        assert first_nonfinite(y) is None
        assert first_nonfinite(y, gradients=True) == (
            "the backward pass of sqrt made inf for its operand 0, x = 0.0, from the upstream gradient 3.0"
        )

    def test_backward_pass_of_an_array(self):
        """The classic: `where` hides the bad value, but 0 times infinity is NaN."""
        x = Tensor([0.0, 4.0], "x")
        y = where(x.value > 0, sqrt(x), 0.0).sum()
        message = first_nonfinite(y, gradients=True)
        assert message.startswith("the backward pass of sqrt made nan at index (0,) (1 of 2 entries)")
