import re
from collections.abc import Callable
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import GraphError, Tensor, exp, sin
from backprop.explain import Trace, backward_table, check_table, forward_table
from backprop.explain.derivatives import path_sum
from backprop.explain.labels import languages
from backprop.explain.notation import gradient_latex
from backprop.explain.numbers import format_value
from backprop.explain.table import Table, display_width

NUMBER = re.compile(r"−?\d+(?:\.\d+)?")


def cells(table: Table, row: int) -> list[str]:
    return re.split(r"\s{3,}", table.text("en").splitlines()[4 + row].strip())


def test_forward_table(running: SimpleNamespace) -> None:
    table = forward_table(running.g)
    assert [cells(table, i) for i in range(5)] == [
        ["0", "x", "input", "1"],
        ["0", "y", "input", "3"],
        ["0", "z", "input", "−3"],
        ["1", "p", "x + y", "1, 3", "4"],
        ["2", "g", "p · z", "4, −3", "−12"],
    ]


def test_backward_table(running: SimpleNamespace) -> None:
    table = backward_table(running.g)
    assert [cells(table, i) for i in range(5)] == [
        ["0", "g", "∂g/∂g = 1"],
        ["1", "g → p", "∂g/∂g · ∂g/∂p = 1 · (−3) = −3", "∂g/∂p = −3"],
        ["1", "g → z", "∂g/∂g · ∂g/∂z = 1 · 4 = 4", "∂g/∂z = 4"],
        ["2", "p → x", "∂g/∂p · ∂p/∂x = (−3) · 1 = −3", "∂g/∂x = −3"],
        ["2", "p → y", "∂g/∂p · ∂p/∂y = (−3) · 1 = −3", "∂g/∂y = −3"],
    ]
    assert table.note is None


def test_fan_out_is_seen_to_add_up(shared: SimpleNamespace) -> None:
    text = backward_table(shared.q).text("en")
    assert "first, second" in text
    assert "Sum so far" in text


def test_only_the_last_contribution_makes_the_sum_a_derivative(shared: SimpleNamespace) -> None:
    table = backward_table(shared.q)
    assert [cells(table, i)[-1] for i in range(7)] == [
        "∂q/∂q = 1",
        "∂q/∂u = 1",
        "∂q/∂v = 1",
        "5",
        "∂q/∂x = 2",
        "5 + 2 = 7",
        "∂q/∂w = 7 + 2 = 9",
    ]


def test_partial_sums_of_arrays_and_of_negative_and_rounded_numbers() -> None:
    a = Tensor([1.0, 2.0], "a")
    sums = [cells(backward_table((a * 0.1 - a * 3.0).named("y").sum().named("L")), i)[-1] for i in (4, 5)]
    assert sums == ["(−3, −3)", "dL/da = (−3, −3) + (0.1, 0.1) = (−2.9, −2.9)"]
    t = Tensor(3.0, "t")
    assert cells(backward_table((1 / t - t).named("y")), 2)[-1] == "−1"
    assert cells(backward_table((1 / t - t).named("y")), 3)[-1] == "dy/dt ≈ −1 + (−0.111111) ≈ −1.11111"


@given(seed=st.integers(0, 10**6))
def test_a_derivative_is_stated_once_and_with_its_value(
    random_graph: Callable[[int], tuple[Tensor, list[Tensor]]], seed: int
) -> None:
    trace = Trace(random_graph(seed)[0])
    rows = backward_table(trace).rows
    stated = [str(row[-1]) for row in rows if r"\frac" in str(row[-1])]
    assert len(stated) == len(trace.gradients)
    assert len(rows) == len(trace.contributions) + 1
    for node, gradient in trace.gradients.items():
        value = format_value(gradient, "latex")
        assert any(s.startswith(gradient_latex(trace, node)) and s.endswith(f" {value}") for s in stated)


def test_check_table(running: SimpleNamespace) -> None:
    table = check_table(running.g)
    assert [cells(table, i)[:4] for i in range(3)] == [
        ["∂g/∂x", "−3", "−3", "−3"],
        ["∂g/∂y", "−3", "−3", "−3"],
        ["∂g/∂z", "4", "4", "4"],
    ]


