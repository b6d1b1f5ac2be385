import math
import re
from collections.abc import Mapping
from itertools import product
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from backprop.explain import local_derivative_table
from backprop.explain.labels import languages
from backprop.explain.local_derivatives import _letters
from backprop.explain.mathtext import to_text
from backprop.operations import REGISTRY, sigmoid
from backprop.operations.operation import Operation

ELEMENTWISE = {name: operation for name, operation in REGISTRY.items() if operation.local_latex}
PARAMETERS: dict[str, dict[str, Any]] = {
    "clip": {"low": -0.5, "high": 2.0},
    "leaky_relu": {"slope": 0.125},
    "elu": {"alpha": 0.75},
    "astype": {"dtype": float},
}
PLACES: dict[str, list[tuple[float, ...]]] = {
    "x = 0": [(0.0,)],
    "x ∈ {low, high}": [(-0.5,), (2.0,)],
    "a = b": [(-2.0, -2.0), (0.0, 0.0)],
    "a = 0 < b < 1": [(0.0, 0.25)],
    "a = 0 ≤ b": [(0.0, 0.0), (0.0, 0.5), (0.0, 3.0)],
    "a < 0": [(-2.0, 3.0)],
}
"""Operands for which the condition of a convention holds."""

PYTHON = [
    (r"\|(\w)\|", r"abs(\1)"),
    (r"√(\w)", r"√(\1)"),
    (r"([a-zσ]{2,}) (\w)\b", r"\1(\2)"),  # sin x
    (r"¬", "1 - "),
    (r"\[(.+?)\]", r"(1.0*(\1))"),
    (r"([²³])", lambda match: f"**{'²³'.index(match[1]) + 2}"),
    (r"(?<=\d)(?=[a-z])", "*"),
    (r"\b([a-zα]|slope|\d)(?=\()", r"\1*"),
    (r"\)(?=\()", ")*"),
    (r"(\d)x", r"\1*x"),
]  # fmt: skip
"""What a reader of a formula does without thinking, before Python can work it out."""


def made(name: str) -> Operation:
    return ELEMENTWISE[name](**PARAMETERS.get(name, {}))


def vjp(operation: Operation, operand: str, values: tuple[float, ...]) -> float:
    with np.errstate(all="ignore"):
        return float(operation.vjp(operation.arguments.index(operand), 1.0, operation.forward(*values), values))


def work_out(text: str, names: Mapping[str, Any]) -> float:
    for pattern, replacement in PYTHON:
        text = re.sub(pattern, replacement, text)  # type: ignore[call-overload]
    text = text.translate(str.maketrans({"−": "-", "·": "*", "≤": "<=", "^": "**", "√": "sqrt"}))
    functions = {f: getattr(np, f) for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "maximum")}
    constants = {"e": math.e, "π": math.pi, "σ": sigmoid, "ln": math.log, "sgn": np.sign}
    return float(eval(text, functions | constants | dict(names)))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_what_the_table_says_is_true(name: str) -> None:
    operation = made(name)
    _, formula, local = local_derivative_table(name).rows[0][:3]
    for values in ((1.5, 0.25), (0.25, 1.75), (2.5, 0.5)):
        values = (values[0] > 1, *values) if name == "where" else values[: len(operation.arguments)]
        y = operation.forward(*values)
        names = dict(zip(operation.arguments, values, strict=True)) | {"y": y, "α": 0.75} | operation.parameters()
        for side in to_text(str(formula)).split(" = "):
            if not re.search("LU|clip|where", side):
                assert work_out(side, names) == pytest.approx(y, rel=1e-12)
        assert isinstance(local, list)
        for line, operand in zip(map(to_text, local), operation.local_latex, strict=True):
            derivative, value = line.split(" = ")
            assert derivative == (f"∂y/∂{operand}" if len(operation.arguments) > 1 else f"dy/d{operand}")
            if "′" not in value:
                assert work_out(value, names) == pytest.approx(vjp(operation, operand, values), rel=1e-12)


