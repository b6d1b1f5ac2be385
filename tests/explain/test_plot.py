import re
from math import isfinite, nan
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from charts import SVG, assert_read_aloud, assert_same_numbers, described, parts
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor
from backprop.explain import languages, plot
from backprop.explain.display import collecting, show
from backprop.explain.lines import MARKERS, MOST_MARKERS
from backprop.explain.table import display_width
from backprop.explain.wording import _ELSEWHERE, wording

STEPS = [0.1, 0.01, 0.001]
ERRORS = {"forward_difference": (STEPS, [0.2, 0.02, 0.002]), "central_difference": (STEPS, [1e-2, 1e-4, 1e-6])}
NUMBERS = st.one_of(st.floats(), st.floats(0, 1), st.integers(-3, 3))
ASKED = (
    "update loss epoch step_size relative_error forward_difference central_difference paths edges operations inputs "
    "forward_mode reverse_mode activation label class_0 class_1 learning_rate count"
)


def errors() -> Any:
    return plot(ERRORS, x="step_size", y="relative_error", log="xy")


def body(svg: str) -> str:
    return re.sub(r"<style>.*?</style>", "", svg)


def paths(svg: str, name: str) -> list[str]:
    return [e.get("d", "") for e in parts(svg, name) if e.tag == f"{SVG}path"]


def test_a_terminal_gets_a_title_and_a_table() -> None:
    lines = errors().text("en").splitlines()
    assert lines[0] == "Relative error against step size h"
    assert re.split(r"\s{3,}", lines[2].strip()) == ["Step size h", "Forward difference", "Central difference"]
    assert [line.split() for line in lines[4:-1]] == [
        ["0.1", "0.2", "0.01"],
        ["0.01", "0.02", "0.0001"],
        ["0.001", "0.002", "1·10⁻⁶"],
    ]


def test_a_plain_sequence_is_counted_from_zero() -> None:
    view = plot({"loss": [4.0, 2.0, 1.0]}, x="update", y="loss")
    assert view.series[0].x == (0, 1, 2)
    assert view.series[0].y == (4, 2, 1)


@pytest.mark.parametrize(
    "values",
    [(1.0, 2.0), [1, 2], np.float32([1, 2]), Tensor([1.0, 2.0]), [Tensor(1.0), Tensor(2.0)], [True, 2], range(1, 3)],
)
def test_what_values_may_be(values: Any) -> None:
    assert plot({"a": values}, x="t", y="a").series[0].y == (1, 2)
    assert plot({"a": ([0, 1], values)}, x="t", y="a").series[0].y == (1, 2)
    assert plot({"a": [values, values]}, x="t", y="a").series[0].x == (1, 2)


def test_a_view_does_not_change_with_what_was_given() -> None:
    losses = np.array([3.0, 2.0])
    view = plot({"loss": losses}, x="update", y="loss")
    losses[0] = 9.0
    assert view.series[0].y == (3, 2)


@given(st.integers(1, 100))
def test_the_table_is_short(count: int) -> None:
    rows = plot({"a": range(count)}, x="t", y="a").text("en").splitlines()[4:-1]
    assert len(rows) == min(count, 10)
    assert rows[0].split() == ["0", "0"]
    assert rows[-1].split() == [str(count - 1)] * 2


def test_curves_with_other_values_of_x_have_a_table_of_their_own() -> None:
    view = plot({"a": ([1, 2], [5, 6]), "b": ([1, 3], [7, 8]), "c": ([1, 2], [9, 10])}, x="t", y="y")
    assert view.text("en").splitlines() == [
        "y against t",
        *["──────────", "t   a    c", "──────────", "1   5    9", "2   6   10", "──────────"],
        *["─────", "t   b", "─────", "1   7", "3   8", "─────"],
    ]
    html = view.html("en")
    assert html.count("<table") == 2
    ET.fromstring(f"<div>{html}</div>")


def test_the_same_numbers_in_every_language() -> None:
    assert_same_numbers([errors().text(language) for language in languages()])
    charts = [ET.fromstring(errors().svg(language)).iter(f"{SVG}text") for language in languages()]
    assert len({tuple(e.text for e in chart if re.fullmatch(r"[\d.·⁻⁰-⁹]+", e.text or "")) for chart in charts}) == 1


@pytest.mark.parametrize("language", languages())
def test_charts_are_read_aloud_in_every_language(language: str) -> None:
    svg = errors().svg(language)
    assert_read_aloud(svg, language, errors().title(language))
    assert {"0.1", "0.01", "0.2", "0.002"} <= set(re.findall(r"\d+\.\d+", described(svg)))


