from pathlib import Path

import pytest

from backprop.site.checks.notation import check_notation
from backprop.site.checks.page import read_page
from backprop.site.checks.rejected import load_rejected

REJECTED = Path(__file__).parents[3] / "docs" / "rejected.toml"
LANGUAGES = ("en", "es", "zh", "ko", "pt")


@pytest.fixture
def rules(tmp_path):
    """The rules that a formula of a page breaks, by the project's own list."""
    rejected, findings = load_rejected(REJECTED, LANGUAGES)
    assert findings == []

    def rules(formula, name="backward-pass.md", language="es"):
        page = tmp_path / "page.md"
        page.write_text(f"Text.\n\n$$\n{formula}\n$$\n", encoding="utf-8")
        found = list(check_notation(read_page(page, language, name), rejected))
        assert all(breach.finding.line == 3 for breach in found)
        return sorted({breach.finding.rule.removeprefix("notation/") for breach in found})

    return rules


# Right formulas of the tutorial: none of them breaks a rule.
RIGHT = [
    r"\frac{\partial g}{\partial x}=\frac{\partial g}{\partial p}\,\frac{\partial p}{\partial x}=(-3)\cdot1=-3",
    r"\partial g/\partial x",
    r"W\leftarrow W-\eta\,\nabla_W c",
    r"W - \eta n\,k",
    r"\frac{d\sigma}{dz}=\bigl(1-\sigma(z)\bigr)\sigma(z)",
    r"\begin{aligned} y &= f(x) \\ &= 2x \end{aligned}",
    r"x^* + y^{*} y",
    r"a \odot b",
    r"\text{若 } x > 0 \text{，否则}",
    r"g = {{ g }}",
    r"(x). \quad y",
]


@pytest.mark.parametrize("formula", RIGHT)
def test_right_formulas(rules, formula):
    assert rules(formula) == []


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac{\partial x}{\partial f}", ["no-f", "upside-down"]),
        (r"\frac {\partial y} {\partial g}", ["upside-down"]),
        (r"\dfrac{\partial p}{\partial g}", ["upside-down"]),
        (r"\partial x / \partial p", ["upside-down"]),
        (r"\frac{dz}{dg}", ["upside-down"]),
        (r"\frac{\mathrm{d}z}{\mathrm{d}g}", ["upside-down"]),
        (r"\frac{\partial g}{\partial f}", ["no-f"]),
        (r"dq/dx", ["no-q"]),
        (r"dq / dx", ["no-q"]),
        (r"a \ast b", ["asterisk-command"]),
        (r"n * d", ["asterisk"]),
        (r"x*y", ["asterisk"]),
        (r"(a)*2", ["asterisk"]),
        (r"( -3 ).1 = -3", ["full-stop-product"]),
        (r"W - n \, \nabla c", ["learning-rate"]),
        (r"\left ( -3 \derecho )", ["translated-command"]),
        (r"\izquierdo( 3 \right)", ["translated-command"]),
        (r"\ 왼쪽 ( 3 \ 오른쪽 )", ["translated-command"]),
        (r"\ frac {a}{b}", ["split-command"]),
        (r"\ partial x", ["split-command"]),
        (r"a \ Rightarrow b", ["split-command"]),
        (r"\ ast", ["split-command"]),
        (r"a − b", ["minus-character"]),
        (r"x = 1，y = 3", ["full-width"]),
        ("a &= b = \\\\\n&= c", ["repeated-equals"]),
        (r"\frac{1}{11+ex}", ["sum-in-words"]),
    ],
)
def test_wrong_formulas(rules, formula, expected):
    assert rules(formula) == expected


def test_a_rule_for_some_pages(rules):
    assert rules(r"\frac{\partial f}{\partial w}", name="training.md") == []


def test_found_in_inline_formulas_and_titles(tmp_path):
    rejected, _ = load_rejected(REJECTED, LANGUAGES)
    page = tmp_path / "page.md"
    page.write_text('---\ntitle: $a \\ast b$\n---\n\n!!! note "$c \\ast d$"\n    $e \\ast f$\n', encoding="utf-8")
    found = [b.finding.line for b in check_notation(read_page(page, "es", "page.md"), rejected)]
    assert found == [2, 5, 6]
