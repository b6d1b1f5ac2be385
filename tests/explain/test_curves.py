import re
from xml.etree import ElementTree as ET

import pytest
from charts import SVG, assert_read_aloud, assert_same_numbers, described, parts
from hypothesis import given
from hypothesis import strategies as st

from backprop.explain import curves
from backprop.explain.curves import Panel
from backprop.explain.labels import languages
from backprop.explain.table import display_width
from backprop.training.history import History
from backprop.training.metrics import METRICS

NAN = float("nan")


def history(epochs: int = 30) -> History:
    made = History()
    for epoch in range(1, epochs + 1):
        made.record(
            loss=1 / epoch,
            validation_loss=1 / epoch + epoch / 100,
            metrics={"accuracy": 1 - 0.5 / epoch},
            validation_metrics={"accuracy": 1 - 0.6 / epoch},
            learning_rate=0.1 / epoch,
            seconds=0.25,
        )
    return made


def test_the_table_has_the_ends_and_the_best_epoch() -> None:
    lines = curves(history()).text("en").splitlines()
    assert lines[0] == "Training, epoch by epoch"
    assert re.split(r"\s{3,}", lines[2].strip()) == [
        "Epoch",
        "Training loss",
        "Validation loss",
        "Accuracy (training)",
        "Accuracy (validation)",
        "Learning rate",
        "Seconds",
    ]
    rows = [line.split() for line in lines[4:-2]]
    assert len(rows) <= 10
    epochs = [int(row[0]) for row in rows]
    assert epochs == sorted(epochs)
    assert {1, 10, 30} <= set(epochs)
    assert rows[0][1:] == ["1", "1.01", "0.5", "0.4", "0.1", "0.25"]
    assert lines[-1] == "Best epoch: 10"
    assert {display_width(line) for line in lines[1:-1]} == {display_width(lines[1])}


def test_a_constant_learning_rate_has_no_column() -> None:
    assert "Learning rate" not in curves(History(loss=[1.0, 2.0], learning_rate=[0.1, 0.1])).text("en")


def test_seconds_which_no_second_run_repeats_can_be_left_out() -> None:
    view = curves(history(), seconds=False)
    assert "Seconds" not in view.text("en") + view.html("en")
    assert view.text("en") == history().view(seconds=False).text("en") != curves(history()).text("en")


@given(st.integers(1, 200))
def test_the_table_is_short(epochs: int) -> None:
    rows = curves(History(loss=[1.0] * epochs)).text("en").splitlines()[4:-2]
    assert len(rows) <= 10
    assert epochs >= 10 or len(rows) == epochs


def test_the_same_numbers_in_every_language() -> None:
    view = curves(history())
    assert_same_numbers([view.text(language).rpartition("\n")[0] for language in languages()])


@pytest.mark.parametrize("language", languages())
def test_charts_are_read_aloud_in_every_language(language: str) -> None:
    view = curves(history(), logarithmic=True)
    charts = re.findall(r"<svg.*?</svg>", view.svg(language))
    assert len(charts) == 2
    for chart, panel in zip(charts, view.panels, strict=True):
        assert_read_aloud(chart, language, view.title(panel, language))
        assert {"30", "10"} <= set(re.findall(r"\d+", described(chart)))


def test_the_description_has_the_numbers() -> None:
    assert described(curves(history(), metrics=False).svg("en")) == (
        "Epochs: 30. Training loss: first value 1, last 0.03333, smallest 0.03333, largest 1. "
        "Validation loss: first value 1.01, last 0.3333, smallest 0.2, largest 1.01. Best epoch: 10"
    )


def test_colours_come_from_variables_and_follow_the_scheme() -> None:
    svg = curves(history(), metrics=False).svg("en")
    body = re.sub(r"<style>.*?</style>", "", svg)
    assert not re.search(r"#[0-9a-f]{3}|rgb|fill=|stroke=", body)
    assert "prefers-color-scheme:dark" in svg
    for variable in ("--bp-ink", "--bp-value", "--bp-grad", "--bp-bg"):
        assert len(re.findall(rf"var\({variable},", svg)) == 2


