from types import SimpleNamespace

from backprop import Tensor, exp, sin
from backprop.explain.notation import gradient_latex, local_derivative_latex
from backprop.explain.trace import Trace


def test_the_output_is_above_and_the_variable_below(running: SimpleNamespace) -> None:
    trace = Trace(running.g)
    assert gradient_latex(trace, trace.node(running.x)) == r"\frac{\partial g}{\partial x}"
    assert local_derivative_latex(trace, trace.output, 0) == r"\frac{\partial g}{\partial p}"


def test_d_for_one_variable() -> None:
    x = Tensor(1.0, "x")
    y = exp(sin(x).named("u")).named("y")
    trace = Trace(y)
    assert gradient_latex(trace, trace.node(x)) == r"\frac{dy}{dx}"
    assert local_derivative_latex(trace, trace.output, 0) == r"\frac{dy}{du}"


def test_a_branch_inside_makes_partial_derivatives() -> None:
    x = Tensor(1.0, "x")
    u, v = sin(x).named("u"), exp(x).named("v")
    trace = Trace((u * v).named("y"))
    assert gradient_latex(trace, trace.node(x)) == r"\frac{dy}{dx}"
    assert gradient_latex(trace, trace.node(u)) == r"\frac{\partial y}{\partial u}"
    assert local_derivative_latex(trace, trace.output, 0) == r"\frac{\partial y}{\partial u}"
    assert local_derivative_latex(trace, trace.node(u), 0) == r"\frac{du}{dx}"


def test_an_operand_that_comes_in_two_ways_is_named_by_its_place() -> None:
    x, w = Tensor(1.0, "x"), Tensor(2.0, "w")
    square = Trace((x * x).named("s"))
    assert [local_derivative_latex(square, square.output, i) for i in (0, 1)] == [r"\partial_{1} s", r"\partial_{2} s"]
    around = Trace((x * w - w).named("r"))
    assert local_derivative_latex(around, around.output, 0) == r"\frac{\partial r}{\partial v_{1}}"
    assert local_derivative_latex(around, around.output, 1) == r"\partial_{2} r"