def test_the_description_has_the_numbers() -> None:
    assert described(plot({"loss": [0.9, 0.2, 0.5]}, x="update", y="loss").svg("en")) == (
        "Horizontal axis: Update, from 0 to 2. Vertical axis: Loss, from 0 to 0.936. "
        "Loss: first value 0.9, last 0.5, smallest 0.2, largest 0.9."
    )


@pytest.mark.parametrize("key", ASKED.split())
def test_words_are_there_in_every_language(key: str) -> None:
    for language in languages():
        words = wording(key, language)
        assert isinstance(words, str)
        assert "{" not in words


def test_words_of_other_views_are_not_said_twice() -> None:
    assert all(isinstance(wording(key, "en"), str) for key in _ELSEWHERE)
    assert wording("loss", "ko") == "손실"


def test_other_names_are_mathematics() -> None:
    svg = plot({"w_1": [1.0, 2.0], "eta": [2.0, 3.0]}, x="t", y="a").svg("es")
    assert '<tspan class="bp-symbol">w</tspan><tspan class="bp-script" dy="4">1</tspan>' in svg
    assert '<tspan class="bp-symbol">η</tspan>' in svg
    assert "w₁" in plot({"w_1": [1.0]}, x="t", y="a").text("es")


def test_names_are_escaped() -> None:
    html = plot({"a<b": [1.0]}, x="<i>", y="&").html("en")
    assert "a<b" not in html
    assert "<i>" not in html
    ET.fromstring(f"<div>{html}</div>")


def test_curves_are_told_apart_without_colour() -> None:
    svg = plot({name: [1, 2] for name in "abcd"}, x="t", y="y").svg("en")
    assert {d.split("m", 1)[1].split("z")[0] for d in paths(svg, "bp-marker")} == {m[1:-1] for m in MARKERS}
    style = re.search(r"<style>(.*?)</style>", svg)
    assert style is not None
    dashes = [re.search(rf"\.bp-s{i}\b[^}}]*\{{[^}}]*stroke-dasharray:([^}};]+)", style[1]) for i in range(1, 5)]
    assert len({dash and dash[1] for dash in dashes}) == 4


def test_many_points_have_no_markers() -> None:
    assert not paths(plot({"a": range(MOST_MARKERS + 1)}, x="t", y="a").svg(), "bp-marker")
    [marks] = paths(plot({"a": range(MOST_MARKERS)}, x="t", y="a").svg(), "bp-marker")
    assert marks.count(MARKERS[0]) == MOST_MARKERS


def test_a_curve_that_the_heading_names_needs_no_legend() -> None:
    assert "bp-legend" not in body(plot({"loss": [1, 2]}, x="update", y="loss").svg())
    assert "bp-legend" in body(plot({"a": [1, 2]}, x="update", y="loss").svg())


def test_colours_come_from_variables() -> None:
    assert not re.search(r"#[0-9a-f]{3}|rgb|fill=|stroke=", body(errors().svg("en")))
    assert errors().svg("en").count("style=") == 1  # the size of the chart


def test_points_stand_where_their_numbers_say() -> None:
    [line] = paths(plot({"a": ([1, 10, 1000], [4, 2, 0])}, x="t", y="a", log="x").svg(), "bp-s1")[:1]
    (x1, y1), (x2, y2), (x3, y3) = (map(float, xy.split()) for xy in re.findall(r"[\d.]+ [\d.]+", line))
    assert x3 - x2 == pytest.approx(2 * (x2 - x1), abs=0.2)
    assert y2 - y1 == pytest.approx(y3 - y2, abs=0.2)
    assert y1 < y2


@pytest.mark.parametrize(
    ("values", "log", "pieces"),
    [
        ([1, 2, nan, 3, 4], "", 2),
        ([1, float("inf"), 3, -float("inf"), 4], "", 3),
        ([1, 0, 3, 4], "y", 2),
        ([1, 0, 3, 4], "", 1),
        (([0, 1, 2], [1, 2, 3]), "x", 1),
        (([1, nan, 2], [1, 2, 3]), "", 2),
        ([nan, nan], "", 0),
        (np.ma.masked_greater([1, 2, 9, 2, 1], 5), "", 2),
    ],
)
def test_what_has_no_place_leaves_a_gap(values: Any, log: str, pieces: int) -> None:
    line = paths(plot({"a": values}, x="t", y="a", log=log).svg(), "bp-line")[0]
    assert line.count("M") == pieces