def test_curves_stand_where_their_numbers_say() -> None:
    svg = curves(History(loss=[4.0, 2.0, 0.0])).svg("en")
    (line,) = [e for e in parts(svg, "bp-training") if e.get("d", "").count("L")]
    points = [tuple(map(float, xy.split())) for xy in re.findall(r"[\d.]+ [\d.]+", line.get("d", ""))]
    (x1, y1), (x2, y2), (x3, y3) = points
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert y2 - y1 == pytest.approx(y3 - y2, abs=0.2)
    assert x1 < x2
    assert y1 < y2  # downwards
    ticks = {e.text: float(e.get("y", 0)) - 4.5 for e in ET.fromstring(svg).iter(f"{SVG}text") if e.get("x") == "54"}
    assert ticks["4"] == pytest.approx(y1, abs=0.2)
    assert ticks["0"] == pytest.approx(y3, abs=0.2)
    assert [e.text for e in ET.fromstring(svg).iter(f"{SVG}text") if "Best" in (e.text or "")] == ["Best epoch: 3"]


def test_what_is_not_finite_leaves_a_gap() -> None:
    svg = curves(History(loss=[1.0, 2.0, NAN, 3.0, float("inf"), 2.0, 1.0])).svg("en")
    path = next(e.get("d", "") for e in parts(svg, "bp-training") if "L" in e.get("d", ""))
    assert path.count("M") == 3
    assert path.count("h0") == 1
    assert "nan" not in svg
    assert "inf" not in svg.replace("infinity", "")


@pytest.mark.parametrize(
    "losses",
    [
        [0.5],
        [NAN],
        [NAN, NAN],
        [0.0, 0.0],
        [-1.0, 2.0],
        [1e300, 1e-300],
        [5e-324, 0.0],
        [1.7e308, -1.7e308],
        [1.0, 1.0 + 1e-15],
    ],
)
@pytest.mark.parametrize("logarithmic", [False, True])
def test_strange_losses_are_drawn(losses: list[float], logarithmic: bool) -> None:
    view = curves(History(loss=losses), logarithmic=logarithmic)
    for language in languages():
        body = re.sub(r"<(style|desc)>.*?</\1>", "", view.svg(language))
        assert "nan" not in body
        assert ET.fromstring(body).tag == f"{SVG}svg"
    assert view.html("en")
    assert view.text("en")


def test_the_weights_that_the_model_has_are_marked() -> None:
    made = history()
    made.restored_epoch = 12
    view = curves(made)
    assert view.marked == 12
    assert "Restored epoch: 12" in view.svg("en")
    assert "Best epoch" not in view.html("en")


def test_a_long_curve_is_thinned_and_keeps_its_extremes() -> None:
    losses = [1.0 + (i % 7) / 10 for i in range(20_000)]
    losses[12_345] = 9.0
    svg = curves(History(loss=losses)).svg("en")
    assert len(svg) < 25_000
    line = max((e.get("d", "") for e in parts(svg, "bp-training")), key=len)
    assert line.count("L") <= 1200
    heights = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", line)]
    assert sum(y < 100 for y in heights) == 1  # the peak alone stands high


def test_the_view_does_not_change_when_training_goes_on() -> None:
    made = history(3)
    view = curves(made)
    before = view.text("en")
    made.loss.append(9.0)
    made.metrics["accuracy"].append(9.0)
    assert view.text("en") == before


def test_html_has_the_table_for_those_who_cannot_see() -> None:
    html = curves(history()).html("pt")
    assert html.count("<svg") == 2
    assert "<details" in html
    assert "<caption>Treinamento, época a época</caption>" in html
    assert html.count('<th scope="row"') <= 10
    ET.fromstring(f"<div>{html}</div>")


def test_every_metric_has_a_name_in_every_language() -> None:
    for language in languages():
        for name in METRICS:
            assert "_" not in Panel(name, (1.0,), ()).name(language)
    assert Panel("top_3_accuracy", (1.0,), ()).name("es") == "Exactitud top-3"
    assert Panel("my_own", (1.0,), ()).name("ko") == "my own"


def test_names_are_escaped() -> None:
    html = curves(History(loss=[1.0], metrics={"a<b": [1.0]})).html("en")
    assert "a<b" not in html
    ET.fromstring(f"<div>{html}</div>")


def test_without_an_epoch_there_are_no_curves() -> None:
    with pytest.raises(ValueError, match=r"no epoch was recorded"):
        curves(History())
