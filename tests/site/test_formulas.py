"""TeX to MathML."""

import pytest

from backprop.site.formulas import FormulaError, Formulas


@pytest.mark.parametrize(
    ("tex", "inside"),
    [
        (r"\frac{\partial g}{\partial x}", "<mfrac>"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "<mtable"),
        (r"\underbrace{x + y}_{p}", "<munder>"),
        (r"\bigl( x \bigr)", "<mo"),
        (r"1.2\cdot10^{-7}", "<mn>1.2</mn>"),
        (r"\text{pérdida 손실 损失}", "pérdida\u00a0손실\u00a0损失"),
        (r"\operatorname{sen} x", "sen"),
    ],
)
def test_what_pages_need_converts(tex, inside):
    mathml = Formulas().convert(tex, display=True)
    assert inside in mathml
    assert mathml.startswith('<math display="block">')
    assert "&ApplyFunction;" not in mathml


def test_macros_of_the_site():
    assert "<mi>W</mi>" in Formulas({"weights": "W"}).convert(r"\weights", display=False)


@pytest.mark.parametrize(("tex", "line"), [(r"\nonsense", 0), ("a\n\\frac{b}{", 1), ("x\n\n\\left( y", 2)])
def test_what_does_not_convert_is_said_with_its_line(tex, line):
    with pytest.raises(FormulaError) as caught:
        Formulas().convert(tex, display=True)
    assert caught.value.line == line
    assert tex in str(caught.value)
