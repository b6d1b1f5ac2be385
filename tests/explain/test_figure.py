import re
from collections.abc import Callable
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from backprop import GraphError, Tensor, sin, tanh
from backprop.explain import Trace, figure, show
from backprop.explain.figure import Figure
from backprop.explain.labels import languages

SVG = "{http://www.w3.org/2000/svg}"


def parse(view: Figure, language: str = "en") -> ET.Element:
    return ET.fromstring(view.svg(language))


def texts(root: ET.Element, kind: str) -> list[str]:
    """What the labels of a class say."""
    found = [e for e in root.iter(f"{SVG}text") if e.attrib.get("class") == f"bp-{kind}"]
    return ["".join(e.itertext()).replace("\u200b", "") for e in found]


def groups(root: ET.Element, kind: str) -> list[ET.Element]:
    return [e for e in root.iter(f"{SVG}g") if kind in e.attrib.get("class", "").split()]


def test_structure_has_every_node_and_edge_and_no_numbers(running: SimpleNamespace) -> None:
    root = parse(figure(running.g))
    assert ["".join(n.itertext()) for n in groups(root, "bp-node")] == ["x", "y", "+", "z", "×", "g"]
    edges = [(e.attrib["data-from"], e.attrib["data-to"]) for e in groups(root, "bp-edge") if "data-to" in e.attrib]
    assert edges == [("0", "2"), ("1", "2"), ("2", "4"), ("3", "4")]
    assert texts(root, "value") == ["p"]
    assert not texts(root, "gradient")


def test_values_and_gradients(running: SimpleNamespace) -> None:
    root = parse(figure(running.g, gradients=True))
    assert texts(root, "value") == ["1", "3", "p = 4", "−3", "−12"]
    assert texts(root, "gradient") == ["−3", "−3", "−3", "4", "1"]


def test_a_value_used_more_than_once_shows_contributions_and_sum(shared: SimpleNamespace) -> None:
    root = parse(figure(shared.q, gradients=True))
    assert sorted(texts(root, "gradient")) == sorted(["9", "2", "2", "5", "2", "1", "1", "1"])


def test_the_same_node_twice_is_drawn_once_with_two_edges() -> None:
    x = Tensor(2.0, "x")
    for view in (figure(x * x), figure(x * x, values=True), figure(x * x, gradients=True)):
        root = parse(view)
        assert len(groups(root, "bp-input")) == 1
        into = [e for e in groups(root, "bp-edge") if e.attrib.get("data-to") == "1" and len(e) == 2]
        assert sorted(e.attrib["data-operand"] for e in into) == ["0", "1"]
        paths = [e.find(f"{SVG}path") for e in into]
        assert paths[0] is not None
        assert paths[1] is not None
        assert paths[0].attrib["d"] != paths[1].attrib["d"]


def test_local_derivatives(running: SimpleNamespace) -> None:
    root = parse(figure(running.g, gradients=True, locals=True))
    assert texts(root, "local") == ["∂p/∂x = 1", "∂p/∂y = 1", "∂g/∂p = −3", "∂g/∂z = 4"]


def test_steps_of_the_forward_pass(running: SimpleNamespace) -> None:
    roots = [parse(figure(running.g, step=("forward", k))) for k in range(3)]
    assert [texts(root, "value") for root in roots] == [
        ["1", "3", "p", "−3"],
        ["1", "3", "p = 4", "−3"],
        ["1", "3", "p = 4", "−3", "−12"],
    ]
    assert [
        [n.attrib["data-node"] for n in groups(root, "bp-current") if "bp-operation" in n.attrib["class"]]
        for root in roots
    ] == [[], ["2"], ["4"]]
    assert groups(roots[0], "bp-pending")
    assert not groups(roots[2], "bp-pending")


def test_steps_of_the_backward_pass(running: SimpleNamespace) -> None:
    roots = [parse(figure(running.g, step=("backward", k))) for k in range(3)]
    assert [texts(root, "gradient") for root in roots] == [["1"], ["−3", "4", "1"], ["−3", "−3", "−3", "4", "1"]]


def test_nothing_moves_from_step_to_step(running: SimpleNamespace) -> None:
    steps = [("forward", k) for k in range(3)] + [("backward", k) for k in range(3)]
    places = [re.findall(r"<(?:circle|rect)[^>]*", figure(running.g, step=step).svg("en")) for step in steps]  # type: ignore[arg-type]
    assert all(place == places[0] for place in places)


