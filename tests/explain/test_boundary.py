import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from charts import SVG, assert_read_aloud, assert_same_numbers, described, parts
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import Tensor, sigmoid
from backprop.explain import boundary, languages
from backprop.explain.boundary import COLUMNS, MOST_POINTS, ROWS, Boundary
from backprop.explain.labels import label

POINTS = np.array([[-1.0, 0.5], [0.5, 2.0], [2.0, 0.0], [3.0, 1.0]])
LABELS = [0, 0, 1, 1]
COORDINATES = st.one_of(st.floats(-1e99, 1e99), st.integers(-3, 3).map(float))


def right_side(points: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-points[:, 0]))


def view() -> Boundary:
    return boundary(right_side, POINTS, LABELS)


def test_a_terminal_gets_the_counts() -> None:
    lines = view().text("en").splitlines()
    assert lines[0] == "Points on each side of the decision boundary"
    assert re.split(r"\s{3,}", lines[2].strip()) == ["Label", "Predicted: class 0", "Predicted: class 1"]
    assert [line.split() for line in lines[4:-1]] == [["Class", "0", "1", "1"], ["Class", "1", "0", "2"]]
    assert view().counts == ((1, 1), (0, 2))


def test_the_same_numbers_in_every_language() -> None:
    assert_same_numbers([view().text(language) for language in languages()])


@pytest.mark.parametrize("language", languages())
def test_it_is_read_aloud_in_every_language(language: str) -> None:
    svg = view().svg(language)
    assert_read_aloud(svg, language, f"{label('chart.boundary', language)}: x₁, x₂")
    assert "x₁" in described(svg)
    ET.fromstring(f"<div>{view().html(language)}</div>")


def test_the_description_has_the_numbers() -> None:
    assert described(view().svg("en")) == (
        "Horizontal axis: x₁, from −1.32 to 3.32. Vertical axis: x₂, from −0.879 to 2.88. "
        "Class 0, number of points: 2. Of these on the side where this class is predicted: 1. "
        "Class 1, number of points: 2. Of these on the side where this class is predicted: 2. "
        "Class 1 is predicted in 71% of the area drawn."
    )


def test_the_boundary_is_where_the_probability_is_a_half() -> None:
    made = view()
    [line] = made.regions[1][0].lines()
    assert [x for x, _ in line] == pytest.approx([0] * len(line), abs=1e-3)
    assert sorted(y for _, y in (line[0], line[-1])) == pytest.approx([made.upwards.low, made.upwards.high])
    [path] = parts(made.svg(), "bp-boundary")
    places = {e.text: float(e.get("x", 0)) for e in ET.fromstring(made.svg()).iter(f"{SVG}text")}
    assert float(re.findall(r"M([\d.]+)", path.get("d", ""))[0]) == pytest.approx(places["0"], abs=0.5)


def test_classes_are_told_apart_by_shape_and_by_class() -> None:
    svg = view().svg()
    shown = [[e for e in parts(svg, f"bp-class-{i}") if "bp-point" in e.get("class", "")] for i in range(2)]
    for sample, points in shown:
        assert sample.get("d", "").count("M") == 1
        assert points.get("d", "").count("M") == 2
    circle, triangle = (points.get("d", "") for _, points in shown)
    assert "a" in circle
    assert "a" not in triangle
    body = re.sub(r"<style>.*?</style>", "", svg)
    assert not re.search(r"#[0-9a-f]{3}|rgb|fill=|stroke=", body)
    assert body.count("style=") == 1  # the size of the chart


@pytest.mark.parametrize(("value", "regions"), [(0.0, (1, 0)), (0.4999, (1, 0)), (0.5, (0, 1)), (1.0, (0, 1))])
def test_one_class_everywhere(value: float, regions: tuple[int, int]) -> None:
    made = boundary(lambda p: np.full(len(p), value), POINTS, LABELS)
    assert tuple(map(len, made.regions)) == regions
    assert made.share == regions[1]
    assert not parts(made.svg(), "bp-boundary")