def test_check_table_of_arrays_has_no_sum_over_paths(layer: SimpleNamespace) -> None:
    table = check_table(layer.L)
    assert [column.key for column in table.columns] == ["derivative", "reverse", "numerical", "error"]
    assert cells(table, 1)[1] == cells(table, 1)[2] == "(0.260436, 0.134299)"


def test_arrays_are_short(layer: SimpleNamespace) -> None:
    forward = forward_table(layer.L)
    assert cells(forward, 3)[2:] == ["v₁ + b", "2×2, (0, 1)", "[[0.3, 1.3], [1.2, 2.2]]"]
    backward = backward_table(layer.L).text("en")
    assert "∂L/∂h ⊙ ∂h/∂v₂ ≈ [[0.133295" in backward
    assert "∂L/∂v₁ · ∂v₁/∂W ≈ [[0.381422" in backward


def test_the_same_numbers_in_every_language(shared: SimpleNamespace) -> None:
    for table in (forward_table(shared.q), backward_table(shared.q), check_table(shared.q)):
        numbers = {tuple(NUMBER.findall(re.sub("∂.", "", table.text(language)))) for language in languages()}
        rows = {tuple(re.findall(r"<m?n?t?d?>(−?[\d.]+)<", table.html(language))) for language in languages()}
        assert len(numbers) == len(rows) == 1


def test_columns_are_aligned_also_with_wide_characters(running: SimpleNamespace, language: str) -> None:
    for table in (forward_table(running.g), backward_table(running.g), check_table(running.g)):
        lines = table.text(language).splitlines()
        rule = display_width(lines[1])
        assert set(lines[1]) == {"─"}
        assert all(display_width(line) <= rule for line in lines[2:])
        last_is_numeric = table.columns[-1].numeric
        assert not last_is_numeric or all(display_width(line) == rule for line in lines[4:-1])


def test_html_is_a_semantic_table(shared: SimpleNamespace, language: str) -> None:
    for table in (forward_table(shared.q), backward_table(shared.q), check_table(shared.q)):
        root = ET.fromstring(f"<div>{table.html(language)}</div>")
        element = root.find(".//table")
        assert element is not None
        assert element.attrib["class"] == f"bp-table bp-{table.kind}"
        assert element.find("caption") is not None
        assert [th.attrib["scope"] for th in element.iterfind("thead/tr/th")] == ["col"] * len(table.columns)
        assert {len(row) for row in element.iterfind("tbody/tr")} == {len(table.columns)}


def test_the_sine_of_the_language() -> None:
    y = exp(sin(Tensor(1.0, "x")).named("u")).named("y")
    assert "sen x" in forward_table(y).text("es")
    assert "sin x" in forward_table(y).text("ko")


def test_a_table_needs_a_scalar_for_its_gradients() -> None:
    y = Tensor([1.0, 2.0], "x") * 2.0
    assert "[2, 4]" in forward_table(y).text() or "(2, 4)" in forward_table(y).text()
    with pytest.raises(GraphError, match="not a scalar"):
        backward_table(y)
    assert "(2, 6)" in backward_table(Trace(y, seed=[1.0, 3.0])).text()


def test_an_input_without_a_path_for_gradients_is_checked_to_have_none() -> None:
    from backprop import where

    c, a = Tensor(1.0, "c"), Tensor(2.0, "a")
    assert cells(check_table(where(c, a, 0.0)), 0)[1:4] == ["0", "0", "0"]


@given(seed=st.integers(0, 10**6))
def test_the_check_agrees_on_random_graphs(
    random_graph: Callable[[int], tuple[Tensor, list[Tensor]]], seed: int
) -> None:
    output, _ = random_graph(seed)
    trace = Trace(output)
    table = check_table(trace)
    for row, node in zip(table.rows, trace.inputs, strict=True):
        assert path_sum(trace, node) == pytest.approx(trace.gradients[node], rel=1e-9, abs=1e-12)
        assert np.isfinite(trace.gradients[node])
        error = str(row[-1])
        assert error == "0" or r"\cdot10^{-" in error
