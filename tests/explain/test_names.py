from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from backprop.explain.names import Name, unique_names


@pytest.mark.parametrize(
    ("name", "text", "latex"),
    [
        ("x", "x", "x"),
        ("w_11", "w₁₁", "w_{11}"),
        ("w^(1)_11", "w₁₁⁽¹⁾", "w_{11}^{(1)}"),
        ("w_11^(1)", "w₁₁⁽¹⁾", "w_{11}^{(1)}"),
        ("theta", "θ", r"\theta"),
        ("loss", "loss", r"\mathrm{loss}"),
        ("x_train", "xₜᵣₐᵢₙ", r"x_{\mathrm{train}}"),
        ("layers.0.weight", "layers.0.weight", r"\mathrm{layers.0.weight}"),
        ("a_b_c", "a_b_c", r"\mathrm{a\_b\_c}"),
        ("x'", "x′", "x'"),
        ("손실", "손실", r"\text{손실}"),
    ],
)
def test_names(name: str, text: str, latex: str) -> None:
    assert Name.parse(name).text == text
    assert Name.parse(name).latex == latex


@given(st.text(st.characters(exclude_categories=["C", "Z", "M", "S"]), min_size=1, max_size=12))
def test_any_name_is_latex_and_escaped_in_svg(name: str) -> None:
    parsed = Name.parse(name)
    if name.isascii():
        LatexToMathML().convert_with_local_state(parsed.latex, displaystyle=False)
    ET.fromstring(f"<text>{parsed.svg}</text>")


def test_unnamed_and_repeated_names_become_unique() -> None:
    assert unique_names(["x", None, "h", "h", None]) == ["x", "v_1", "h_1", "h_2", "v_2"]


def test_automatic_names_avoid_those_that_were_given() -> None:
    assert unique_names(["v_1", None, "h", "h", "h_1"]) == ["v_1", "v_2", "h_2", "h_3", "h_1"]


@given(st.lists(st.sampled_from([None, "x", "h", "h_1", "v_1", "v_2", "w_1,1"]), max_size=30))
def test_names_are_always_unique(names: list[str | None]) -> None:
    assert len(set(unique_names(names))) == len(names)