def test_a_long_curve_keeps_its_form_on_a_logarithmic_axis() -> None:
    x = np.linspace(1, 1000, 5000)
    long, short = (
        paths(plot({"a": ([*at], [*np.log10(at)])}, x="t", y="a", log="x").svg(), "bp-s1")[0]
        for at in (x, x[[0, *range(4, 400, 4), *range(400, 5000, 30), -1]])
    )
    drawn, coarse = (np.array(re.findall(r"([\d.]+) ([\d.]+)", line), float).T for line in (long, short))
    assert len(drawn[0]) < 2500
    assert np.interp(coarse[0], *drawn) == pytest.approx(coarse[1], abs=0.3)


@given(
    st.lists(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30), min_size=1, max_size=4),
    st.sampled_from(["", "x", "y", "xy"]),
    st.sampled_from(languages()),
)
def test_any_numbers_are_drawn(curves: list[list[tuple[float, float]]], log: str, language: str) -> None:
    series = {f"s_{i}": tuple(zip(*points, strict=True)) for i, points in enumerate(curves)}
    view = plot(series, x="t", y="loss", log=log)
    root = ET.fromstring(re.sub(r"<desc>.*?</desc>", "", view.svg(language)))
    data = "".join(e.get("d", "") for e in root.iter(f"{SVG}path"))
    assert "n" not in data  # neither nan nor inf
    height = float(root.get("height", 0))
    assert all(-1 <= y <= height for y in (float(y) for y in re.findall(r"[ML][\d.-]+ ([\d.-]+)", data)))
    ET.fromstring(f"<div>{view.html(language)}</div>")
    blocks = re.split(r"(?m)^(?=─+\n.+\n─)", view.text(language).split("\n", 1)[1])
    assert all(len({display_width(line) for line in block.splitlines()}) == 1 for block in filter(None, blocks))


def test_a_long_curve_is_thinned_and_keeps_its_extremes() -> None:
    values = [1.0 + (i % 7) / 10 for i in range(20_000)]
    values[12_345] = 9.0
    values[100] = nan
    svg = plot({"a": values}, x="t", y="a").svg()
    assert len(svg) < 25_000
    heights = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", paths(svg, "bp-line")[0])]
    assert sum(y < 100 for y in heights) == 1


@pytest.mark.parametrize(
    ("series", "error", "message"),
    [
        ({}, ValueError, r"nothing to plot: give at least one curve"),
        ({name: [1] for name in "abcde"}, ValueError, r"5 curves .* at most 4; make two plots"),
        ({"a": []}, ValueError, r"'a' is empty: give at least one number"),
        ({"a": ([1, 2], [1, 2, 3])}, ValueError, r"'a' has 2 values of x but 3 of y: give one x for each y"),
        ({"a": np.zeros((2, 3))}, ValueError, r"'a' has shape \(2, 3\): give a sequence"),
        ({"a": ([[1], [2, 3]], [1, 2])}, ValueError, r"x of the curve 'a': the parts have different lengths"),
        ({"a": 3.0}, ValueError, r"'a' has shape \(\)"),
        ({"a": "12"}, TypeError, r"'a': only real numbers can be drawn, not str"),
        ({"a": [1j]}, TypeError, r"only real numbers can be drawn, not complex128"),
        ({"a": (x for x in [1])}, TypeError, r"not generator; give a sequence"),
        ({1: [1]}, TypeError, r"is a word, such as 'loss' or 'w_1', not 1"),
        ([1, 2], TypeError, r"curves by their names, as in \{'loss': losses\}, not list"),
    ],
)
def test_errors_say_what_to_do(series: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plot(series, x="t", y="a")


@pytest.mark.parametrize("log", ["yx", "log", None, True])
def test_an_unknown_scale_is_refused(log: Any) -> None:
    with pytest.raises(ValueError, match=r"it names the logarithmic axes, and is '', 'x', 'y' or 'xy'"):
        plot({"a": [1]}, x="t", y="a", log=log)


def test_show_takes_it() -> None:
    shown: list[Any] = []
    with collecting(shown.append):
        show(errors())
    assert len(shown) == 1
    assert all(isfinite(y) for y in shown[0].series[0].y)


def test_long_numbers_at_the_side_have_space() -> None:
    for values in ([0.0, 1.0], [-0.0002, -0.00025], [-1.23456e-10, -1.23457e-10]):
        root = ET.fromstring(plot({"a": values}, x="t", y="a").svg("en"))
        side = next(g for g in root.iter(f"{SVG}g") if g.get("class") == "bp-y")
        assert all(float(e.get("x", 0)) > 7 * len(e.text or "") for e in side.iter(f"{SVG}text"))