def test_running_totals_grow_with_the_steps(shared: SimpleNamespace) -> None:
    gradients = [texts(parse(figure(shared.q, step=("backward", k))), "gradient") for k in range(4)]
    assert sorted(gradients[2]) == sorted(["5 + …", "5", "2", "1", "1", "1"])
    assert "9" in gradients[3]
    assert not any("…" in text for text in gradients[3])


def test_nothing_moves_where_a_sum_grows() -> None:
    a = Tensor(1.0, "a")
    y = (a * -0.123456 + a * 1.123456 + sin(a) * 0.0).named("y")
    steps = [("forward", 0), *(("backward", k) for k in range(Trace(y).backward_steps + 1))]
    drawn = [figure(y, step=step).svg("en") for step in steps]  # type: ignore[arg-type]
    assert "0 + …" in "".join(drawn)
    assert len({tuple(re.findall(r"<(?:circle|rect)[^>]*|viewBox=\"[^\"]*\"", svg)) for svg in drawn}) == 1


def test_sums_so_far_are_not_read_aloud_as_gradients(shared: SimpleNamespace) -> None:
    early, late = (parse(figure(shared.q, step=("backward", k))).findtext(f"{SVG}desc") or "" for k in (2, 3))
    assert early.endswith("Gradients: q 1, u 1, v 1, x 2. Sums so far: w 5.")
    assert late.endswith("Gradients: q 1, u 1, v 1, w 9, x 2.")


def test_a_missing_step_is_reported_at_once(running: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="there is no step 3"):
        figure(running.g, step=("forward", 3))
    with pytest.raises(GraphError, match="not a scalar"):
        figure(Tensor([1.0, 2.0], "x") * 2.0, gradients=True)


def test_a_forward_pass_of_an_array_can_be_stepped() -> None:
    y = (Tensor([1.0, 2.0], "x") * 2.0).named("y")
    assert texts(parse(figure(y, step=("forward", 1))), "value") == ["[1, 2]", "[2, 4]"]
    with pytest.raises(GraphError, match="not a scalar"):
        figure(y, locals=True)
    with pytest.raises(GraphError, match="not a scalar"):
        figure(y, step=("backward", 0))


def test_title_and_description_are_in_the_language(running: SimpleNamespace, language: str) -> None:
    root = parse(figure(running.g, gradients=True), language)
    title, description = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")
    expected = {
        "en": ("Computational graph of g, with values and gradients", "p = 4: x plus y. g = −12: p times z."),
        "es": ("Grafo computacional de g, con valores y gradientes", "p = 4: x más y. g = −12: p por z."),
        "zh": ("g 的计算图，标有值和梯度", "p = 4：x 加 y。g = −12：p 乘 z。"),
        "ko": ("g의 계산 그래프(값과 그래디언트 표시)", "p = 4: x 더하기 y. g = −12: p 곱하기 z."),
        "pt": ("Grafo computacional de g, com valores e gradientes", "p = 4: x mais y. g = −12: p vezes z."),
    }[language]
    assert title == root.attrib["aria-label"] == expected[0]
    assert description is not None
    assert expected[1] in description
    assert "{" not in description
    assert root.attrib["lang"] == language


def test_the_same_numbers_in_every_language(shared: SimpleNamespace) -> None:
    view = figure(shared.q, gradients=True, locals=True)
    roots = [parse(view, language) for language in languages()]
    drawn = {tuple(texts(root, "value") + texts(root, "gradient") + texts(root, "local")) for root in roots}
    spoken = {tuple(re.findall(r"−?\d+", root.findtext(f"{SVG}desc") or "")) for root in roots}
    assert len(drawn) == len(spoken) == 1


def test_the_output_is_deterministic_and_has_no_ids(shared: SimpleNamespace) -> None:
    view = figure(shared.q, gradients=True)
    assert view.html("en") == figure(shared.q, gradients=True).html("en")
    assert " id=" not in view.html("en")


def test_the_html_is_a_figure_that_may_scroll(running: SimpleNamespace) -> None:
    root = ET.fromstring(figure(running.g, caption="a < b").html("en"))
    assert root.tag == "figure"
    assert root.attrib["class"] == "bp-figure"
    assert root.findtext("figcaption") == "a < b"
    assert "overflow-x:auto" in root[0].attrib["style"]


def test_a_notebook_gets_svg_and_html(running: SimpleNamespace) -> None:
    view = figure(running.g)
    assert view._repr_svg_().startswith("<svg")
    assert "<figure" in view._repr_html_()