@pytest.mark.parametrize("name", [name for name, operation in ELEMENTWISE.items() if operation.conventions])
def test_the_convention_is_what_the_vjp_gives(name: str) -> None:
    operation = made(name)
    known = {"∞": math.inf, "NaN": math.nan, "1/2": 0.5, "slope": 0.125, "α": 0.75, "0": 0.0, "1": 1.0}
    for where, values in operation.conventions.items():
        for place, (operand, value) in product(PLACES[to_text(_letters(where))], values.items()):
            np.testing.assert_equal(vjp(operation, operand, place), known[to_text(_letters(value))])


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name != "where"])
def test_every_kink_has_a_convention(name: str) -> None:
    """Where the slopes to the left and to the right of a point differ, or one of them is infinite or missing."""
    operation = made(name)
    stated = {x for values in operation.conventions.values() for x in values}
    count, h = len(operation.arguments), 1e-9
    kinks = set()
    for values in product((-0.5, 0.0, 0.25, 1.0, 2.0), repeat=count):
        for position, operand in enumerate(operation.arguments):
            nudged = [(*values[:position], values[position] + d, *values[position + 1 :]) for d in (-h, 0.0, h)]
            with np.errstate(all="ignore"):
                below, y, above = (operation.forward(*operands) for operands in nudged)
            # Where the function itself has a pole, or ends, it is a matter of the domain.
            if math.isfinite(y) and not math.isclose(y - below, above - y, rel_tol=1e-2, abs_tol=1e-12):
                kinks.add(operand)
    assert kinks == stated


def test_rows_are_in_the_order_of_the_names() -> None:
    table = local_derivative_table("relu", "add", "multiply")
    assert [line.split()[0] for line in table.text("en").splitlines() if " y = " in line] == [
        "ReLU",
        "addition",
        "multiplication",
    ]


def test_without_names_every_elementwise_operation_is_there_sums_first() -> None:
    table = local_derivative_table()
    assert len(table.rows) == len(ELEMENTWISE)
    assert len({str(row[1]) for row in table.rows}) == len(ELEMENTWISE)
    assert table.rows[0][1] == "y = a + b"


def test_columns_and_notes_are_there_only_if_they_have_something_to_say() -> None:
    smooth, kinked = local_derivative_table("add", "sin"), local_derivative_table("add", "abs", "relu")
    assert [column.key for column in smooth.columns] == ["operation", "formula", "local"]
    assert [column.key for column in kinked.columns] == ["operation", "formula", "local", "convention"]
    assert (smooth.note, kinked.note) == (None, "table.brackets")


def test_unknown_names_are_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'relo' does not exist.*relu.*where"):
        local_derivative_table("add", "relo")
    with pytest.raises(ValueError, match="'matmul' is not elementwise"):
        local_derivative_table("matmul")


def test_an_operation_of_one_s_own_goes_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Doubling(Operation, registered=False):
        name, symbol, latex = "doubling", "2×", "2 <x>"
        local_latex = {"x": "2"}  # noqa: RUF012

        def forward(self, x: Any) -> Any:
            return 2 * x

    monkeypatch.setitem(REGISTRY, "doubling", Doubling)
    assert "doubling   y = 2x   dy/dx = 2" in local_derivative_table("doubling").text("ko")


def test_html_has_words_and_formulas_of_the_language(language: str) -> None:
    ET.fromstring(f"<div>{local_derivative_table().html(language)}</div>")
    root = ET.fromstring(f"<div>{local_derivative_table('multiply', 'sin', 'abs').html(language)}</div>")
    rows = root.findall(".//tbody/tr")
    assert [len(row) for row in rows] == [4, 4, 4]
    assert [len(row[2].findall(".//math")) for row in rows] == [2, 1, 1]
    assert [part.tag for part in rows[0][2]] == ["div", "div"]
    assert [len(row[3]) for row in rows] == [0, 0, 2]
    sine = "".join(rows[1][1].itertext())
    assert sine.replace("\u2061", "").replace(" ", "") == ("y=senx" if language in ("es", "pt") else "y=sinx")


def test_the_same_formulas_in_every_language() -> None:
    texts = {language: local_derivative_table("power", "sqrt", "maximum").text(language) for language in languages()}
    derivatives = {language: sorted(re.findall(r"[∂d]y/[∂d]. = [^\s（]+", text)) for language, text in texts.items()}
    assert all(found == derivatives["en"] for found in derivatives.values())