@pytest.mark.parametrize("seed", range(3))
def test_a_wild_boundary_stays_small(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, labels = rng.normal(size=(2000, 2)), rng.integers(0, 2, 2000)
    made = boundary(lambda p: rng.random(len(p)), points, labels)
    svg = made.svg("en")
    assert len(svg) < 42_000
    assert f"Points drawn: {2 * MOST_POINTS} of 2000." in svg
    assert f"Points drawn: {2 * MOST_POINTS} of 2000." in made.html("en").split("</figure>")[1]
    assert sum(map(sum, made.counts)) == 2000


def test_a_spiral_is_drawn_in_full() -> None:
    def spiral(p: np.ndarray) -> np.ndarray:
        return 0.5 + 0.5 * np.sin(np.arctan2(p[:, 1], p[:, 0]) - 6 * np.hypot(p[:, 0], p[:, 1]))

    made = boundary(spiral, [[-1, -1], [1, 1]], [0, 1])
    points = sum(len(line) for outline in made.regions[1] for line in outline.lines())
    assert points > 500
    assert len(made.svg()) < 30_000


def test_both_axes_have_one_scale_unless_the_ranges_are_too_different() -> None:
    square = boundary(right_side, [[0, 0], [1, 1]], [0, 1])
    across, upwards = square.across.high - square.across.low, square.upwards.high - square.upwards.low
    assert across / upwards == pytest.approx(358 / 290)
    flat = boundary(right_side, [[0, 0], [1, 1000]], [0, 1])
    assert flat.across.high - flat.across.low == pytest.approx(1.16)


@pytest.mark.parametrize(
    "predict",
    [
        lambda p: list(right_side(p)),
        lambda p: right_side(p)[:, None],
        lambda p: p[:, 0] > 0,
        lambda p: sigmoid(Tensor(p)[:, 0]),
        lambda p: [sigmoid(Tensor(x)) for x in p[:, 0]],
    ],
)
def test_what_predict_may_give(predict: Callable[[np.ndarray], Any]) -> None:
    made = boundary(predict, POINTS, np.array(LABELS)[:, None])
    assert made.counts == ((1, 1), (0, 2))


def test_predict_is_called_once_for_the_points_and_once_for_the_grid() -> None:
    shapes, weight = [], Tensor(1.0, "w")
    recorded = []

    def predict(points: np.ndarray) -> Tensor:
        shapes.append(points.shape)
        result = sigmoid(weight * points[:, 0])
        recorded.append(result.operation)
        return result

    made = boundary(predict, POINTS, LABELS)
    made.svg("en"), made.html("ko"), made.text("es")
    assert shapes == [(4, 2), ((ROWS + 1) * (COLUMNS + 1), 2)]
    assert recorded == [None, None]


def test_predict_cannot_change_the_points() -> None:
    def greedy(points: np.ndarray) -> np.ndarray:
        result = points[:, 0] > 0
        points[:] = 0
        return result

    assert boundary(greedy, POINTS, LABELS).svg("en") == boundary(lambda p: p[:, 0] > 0, POINTS, LABELS).svg("en")


@settings(max_examples=25)
@given(st.lists(st.tuples(COORDINATES, COORDINATES, st.integers(0, 1)), min_size=1, max_size=8))
def test_any_points_are_drawn(rows: list[tuple[float, float, int]]) -> None:
    table = np.array(rows)
    made = boundary(lambda p: p[:, 0] > p[:, 1], table[:, :2], table[:, 2])
    root = ET.fromstring(re.sub(r"<desc>.*?</desc>", "", made.svg()))
    data = "".join(e.get("d", "") for e in root.iter(f"{SVG}path"))
    assert "n" not in data
    assert [sum(counts) for counts in made.counts] == [int((table[:, 2] == i).sum()) for i in range(2)]
    starts = [(float(x), float(y)) for x, y in re.findall(r"M([\d.-]+) ([\d.-]+)", data)]
    assert all(0 <= x <= 440 and 0 <= y <= float(root.get("height", 0)) for x, y in starts)


@pytest.mark.parametrize(
    ("predict", "points", "labels", "error", "message"),
    [
        (right_side, POINTS, [0, 1], ValueError, r"4 points but 2 labels: give one label for each point"),
        (right_side, POINTS, [0, 1, 2, 1], ValueError, r"a label is 2: .* two classes, 0 and 1"),
        (right_side, POINTS, [0, 1, float("nan"), 1], ValueError, r"a label is NaN"),
        (right_side, POINTS, np.zeros((4, 2)), ValueError, r"labels have shape \(4, 2\)"),
        (right_side, [0, 1], [0], ValueError, r"points have shape \(2,\): give two coordinates"),
        (right_side, np.zeros((0, 2)), [], ValueError, r"n > 0"),
        (right_side, [[0, float("inf")]], [0], ValueError, r"cannot be drawn: NaN, infinite"),
        (right_side, [["a", "b"]], [0], TypeError, r"points: only real numbers"),
        (lambda p: p, POINTS, LABELS, ValueError, r"shape \(4, 2\) for 4 points.*the second: p\[:, 1\]"),
        (lambda p: 0.5, POINTS, LABELS, ValueError, r"gave shape \(\) for 4 points"),
        (lambda p: 4 * p[:, 0], POINTS, LABELS, ValueError, r"gave −4 at \(−1, 0.5\).*apply the sigmoid"),
        (lambda p: p[:, 0] * np.nan, POINTS, LABELS, ValueError, r"gave NaN at .*look at the weights"),
        (lambda p: None, POINTS, LABELS, TypeError, r"what predict gave: only real numbers .* not NoneType"),
    ],
)
def test_errors_say_what_to_do(
    predict: Callable[[np.ndarray], Any], points: Any, labels: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        boundary(predict, points, labels)