def test_constants_are_written_with_their_operation() -> None:
    x = Tensor(2.0, "x")
    y = 1 / (1 - ((x * 3) ** 2 + -4) / 5) - 6
    symbols = ["".join(n.itertext()) for n in groups(parse(figure(y)), "bp-operation")]
    assert symbols == ["×3", "(·)²", "+(−4)", "÷5", "1−·", "1/·", "−6"]


def test_operations_are_written_as_in_the_language() -> None:
    y = sin(Tensor(2.0, "x"))
    assert ["".join(n.itertext()) for n in groups(parse(figure(y), "es"), "bp-operation")] == ["sen"]
    assert ["".join(n.itertext()) for n in groups(parse(figure(y), "en"), "bp-operation")] == ["sin"]


def test_arrays_show_shape_and_a_compact_value(layer: SimpleNamespace) -> None:
    root = parse(figure(layer.L, gradients=True))
    assert texts(root, "shape") == ["3×2", "v1 2×2", "v2 2×2", "h 2×2"]
    assert "[0.1, …]" in texts(root, "value")
    assert ["".join(n.itertext()) for n in groups(root, "bp-constant")] == ["2×3", "2×2"]


def test_odd_numbers_and_names_are_shown_plainly() -> None:
    a, b = Tensor(float("nan"), "a & <b>"), Tensor(float("inf"), "a_very_long_name_of_a_tensor")
    root = parse(figure((a * b - b * -0.0).named("loss"), gradients=True))
    assert texts(root, "value") == ["NaN", "∞", "v1 = NaN", "v2 = NaN", "NaN"]
    names = ["".join(n.itertext()) for n in groups(root, "bp-input")]
    assert names == ["a & <b>", "a_very_lo…a_tensor"]
    assert "×0" in "".join(root.itertext())


def test_a_large_graph_is_grouped_and_says_so(language: str) -> None:
    h = Tensor(np.ones((4, 8)), "X")
    for i in range(9):
        h = tanh(h @ Tensor(np.eye(8), f"layers.{i}.weight") + Tensor(np.zeros(8), f"layers.{i}.bias"))
    view = figure((h**2).mean().named("loss"), values=True)
    root = parse(view, language)
    assert len(groups(root, "bp-group")) == 9
    caption = re.search("<figcaption>(.*)</figcaption>", view.html(language))
    assert caption is not None
    assert re.findall(r"\d+", caption[1]) == ["49", "10"]
    assert "layers.3" in (root.findtext(f"{SVG}desc") or "")
    assert "layers.3: @ + tanh ← layers.2" in view.text(language)


def test_text_is_an_indented_listing(shared: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    show(figure(shared.q, step=("backward", 2)))
    assert capsys.readouterr().out.splitlines() == [
        "Backward pass of q, step 2 of 3",
        "q = u + v = 14        ∂q/∂q = 1",
        "├─ u = w · w = 4      ∂q/∂u = 1",
        "│  ├─ w = 2           ∂q/∂w = 5 + …",
        "│  └─ w = 2           ∂q/∂w = 5 + …",
        "└─ v = w · x = 10 ◀   ∂q/∂v = 1",
        "   ├─ w = 2           ∂q/∂w = 5 + …",
        "   └─ x = 5           ∂q/∂x = 2",
        "",
    ]


def test_a_shared_result_is_listed_once() -> None:
    x = Tensor(2.0, "x")
    a = sin(x).named("a")
    text = figure((a * a).named("y")).text("en")
    assert text.splitlines()[1:] == ["y = a · a", "├─ a = sin x", "│  └─ x", "└─ a ↑"]


def test_the_colours_are_variables_with_fallbacks(running: SimpleNamespace) -> None:
    svg = figure(running.g).svg("en")
    for name in ("ink", "line", "fill", "soft", "value", "grad", "bg"):
        assert f"var(--bp-{name},#" in svg
    assert "prefers-color-scheme:dark" in svg


@pytest.mark.parametrize(
    ("result", "label"),
    [
        (lambda x: -5 * x, "×(−5)"),
        (lambda x: x * -5, "×(−5)"),
        (lambda x: -2.5 + x, "+(−2.5)"),
        (lambda x: 3 * x, "×3"),
        (lambda x: x + 2e-9, "+(2·10⁻⁹)"),
    ],
)
def test_a_constant_in_a_node_has_brackets_where_a_factor_has(result: Callable[[Tensor], Tensor], label: str) -> None:
    assert label in texts_of(figure(result(Tensor(2.0, "x"))))


def texts_of(view: Figure) -> list[str]:
    return [element.text or "" for element in parse(view).iter(f"{SVG}text")]
