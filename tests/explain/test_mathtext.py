from xml.etree import ElementTree as ET

import pytest
from math_core import LatexToMathML

from backprop.explain.mathml import to_mathml
from backprop.explain.mathtext import to_text
from backprop.operations import REGISTRY
from backprop.operations.operation import fill

CASES = [
    (r"\frac{\partial g}{\partial p}\,\frac{\partial p}{\partial x} = (-3) \cdot 1", "∂g/∂p · ∂p/∂x = (−3) · 1"),
    (r"\frac{a + b}{2 y}", "(a + b)/(2y)"),
    (r"e^{\sin(x^{2})}", "e^(sin(x²))"),
    (r"-\frac{a}{b^2}", "−a/b²"),
    (r"w_{11}^{(1)} \cdot x", "w₁₁⁽¹⁾ · x"),
    (r"x^{-1}", "x⁻¹"),
    (r"1.2\cdot10^{-7}", "1.2·10⁻⁷"),
    (r"(0,\ 0,\ \ldots,\ 1) \in \mathbb{R}^{5\times7}", "(0, 0, …, 1) ∈ ℝ^(5×7)"),
    (r"\begin{pmatrix} 1 & -2 \\ 3 & 4 \end{pmatrix}", "[[1, −2], [3, 4]]"),
    (r"\left|-x\right|", "|−x|"),
    (r"A^\top\,b", "Aᵀ b"),
    (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b\nc = d"),
    (r"\mathrm{a\_b} + \text{손실}", "a_b + 손실"),
    (r"\sigma(x) (1 - y)", "σ(x)(1 − y)"),
    (r"u \to v", "u → v"),
]  # fmt: skip


class Letters(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key[0]


TEMPLATES = [
    template
    for operation in REGISTRY.values()
    for template in (operation.latex, *operation.local_latex.values(), *operation.vjp_latex.values())
]


@pytest.mark.parametrize(("latex", "text"), CASES)
def test_text(latex: str, text: str) -> None:
    assert to_text(latex) == text


@pytest.mark.parametrize("latex", [latex for latex, _ in CASES])
def test_mathml_is_well_formed_and_the_site_s_converter_agrees_that_it_is_latex(latex: str) -> None:
    ET.fromstring(to_mathml(latex))
    ET.fromstring(to_mathml(latex, display=True))
    LatexToMathML().convert_with_local_state(latex, displaystyle=False)


def test_mathml_elements() -> None:
    assert to_mathml("x^2") == "<math><msup><mi>x</mi><mn>2</mn></msup></math>"
    fraction = '<mfrac><mn>1</mn><mrow><mn>1</mn><mo stretchy="false">+</mo><mi>x</mi></mrow></mfrac>'
    assert to_mathml(r"\frac{1}{1 + x}") == f"<math>{fraction}</math>"
    assert to_mathml("a < b", display=True).startswith('<math display="block"><mi>a</mi><mo stretchy="false">&lt;')


@pytest.mark.parametrize("template", TEMPLATES)
def test_all_notation_of_the_operations_is_known(template: str) -> None:
    latex = fill(template, Letters(g=r"\frac{\partial L}{\partial y}"))
    ET.fromstring(to_mathml(latex))
    assert "\\" not in to_text(latex)
    LatexToMathML().convert_with_local_state(latex, displaystyle=False)


def test_an_unknown_command_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown command \\unknown"):
        to_text(r"x + \unknown")
    with pytest.raises(ValueError, match="ends too early"):
        to_text(r"\frac{1}")
