from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from backprop import Tensor, absolute, concatenate, exp, log, maximum, sigmoid, sin, softmax, tanh
from backprop.explain import Trace, definition, expression
from backprop.explain.formulas import Term, local_latex, vjp_latex

x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
w = Tensor(2.0, "w^(1)_1")
A, v = Tensor([[1.0, 2.0], [3.0, 4.0]], "A"), Tensor([1.0, 2.0], "v")


@pytest.mark.parametrize(
    ("tensor", "latex"),
    [
        ((x + y) * z, r"(x + y) \cdot z"),
        (x - (y - z), "x - (y - z)"),
        ((x - y) - z, "x - y - z"),
        (-(x + y), "-(x + y)"),
        (x * -y, r"x \cdot (-y)"),
        ((-x) ** 2, "(-x)^{2}"),
        ((x**2) ** 3, "(x^{2})^{3}"),
        (sin(x) ** 2, r"(\sin x)^{2}"),
        (sin(x) * y, r"(\sin x) \cdot y"),
        (y * sin(x), r"y \cdot \sin x"),
        (sin(x + y) / z, r"\frac{\sin(x + y)}{z}"),
        ((x / y) ** 2, r"\left(\frac{x}{y}\right)^{2}"),
        (w**2, r"(w_{1}^{(1)})^{2}"),
        (x * -3, r"x \cdot (-3)"),
        (x * 1e-9, r"x \cdot (1\cdot10^{-9})"),
        (exp(sin(x**2)), r"e^{\sin(x^{2})}"),
        (1 / (1 + exp(-x)), r"\frac{1}{1 + e^{-x}}"),
        (log(sigmoid(x)), r"\ln \sigma(x)"),
        (absolute(x + y) * 2, r"\left|x + y\right| \cdot 2"),
        (maximum(x + y, z), r"\max(x + y, z)"),
        ((A @ (v + v)).sum(), r"\textstyle\sum (A\,(v + v))"),
        (A.T @ v, r"A^\top\,v"),
        (concatenate([v, v]), r"\operatorname{concatenate}(v, v)"),
        (tanh(A @ v), r"\tanh(A\,v)"),
    ],
)
def test_brackets_stand_where_precedence_asks_for_them(tensor: Tensor, latex: str) -> None:
    assert expression(tensor).latex == latex
    LatexToMathML().convert_with_local_state(latex, displaystyle=False)


def test_a_definition_stops_at_named_nodes(running: SimpleNamespace) -> None:
    assert str(definition(running.g)) == r"g = p \cdot z"
    assert str(definition(running.g, running.p)) == "p = x + y"
    assert str(expression(running.g)) == r"(x + y) \cdot z"


def test_functions_are_written_as_in_the_language() -> None:
    formula = expression(exp(sin(x**2)))
    assert formula.latex_in("es") == r"e^{\operatorname{sen}(x^{2})}"
    assert formula.text("pt") == "e^(sen(x²))"
    assert formula.text("ko") == "e^(sin(x²))"
    assert "<math" in formula.html("zh")
    assert formula._repr_latex_() == r"$\displaystyle e^{\sin(x^{2})}$"


def test_local_derivatives_in_symbols() -> None:
    def local(tensor: Tensor) -> list[str | None]:
        node = Trace(tensor).output
        return [local_latex(node, i) for i, operand in enumerate(node.operands) if operand.kind == "input"]

    assert local((x * z).named("g")) == ["z", "x"]
    assert local(tanh(x).named("y")) == ["1 - y^2"]
    assert local(x**2) == [r"2 \cdot x"]
    assert local(x**3) == [r"3 \cdot x^{2}"]
    assert local(x**0.5) == [r"0.5 \cdot x^{-0.5}"]
    assert local(A @ v) == [None, None]


def test_products_of_matrices_in_symbols() -> None:
    node = Trace(A @ v).output
    upstream = Term("g")
    assert [vjp_latex(node, i, upstream) for i in (0, 1)] == [r"g\,v^\top", r"A^\top g"]
    assert vjp_latex(Trace(softmax(v).named("s")).output, 0, upstream) == r"s \odot (g - \textstyle\sum g \odot s)"


def test_large_constants_are_written_by_their_shape() -> None:
    assert expression(Tensor(np.ones((3, 2)), "W").T @ np.ones(3)).latex == r"W^\top\,(1,\ 1,\ 1)"
    assert expression(np.ones((5, 3)) @ Tensor(np.ones(3), "b")).latex == r"\mathrm{const}_{5\times3}\,b"


def test_what_cannot_be_read_is_refused() -> None:
    tensor = x
    for _ in range(12):
        tensor = tensor * tensor
    with pytest.raises(ValueError, match=r"more than 500 operations; name intermediate results"):
        _ = expression(tensor).latex
    with pytest.raises(ValueError, match="x is an input"):
        definition(tensor, x)


@given(seed=st.integers(0, 10**6))
def test_an_expression_has_the_value_of_the_graph(
    random_graph: Callable[[int], tuple[Tensor, list[Tensor]]], seed: int
) -> None:
    """The text form, read as Python, computes what the engine computed: brackets are where they belong."""
    output, inputs = random_graph(seed)
    try:
        text = expression(output).text("en")
    except ValueError:
        return
    for symbol, python in {"−": "-", "·": "*", "²": "**2", "^": "**", "σ": "sigmoid"}.items():
        text = text.replace(symbol, python)
    for function in ("sin", "cos", "tanh"):
        text = text.replace(f"{function} ", f"{function} ** ")
    scope = {t.name: t.value for t in inputs} | {"e": np.e, "sigmoid": lambda t: 1 / (1 + np.exp(-t))}

    class Prefix:
        """`sin ** x` binds like a function without brackets; `sin(x)` is a call."""

        def __init__(self, function: Callable[[float], float]) -> None:
            self.function = function

        def __call__(self, value: float) -> float:
            return self.function(value)

        def __pow__(self, value: float) -> float:
            return self.function(value)

    scope |= {"sin": Prefix(np.sin), "cos": Prefix(np.cos), "tanh": Prefix(np.tanh)}
    assert eval(text, {}, scope) == pytest.approx(output.value, rel=1e-9, abs=1e-12)
