import re
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from backprop import GraphError, Tensor, cos, exp, sin
from backprop.explain import Trace, derivation
from backprop.explain.numbers import format_value

FRACTION = re.compile(r"\\frac\{(?:d|\\partial )([^{}]*(?:\{\w+\})?)\}\{(?:d|\\partial )([^{}]*(?:\{\w+\})?)\}")
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def test_the_running_example(running: SimpleNamespace) -> None:
    g = running.g
    chain = r"\frac{\partial g}{\partial x} = \frac{\partial g}{\partial p}\,\frac{\partial p}{\partial x}"
    assert str(derivation(g, running.x)) == chain + r" = (-3) \cdot 1 = -3"
    assert str(derivation(g, running.x, symbolic=True)) == chain + r" = z \cdot 1 = (-3) \cdot 1 = -3"
    assert derivation(g, running.y).text() == "∂g/∂y = ∂g/∂p · ∂p/∂y = (−3) · 1 = −3"
    assert derivation(g, running.z).text() == "∂g/∂z = p = 4"
    assert derivation(g, running.p).text() == "∂g/∂p = z = −3"
    assert derivation(g, g).text() == "∂g/∂g = 1"


def test_three_uses_are_three_terms(shared: SimpleNamespace) -> None:
    assert derivation(shared.q, shared.w).text() == (
        "∂q/∂w = ∂q/∂u · ∂₁u + ∂q/∂u · ∂₂u + ∂q/∂v · ∂v/∂w = 1 · 2 + 1 · 2 + 1 · 5 = 2 + 2 + 5 = 9"
    )


def test_one_variable_has_d_and_the_sine_of_the_language() -> None:
    x = Tensor(1.0, "x")
    u = (x**2).named("u")
    found = derivation(exp(sin(u).named("v")).named("y"), x, symbolic=True)
    assert found.text("en") == (
        "dy/dx = dy/dv · dv/du · du/dx = y · (cos u) · 2 · x ≈ 2.31978 · 0.540302 · 2 ≈ 2.50676"
    )
    assert derivation(cos(u).named("c"), u).text("es") == "dc/du = −sen u ≈ −0.841471"


def test_a_rounded_constant_is_approximate_in_every_form() -> None:
    x, a = Tensor(2.0, "x"), Tensor(np.array([1.0, 2.0]), "a")
    assert str(derivation((x * np.pi).named("y"), x)) == r"\frac{dy}{dx} \approx 3.14159"
    assert str(derivation((x + np.pi).named("y"), x)) == r"\frac{dy}{dx} = 1"
    assert str(derivation((x * 4.0).named("y"), x)) == r"\frac{dy}{dx} = 4"
    assert r"&\approx \frac{dy}{du} \odot 3.14159" in str(derivation((a * np.pi).named("u").sum().named("y"), a))


def test_many_paths_become_one_equation_for_each_node() -> None:
    x = Tensor(1.0, "x")
    y = x
    for _ in range(12):
        y = y * y
    text = derivation(y.named("L"), x).text()
    assert text.splitlines()[0] == "dL/dv₁₁ = v₁₁ + v₁₁ = 2"
    assert text.splitlines()[-1] == "dL/dx = dL/dv₁ · ∂₁v₁ + dL/dv₁ · ∂₂v₁ = 4096"


def test_of_very_many_equations_the_middle_is_left_out() -> None:
    x = Tensor(0.5, "x")
    y = x
    for _ in range(300):
        y = sin(y)
    lines = derivation(y.named("L"), x).text().splitlines()
    assert len(lines) == 25
    assert lines[12] == "…"


def test_arrays_follow_the_rules_of_their_operations(layer: SimpleNamespace) -> None:
    latex = derivation(layer.L, layer.W).latex
    assert r"\frac{\partial L}{\partial v_{2}} &= \frac{\partial L}{\partial h} \odot (1 - h^2)" in latex
    assert r"\mathrm{const}_{2\times3}^\top \frac{\partial L}{\partial v_{1}}" in latex
    assert (
        r"\frac{\partial L}{\partial b} &= \textstyle\sum \frac{\partial L}{\partial v_{2}}"
        in derivation(layer.L, layer.b).latex
    )
    LatexToMathML().convert_with_local_state(latex, displaystyle=True)


def test_the_seed_of_a_trace_does_not_change_a_derivative(running: SimpleNamespace) -> None:
    assert derivation(Trace(running.g, seed=2.0), running.z).text() == "∂g/∂z = p = 4"


def test_what_the_output_does_not_depend_on_is_refused(running: SimpleNamespace) -> None:
    with pytest.raises(GraphError, match="does not depend on w"):
        derivation(running.g, Tensor(1.0, "w"))


@given(seed=st.integers(0, 10**6), symbolic=st.booleans())
def test_every_side_of_the_equation_is_the_gradient_and_nothing_is_upside_down(
    random_graph: Callable[[int], tuple[Tensor, list[Tensor]]], seed: int, symbolic: bool
) -> None:
    output, _ = random_graph(seed)
    trace = Trace(output.named("L"))
    output.backward()
    places = {node.name.latex: node.index for node in trace.nodes}
    for node in trace.inputs:
        assert node.tensor is not None
        found = derivation(trace, node.tensor, symbolic=symbolic)
        LatexToMathML().convert_with_local_state(found.latex, displaystyle=True)
        *_, right = re.split(r" = | \\approx ", found.latex.removesuffix(r" \end{aligned}"))
        gradient = trace.gradients[node]  # as backward() has it, but for the order in which contributions are added
        assert gradient == pytest.approx(node.tensor.grad, rel=1e-12, abs=1e-12)
        assert right == format_value(gradient, "latex")
        for above, below in FRACTION.findall(found.latex):  # what is above was computed from what is below
            assert places[above] >= places[below]
        numbers = re.split(" [=≈] ", found.text("en"))[-2]
        if re.fullmatch(r"[\d.()−·⁻⁰¹²³⁴⁵⁶⁷⁸⁹+ ]+", numbers):
            powers = re.sub(r"·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m[1].translate(SUPERSCRIPTS), numbers)
            value = eval(powers.replace("−", "-").replace("·", "*"))
            np.testing.assert_allclose(value, node.tensor.grad, rtol=1e-4, atol=1e-4)
